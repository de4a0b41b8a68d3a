"""The rows of a working ledger as they were read: what the reconciliation compares with."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models import Organisation
from accounts.scoping import ScopedQuerySet
from projects.models import BringingIn, Project


class BroughtRowQuerySet(ScopedQuerySet["BroughtRow"]):
    organisation_path = "bringing__organisation"


class BroughtRow(models.Model):
    """One project's row of a ledger, and the project that it became.

    `areas` are whole m² by the columns of LandUse, counted from the file's cells. `cells` are the
    columns that name a step: {key: {"said", "on", "doc_no", "text"}}. `notes` say what a person should
    complete; `problems` why a row stayed out.
    """

    class Verdict(models.TextChoices):
        NEW = "NEW", "可导入"
        PRESENT = "PRESENT", "系统中已有"
        ERROR = "ERROR", "有错误"

    bringing = models.ForeignKey(BringingIn, models.CASCADE, related_name="rows", verbose_name="导入")
    row = models.PositiveIntegerField("行")
    name = models.CharField("项目名称", max_length=200)
    unit = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="县市")
    verdict = models.CharField("结果", max_length=10, choices=Verdict)
    areas = models.JSONField("面积", default=dict)
    cells = models.JSONField("环节", default=dict, encoder=DjangoJSONEncoder)
    notes = models.JSONField("待补录", default=list)
    problems = models.JSONField("问题", default=list)
    project = models.ForeignKey(Project, models.SET_NULL, null=True, related_name="+", verbose_name="项目")

    objects = BroughtRowQuerySet.as_manager()

    class Meta:
        verbose_name = "在办台账行"
        ordering = ("bringing_id", "row")
        constraints = [models.UniqueConstraint(name="brought_row_once", fields=["bringing", "row"])]

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.name}"
