"""The workbooks in which counties and departments hand in their lists, and what each row did."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from projects.models.projects import Project
from projects.models.windows import CollectionWindow


class ImportDraftQuerySet(OwnRowsQuerySet["ImportDraft"]):
    owner_path = "owner_id"


class ImportDraft(models.Model):
    """An uploaded workbook waiting for its owner to confirm the preview.

    Holds the file and what its owner decided about it: the preview is computed from it each time,
    so nothing of the list is stored before the confirm. Deleted with the confirm, or after a week.

    Attributes:
        download: the list it was downloaded as, when it carries a key we know.
        window: the wave its owner chose; None falls into the one that closes first.
        headings: headings the owner explained: heading → key of projects.rules.columns.
        choices: project → cell → what was taken, and against which two values.
        is_large: previewed and imported in the background; `preview` is then the file's part of
            the result (None until it is there) and `preview_rows` its rows.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="import_drafts")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容")
    sha256 = models.CharField(max_length=64)
    download = models.ForeignKey("projects.ListDownload", models.SET_NULL, null=True, related_name="+")
    window = models.ForeignKey(CollectionWindow, models.SET_NULL, null=True, related_name="+")
    headings = models.JSONField("列对应", default=dict)
    choices = models.JSONField("取舍", default=dict)
    is_large = models.BooleanField("后台处理", default=False)
    preview = models.JSONField("预检结果", null=True)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = ImportDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "待确认的导入"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename


class SubmissionQuerySet(ScopedQuerySet["Submission"]):
    organisation_path = "organisation"
    department_path = "organisation"


@pghistory.track(exclude=["content", "synced"])
class Submission(models.Model):
    """One confirmed workbook: who handed it in, the file as it was, and what each row did.

    `synced` holds, for a workbook that came back from `download`, the cells that were settled with
    it (project → cell → what the file said): the base of the next comparison of the same workbook.
    """

    class State(models.TextChoices):
        CONFIRMED = "CONFIRMED", "已确认"
        UNDONE = "UNDONE", "已撤销"

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="submissions", verbose_name="报送单位"
    )
    window = models.ForeignKey(
        CollectionWindow, models.PROTECT, null=True, related_name="submissions", verbose_name="报送批次"
    )
    year = models.PositiveSmallIntegerField("年度")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件内容")
    sha256 = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=12, choices=State, default=State.CONFIRMED)
    summary = models.JSONField("汇总", default=dict)
    download = models.ForeignKey("projects.ListDownload", models.SET_NULL, null=True, related_name="+")
    synced = models.JSONField("已比对的单元格", default=dict)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="报送人")
    submitted_at = models.DateTimeField("报送时间", auto_now_add=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤销人")
    undone_at = models.DateTimeField("撤销时间", null=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "清单报送"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="submission_undone_says_who",
                condition=~Q(state="UNDONE") | Q(undone_by__isnull=False, undone_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.filename}"

    @property
    def not_imported(self) -> int:
        """Rows that were left out for an error or a conflict."""
        return sum(self.summary.get(verdict, 0) for verdict in ("error", "conflict"))


class SubmissionRowQuerySet(ScopedQuerySet["SubmissionRow"]):
    organisation_path = "submission__organisation"
    department_path = "submission__organisation"


class SubmissionRow(models.Model):
    """What one row of a confirmed workbook said and did. Immutable: an undo is a new fact.

    `before` and `after` hold the project's fields around the import, so that a whole import
    can be undone while nobody has touched its projects since.
    """

    class Verdict(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "更新"
        UNCHANGED = "unchanged", "不变"
        CONFLICT = "conflict", "冲突"
        ERROR = "error", "错误"

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="rows", verbose_name="报送")
    row = models.PositiveIntegerField("行号")
    name = models.CharField("项目名称", max_length=200, blank=True)
    verdict = models.CharField("结论", max_length=10, choices=Verdict)
    problems = models.JSONField("问题", default=list)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="submission_rows", verbose_name="项目"
    )
    before = models.JSONField("导入前", default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField("导入后", default=dict, encoder=DjangoJSONEncoder)

    objects = SubmissionRowQuerySet.as_manager()

    class Meta:
        verbose_name = "报送行"
        ordering = ("submission_id", "row")
        constraints = [models.UniqueConstraint(name="submission_row_once", fields=["submission", "row"])]
        triggers = [
            pgtrigger.Protect(
                name="submission_row_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.row}行 {self.name}"
