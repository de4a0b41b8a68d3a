"""Gates: their dated rules, what was stated for them, the documents that let them be passed."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from approvals.models.steps import Step
from papers.models import Paper
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class GateName(models.TextChoices):
    """The gates; the words are those of approvals.rules.Gate."""

    SUPPLEMENT = "SUPPLEMENT", "先补后占"
    FARMLAND = "FARMLAND", "永久基本农田"
    RED_LINE = "RED_LINE", "生态保护红线"
    PRE_DEPOSIT = "PRE_DEPOSIT", "征地补偿足额预存"
    STOCK_TARGET = "STOCK_TARGET", "耕地保有量"
    FOREST = "FOREST", "使用林地审核"
    VALIDITY = "VALIDITY", "前置文件有效期"
    VIOLATION = "VIOLATION", "违法用地"
    PLAN_QUOTA = "PLAN_QUOTA", "年度计划指标"


class GateRule(models.Model):
    """Which steps a gate guards from `effective_from` on, by which clause. Public reference data.

    The newest row of a gate in force on the day of acceptance applies; no step codes is switched
    off. `least_percent` is what of the due money or needed area must be there.
    """

    gate = models.CharField("闸门", max_length=12, choices=GateName)
    effective_from = models.DateField("生效日期")
    step_codes = models.JSONField("把守的步骤", default=list)
    clause = models.CharField("依据", max_length=300)
    contact = models.CharField("联系何处", max_length=200, blank=True)
    least_percent = models.PositiveSmallIntegerField("最低比例（%）", default=100)
    closes_when_unknown = models.BooleanField("面积未登记时不放行", default=True)
    note = models.CharField("修订说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "闸门规则"
        ordering = ("gate", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="gate_rule_once_a_day", fields=["gate", "effective_from"]),
            models.CheckConstraint(name="gate_rule_has_a_clause", condition=~Q(clause="")),
            models.CheckConstraint(
                name="gate_rule_percent", condition=Q(least_percent__gte=1, least_percent__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_gate_display()} {self.effective_from} 起"


class GateStatementQuerySet(SharedProjectsQuerySet["GateStatement"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


class GateStatement(models.Model):
    """What was stated for one gate of one project, with its document; the newest counts. Immutable.

    Areas in m², money in yuan; which columns a gate uses is the form's business.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="gate_statements", verbose_name="项目")
    gate = models.CharField("闸门", max_length=12, choices=GateName)
    doc_no = models.CharField("文号", max_length=100)
    authority = models.CharField("出具机关", max_length=100)
    dated_on = models.DateField("日期")
    area_m2 = models.BigIntegerField("面积", null=True)
    method = models.CharField("补充方式", max_length=40, blank=True)
    source_projects = models.CharField("整理项目名称", max_length=300, blank=True)
    is_map_marked = models.BooleanField("现状图已标明范围和地块", default=False)
    due_yuan = models.BigIntegerField("应缴（应存）", null=True)
    paid_yuan = models.BigIntegerField("已缴（已存）", null=True)
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="佐证")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = GateStatementQuerySet.as_manager()

    class Meta:
        verbose_name = "闸门证明"
        ordering = ("-id",)
        indexes = [models.Index(name="gate_statement_newest", fields=["project", "gate", "-id"])]
        constraints = [
            models.CheckConstraint(name="gate_statement_has_a_number", condition=~Q(doc_no="")),
            models.CheckConstraint(
                name="gate_statement_not_negative",
                condition=(Q(area_m2__isnull=True) | Q(area_m2__gte=0))
                & (Q(due_yuan__isnull=True) | Q(due_yuan__gte=0))
                & (Q(paid_yuan__isnull=True) | Q(paid_yuan__gte=0)),
            ),
        ]
        triggers = [pgtrigger.Protect(name="gate_statement_is_immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.get_gate_display()} {self.doc_no}"


class GateOverrideQuerySet(SharedProjectsQuerySet["GateOverride"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"


class GateOverride(models.Model):
    """A document of the government by which one step passes a closed gate. Immutable.

    `missing` keeps what was missing when it was given.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="gate_overrides", verbose_name="步骤")
    gate = models.CharField("闸门", max_length=12, choices=GateName)
    doc_no = models.CharField("政府文件文号", max_length=100)
    authority = models.CharField("发文机关", max_length=100)
    dated_on = models.DateField("成文日期")
    reason = models.CharField("理由", max_length=300)
    missing = models.JSONField("放行时缺少的条件", default=list)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+", verbose_name="文件")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = GateOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = "凭文件放行"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="gate_override_once", fields=["step", "gate"]),
            models.CheckConstraint(name="gate_override_is_reasoned", condition=~Q(doc_no="") & ~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="gate_override_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_gate_display()} {self.doc_no}"


class StockTargetQuerySet(ScopedQuerySet["StockTarget"]):
    organisation_path = "organisation"


@pghistory.track()
class StockTarget(models.Model):
    """The arable land and the basic farmland that a unit must keep from a day on, and what it has.

    Whole m². The newest row in force applies. Source: mechanisms S3-16.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="stock_targets", verbose_name="县市"
    )
    effective_from = models.DateField("生效日期")
    arable_target_m2 = models.BigIntegerField("耕地保有量目标")
    arable_held_m2 = models.BigIntegerField("现有耕地")
    basic_target_m2 = models.BigIntegerField("永久基本农田保护目标")
    basic_held_m2 = models.BigIntegerField("现有永久基本农田")
    basis = models.CharField("依据", max_length=200)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")

    objects = StockTargetQuerySet.as_manager()

    class Meta:
        verbose_name = "耕地保有量目标"
        ordering = ("organisation__code", "-effective_from")
        constraints = [
            models.UniqueConstraint(
                name="stock_target_once_a_day", fields=["organisation", "effective_from"]
            ),
            models.CheckConstraint(
                name="stock_target_not_negative",
                condition=Q(
                    arable_target_m2__gte=0,
                    arable_held_m2__gte=0,
                    basic_target_m2__gte=0,
                    basic_held_m2__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.effective_from} 起"

    @property
    def arable_left_m2(self) -> int:
        """What may still be used; below nought the floor is broken."""
        return self.arable_held_m2 - self.arable_target_m2

    @property
    def basic_left_m2(self) -> int:
        return self.basic_held_m2 - self.basic_target_m2
