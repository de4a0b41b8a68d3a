"""Dated reference data: which kinds of rounds there are, and whom the facts of a project concern."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation
from deadlines.models import LineUnit
from projects.models import PushRule

SITING = "SITING"


class RoundKind(models.Model):
    """A kind of round in one version: its limit, where it starts, whether silence is consent.

    Only opinions on a site may lapse into consent; the database keeps that. `step_codes` names the
    steps from which it is offered; empty means every other.
    """

    class StartsAt(models.TextChoices):
        RECEIPT = "RECEIPT", "接到征求意见之日"
        SENDING = "SENDING", "发出之日"

    code = models.CharField("代码", max_length=20)
    label = models.CharField("名称", max_length=40)
    step_codes = models.JSONField("适用步骤", default=list, blank=True)
    may_lapse = models.BooleanField("逾期视为同意", default=False)
    limit_days = models.PositiveSmallIntegerField("反馈时限")
    limit_unit = models.CharField("单位", max_length=8, choices=LineUnit, default=LineUnit.WORKING_DAY)
    starts_at = models.CharField("起算", max_length=10, choices=StartsAt, default=StartsAt.RECEIPT)
    reminder_days = models.JSONField("到期前提醒（工作日）", default=list)
    more_pauses = models.BooleanField("等待补充材料期间暂停计时", default=True)
    link_days = models.PositiveSmallIntegerField("免登录链接有效天数", default=20)
    basis = models.CharField("依据", max_length=200)
    effective_from = models.DateField("生效日期")

    class Meta:
        verbose_name = "征求意见类型"
        ordering = ("code", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="opinion_kind_one_version_a_day", fields=["code", "effective_from"]),
            models.CheckConstraint(
                name="opinion_kind_only_siting_lapses", condition=Q(may_lapse=False) | Q(code=SITING)
            ),
            models.CheckConstraint(
                name="opinion_kind_has_a_limit", condition=Q(limit_days__gt=0, link_days__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class DepartmentRule(models.Model):
    """Which department is asked about which projects, since when. Public reference.

    `organisation` is the level whose table it is; the nearest above a project applies.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="适用地区")
    department = models.ForeignKey(
        Organisation, models.PROTECT, related_name="opinion_rules", verbose_name="征求部门"
    )
    condition = models.CharField(
        "条件", max_length=16, choices=PushRule.Condition, default=PushRule.Condition.ALWAYS
    )
    keywords = models.CharField("关键词", max_length=200, blank=True)
    ask = models.CharField("征求内容", max_length=200)
    basis = models.CharField("依据", max_length=200, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    class Meta:
        verbose_name = "征求部门规则"
        ordering = ("department__path", "id")
        constraints = [
            models.CheckConstraint(
                name="opinion_rule_keyword_has_words", condition=~Q(condition="KEYWORD") | ~Q(keywords="")
            ),
            models.CheckConstraint(
                name="opinion_rule_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}：{self.get_condition_display()}"
