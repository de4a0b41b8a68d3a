"""Papers: files that belong to something, with their versions. What was handed in stays as it was."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from papers.sharing import projects_shared_with

M = TypeVar("M", bound=models.Model)


class SharedPapersQuerySet(ScopedQuerySet[M]):
    """Papers, which every county and park that shares their project reads with it.

    `project_path` names the way to the paper's `project_id`.
    """

    project_path: ClassVar[str]

    def visible_to(self, actor: User) -> Self:
        """As `ScopedQuerySet.visible_to`, and the papers of projects shared with the actor."""
        shared = projects_shared_with(actor)
        if not shared or actor.scope is None:
            return super().visible_to(actor)
        return self.filter(self._inside(actor.scope.path) | Q(**{f"{self.project_path}__in": shared}))


class PaperQuerySet(SharedPapersQuerySet["Paper"]):
    organisation_path = "scope_organisation"
    department_path = "department"
    project_path = "project_id"

    def current(self) -> PaperQuerySet:
        """The newest version of each paper, unless it was withdrawn."""
        return self.filter(replaced_by__isnull=True, withdrawal__isnull=True)

    def about(self, subject_kind: str, subject_id: int) -> PaperQuerySet:
        """What hangs on one thing: a project, a step, a pause."""
        return self.filter(subject_kind=subject_kind, subject_id=subject_id)


class Paper(models.Model):
    """One version of one paper: what it is, what it belongs to, who handed it in and when.

    The subject is plain values, as in `deadlines.Deadline`, so that every higher floor may hang
    papers on its own rows. `department` is the department outside the bureau that may read it.
    `occurred_on` is the paper's own day, `uploaded_at` the moment it came in. `original` is
    version 1 of the chain, `replaces` the version before. `handed_in_by` names who handed it in
    through a signed link, without an account. Immutable; the bytes stand apart.
    """

    class Kind(models.TextChoices):
        APPLICATION = "APPLICATION", "申请（请示）"
        PLAN = "PLAN", "方案（报告）"
        EVIDENCE = "EVIDENCE", "证明材料"
        OPINION = "OPINION", "部门意见"
        CORRECTION = "CORRECTION", "补正通知"
        DECISION = "DECISION", "批复（决定）"
        ANNOUNCEMENT = "ANNOUNCEMENT", "公告（公示）"
        MINUTES = "MINUTES", "会议纪要"
        DIRECTIVE = "DIRECTIVE", "批示（督办函）"
        AGREEMENT = "AGREEMENT", "合同（协议）"
        RECEIPT = "RECEIPT", "缴费（到账）凭证"
        DRAWING = "DRAWING", "图件"
        PHOTO = "PHOTO", "现场照片"
        LIST = "LIST", "清单（台账）"
        OTHER = "OTHER", "其他"

    subject_kind = models.CharField("对象类型", max_length=60)
    subject_id = models.BigIntegerField("对象编号")
    subject_label = models.CharField("对象", max_length=300)
    project_id = models.BigIntegerField("项目", null=True)
    scope_organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="scoped_papers", verbose_name="所属县市"
    )
    department = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="department_papers", verbose_name="可阅部门"
    )
    kind = models.CharField("类型", max_length=12, choices=Kind)
    title = models.CharField("名称", max_length=200)
    filename = models.CharField("文件名", max_length=200)
    media_type = models.CharField("格式", max_length=100)
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("校验值", max_length=64)
    version = models.PositiveSmallIntegerField("版本", default=1)
    original = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="later_versions", verbose_name="首版"
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="替换"
    )
    occurred_on = models.DateField("成文日期")
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="上传人")
    handed_in_by = models.CharField("免登录交件人", max_length=200, default="", blank=True)
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = "材料"
        ordering = ("-id",)
        indexes = [
            models.Index(name="paper_by_subject", fields=["subject_kind", "subject_id", "-id"]),
            models.Index(name="paper_by_project", fields=["project_id", "-id"]),
            models.Index(name="paper_by_scope", fields=["scope_organisation", "-id"]),
        ]
        constraints = [
            models.UniqueConstraint(name="paper_version_once", fields=["original", "version"]),
            models.CheckConstraint(
                name="paper_first_version_replaces_nothing",
                condition=Q(version=1, original__isnull=True, replaces__isnull=True)
                | Q(version__gt=1, original__isnull=False, replaces__isnull=False),
            ),
            models.CheckConstraint(name="paper_does_not_replace_itself", condition=~Q(replaces=F("pk"))),
            models.CheckConstraint(name="paper_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="paper_from_an_account_or_a_link",
                condition=Q(uploaded_by__isnull=False, handed_in_by="")
                | (Q(uploaded_by__isnull=True) & ~Q(handed_in_by="")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="paper_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The download, the only way to the bytes."""
        return reverse("papers:download", args=[self.pk])

    @property
    def home_url(self) -> str:
        """Where it is shown. The dossier stands on a higher floor, so the address is written out."""
        return f"/projects/{self.project_id}/?tab=papers" if self.project_id else reverse("papers:list")

    @property
    def uploader(self) -> str:
        """Who handed it in, in words; no query when the account was selected along."""
        return self.uploaded_by.label if self.uploaded_by else f"免登录链接：{self.handed_in_by}"

    @property
    def is_withdrawn(self) -> bool:
        """No query when the withdrawal was selected along."""
        return hasattr(self, "withdrawal")

    @property
    def chain(self) -> int:
        """What all versions of one paper share: the id of the first."""
        return self.original_id or self.pk

    @property
    def extension(self) -> str:
        return self.filename.rpartition(".")[2].upper()


class PaperContentQuerySet(SharedPapersQuerySet["PaperContent"]):
    organisation_path = "paper__scope_organisation"
    department_path = "paper__department"
    project_path = "paper__project_id"


class PaperContent(models.Model):
    """The bytes of one version, apart so that no list ever loads them."""

    paper = models.OneToOneField(Paper, models.PROTECT, related_name="stored", primary_key=True)
    content = models.BinaryField("文件内容")

    objects = PaperContentQuerySet.as_manager()

    class Meta:
        verbose_name = "材料内容"
        triggers = [
            pgtrigger.Protect(
                name="paper_content_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}"


class PaperWithdrawalQuerySet(SharedPapersQuerySet["PaperWithdrawal"]):
    organisation_path = "paper__scope_organisation"
    department_path = "paper__department"
    project_path = "paper__project_id"


class PaperWithdrawal(models.Model):
    """A paper that should not have been handed in: who took it back, when and why. Immutable."""

    paper = models.OneToOneField(
        Paper, models.PROTECT, related_name="withdrawal", primary_key=True, verbose_name="材料"
    )
    reason = models.CharField("理由", max_length=300)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="撤回人")
    withdrawn_at = models.DateTimeField("撤回时间", auto_now_add=True)

    objects = PaperWithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = "材料撤回"
        constraints = [models.CheckConstraint(name="paper_withdrawal_has_a_reason", condition=~Q(reason=""))]
        triggers = [
            pgtrigger.Protect(
                name="paper_withdrawal_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return self.reason
