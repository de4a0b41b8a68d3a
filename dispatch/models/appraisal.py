"""Score sheets: dated rules, what a period's data gave, delays that were excused, and objections."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline


class AppraisalRuleQuerySet(models.QuerySet["AppraisalRule"]):
    def in_force(self, on: date) -> AppraisalRuleQuerySet:
        """The rules that apply on a day, in their order."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("position", "key")


class AppraisalRule(models.Model):
    """One line of the score sheet: `points` at `full_at` or better, none at `zero_at` or worse, evenly
    between. In force from `effective_from` up to, not including, `effective_to`. Public reference.
    Source: S2-31, S3-28.
    """

    class Key(models.TextChoices):
        ON_TIME = "on_time", "按时办结率（%）"
        UPDATE_LAG = "update_lag", "项目平均未核实天数"
        REPORTS = "reports", "按时报送率（%）"
        WASTE = "waste", "调节池指标作废占比（%）"

    key = models.CharField("项目", max_length=12, choices=Key)
    position = models.PositiveSmallIntegerField("顺序", default=1)
    points = models.PositiveSmallIntegerField("分值")
    full_at = models.DecimalField("满分标准", max_digits=7, decimal_places=2)
    zero_at = models.DecimalField("零分标准", max_digits=7, decimal_places=2)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    objects = AppraisalRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "考核规则"
        ordering = ("position", "key", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="appraisal_rule_once", fields=["key", "effective_from"]),
            models.CheckConstraint(name="appraisal_rule_has_a_slope", condition=~Q(full_at=F("zero_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} {self.effective_from} 起"


class Appraisal(models.Model):
    """The sheet of a period, computed once under the rules of its last day. Immutable; a new run is a
    new version. Public among those who may read the overview: its scores are scoped."""

    name = models.CharField("名称", max_length=100)
    prefecture = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="市（州）")
    first_on = models.DateField("考核期起")
    last_on = models.DateField("考核期止（含）")
    version = models.PositiveSmallIntegerField("版次")
    rules = models.JSONField("所用规则", encoder=DjangoJSONEncoder)
    made_on = models.DateField("计算日期")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="计算人")
    made_at = models.DateTimeField("计算时间", auto_now_add=True)

    class Meta:
        verbose_name = "考核"
        ordering = ("-last_on", "-version")
        constraints = [
            models.UniqueConstraint(
                name="appraisal_version_once", fields=["prefecture", "first_on", "last_on", "version"]
            ),
            models.CheckConstraint(
                name="appraisal_ends_after_it_begins", condition=Q(last_on__gte=F("first_on"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="appraisal_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} 第 {self.version} 版"


class AppraisalScoreQuerySet(ScopedQuerySet["AppraisalScore"]):
    organisation_path = "organisation"
    department_path = "organisation"


class AppraisalScore(models.Model):
    """One unit's line: every item with its figure, what it was counted from, and its points. Immutable."""

    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="scores", verbose_name="考核")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    kind = models.CharField("类别", max_length=12)
    place = models.PositiveSmallIntegerField("名次")
    total = models.DecimalField("得分", max_digits=6, decimal_places=2)
    items = models.JSONField("分项", encoder=DjangoJSONEncoder)

    objects = AppraisalScoreQuerySet.as_manager()

    class Meta:
        verbose_name = "考核得分"
        ordering = ("kind", "place", "organisation__path")
        constraints = [
            models.UniqueConstraint(name="score_once_per_unit", fields=["appraisal", "organisation"]),
        ]
        triggers = [
            pgtrigger.Protect(name="score_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.total}"


class ExcusedDelayQuerySet(ScopedQuerySet["ExcusedDelay"]):
    organisation_path = "deadline__scope_organisation"
    department_path = "deadline__holder_organisation"


class ExcusedDelay(models.Model):
    """A delay that nobody is to be marked down for, with its reason. The deadline stays as it is."""

    deadline = models.OneToOneField(Deadline, models.PROTECT, related_name="excuse", verbose_name="期限")
    reason = models.CharField("理由", max_length=300)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="认定人")
    entered_at = models.DateTimeField("认定时间", auto_now_add=True)

    objects = ExcusedDelayQuerySet.as_manager()

    class Meta:
        verbose_name = "不计入考核的延误"
        ordering = ("-id",)
        constraints = [models.CheckConstraint(name="excuse_has_a_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.deadline} {self.reason}"


class ObjectionQuerySet(ScopedQuerySet["Objection"]):
    organisation_path = "score__organisation"
    department_path = "score__organisation"


class Objection(models.Model):
    """What a unit says against its score, and what the office answered."""

    score = models.ForeignKey(
        AppraisalScore, models.PROTECT, related_name="objections", verbose_name="考核得分"
    )
    text = models.CharField("申诉内容", max_length=500)
    raised_on = models.DateField("申诉日期")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申诉人")
    is_upheld = models.BooleanField("采纳", null=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_on = models.DateField("答复日期", null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="答复人")

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "考核申诉"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="objection_answered_whole",
                condition=Q(is_upheld__isnull=True, answered_on__isnull=True, answer="")
                | Q(is_upheld__isnull=False, answered_on__isnull=False) & ~Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.score} {self.text[:20]}"
