"""What long work on a list leaves behind: kept workbooks, and bulk changes row by row."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.scoping import OwnRowsQuerySet
from projects.models.projects import Project


class ListExportQuerySet(OwnRowsQuerySet["ListExport"]):
    owner_path = "owner_id"


class ListExport(models.Model):
    """A workbook made of a list in the background: what its maker saw, as it was then."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="list_exports", verbose_name="导出人")
    list_name = models.CharField("清单", max_length=20)
    query = models.CharField("条件、排序和列", max_length=2000, blank=True)
    filename = models.CharField("文件名", max_length=200)
    row_count = models.PositiveIntegerField("行数")
    content = models.BinaryField("文件")
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = ListExportQuerySet.as_manager()

    class Meta:
        verbose_name = "导出文件"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("projects:export-file", args=[self.pk])


class ExportSetting(models.Model):
    """For how many days finished workbooks of lists are kept; the newest row in force applies.
    Public reference.
    """

    effective_from = models.DateField("生效日期", unique=True)
    keep_days = models.PositiveSmallIntegerField("保留天数")
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "导出文件保留天数"
        ordering = ("-effective_from",)
        constraints = [
            models.CheckConstraint(name="export_kept_for_a_day", condition=Q(keep_days__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.keep_days} 日"


class BulkRunQuerySet(OwnRowsQuerySet["BulkRun"]):
    owner_path = "actor_id"


class BulkRun(models.Model):
    """One action asked for on many projects: on chosen rows, or on all that a filter finds.

    Keeps the filter and the number of rows its maker agreed to, not the rows: they are looked up
    again, with the maker's rights and sight of that moment, when it runs.
    """

    actor = models.ForeignKey(User, models.PROTECT, related_name="bulk_runs", verbose_name="办理人")
    action = models.CharField("动作", max_length=40)
    facts = models.JSONField("填写内容", default=dict, encoder=DjangoJSONEncoder)
    query = models.CharField("筛选条件", max_length=1000, blank=True)
    chosen = models.JSONField("所选项目", null=True)
    expected = models.PositiveIntegerField("确认时的数量")
    refusal = models.CharField("整批未办原因", max_length=300, blank=True)
    job_id = models.BigIntegerField("后台任务", null=True)
    created_at = models.DateTimeField("提交时间", auto_now_add=True)

    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = "批量办理"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.action} × {self.expected}"

    def get_absolute_url(self) -> str:
        return reverse("projects:bulk-run", args=[self.pk])


class BulkResultQuerySet(OwnRowsQuerySet["BulkResult"]):
    owner_path = "run__actor_id"


class BulkResult(models.Model):
    """What became of one project in a bulk run: written in one transaction with the change itself."""

    class Outcome(models.TextChoices):
        WAITING = "WAITING", "待办"
        DONE = "DONE", "已办"
        REFUSED = "REFUSED", "未办"

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="results", verbose_name="批次")
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.WAITING)
    message = models.CharField("说明", max_length=500, blank=True)

    objects = BulkResultQuerySet.as_manager()

    class Meta:
        verbose_name = "批量办理结果"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="bulk_result_once", fields=["run", "project"]),
            models.CheckConstraint(
                name="bulk_refusal_says_why", condition=~Q(outcome="REFUSED") | ~Q(message="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.get_outcome_display()}"
