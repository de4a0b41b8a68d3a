"""Who approves a project's land: the dated rules, and what a person confirmed."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from projects.models.projects import Project
from projects.models.sharing import SharedProjectsQuerySet


class ApprovalRuleQuerySet(models.QuerySet["ApprovalRule"]):
    def in_force(self, on: date) -> ApprovalRuleQuerySet:
        """The version of each row that applies on a day, in the order in which they are asked."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("position", "key")


@pghistory.track()
class ApprovalRule(models.Model):
    """One row of the table of approval levels, from `effective_from` up to, not including,
    `effective_to`. Rows are asked in the order of `position`; the first that applies decides.

    `figure` exceeding `over_m2` (more than, never equal) makes a row apply; a row without a figure
    applies always. `track` and `region` narrow it: an empty one means any. Public reference.
    Source: domain.md 1.2.
    """

    class Figure(models.TextChoices):
        PBF = "PBF", "占用或征收永久基本农田"
        ARABLE = "ARABLE", "征收永农以外耕地"
        OTHER = "OTHER", "征收其他土地"

    key = models.SlugField("代号", max_length=40)
    version = models.PositiveSmallIntegerField("版本", default=1)
    position = models.PositiveSmallIntegerField("顺序")
    track = models.CharField("审批轨道", max_length=20, choices=Project.Track, blank=True)
    region = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="适用地区"
    )
    figure = models.CharField("判定面积", max_length=8, choices=Figure, blank=True)
    over_m2 = models.BigIntegerField("超过（平方米）", null=True)
    level = models.CharField("审批级次", max_length=16, choices=Project.ApprovalLevel)
    clause = models.CharField("依据", max_length=200)
    note = models.CharField("说明", max_length=300, blank=True)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = ApprovalRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "审批级次规则"
        ordering = ("position", "key", "-version")
        constraints = [
            models.UniqueConstraint(name="approval_rule_version_once", fields=["key", "version"]),
            models.UniqueConstraint(
                name="approval_rule_one_open_version", fields=["key"], condition=Q(effective_to__isnull=True)
            ),
            models.CheckConstraint(
                name="approval_rule_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
            models.CheckConstraint(
                name="approval_rule_figure_has_a_threshold",
                condition=Q(figure="", over_m2__isnull=True) | ~Q(figure="") & Q(over_m2__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} 第 {self.version} 版"

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


class ConfirmationQuerySet(SharedProjectsQuerySet["Confirmation"]):
    organisation_path = "project__organisation"
    department_path = "project__submitted_by"
    project_path = "project"


class Confirmation(models.Model):
    """A person's word on what a rule proposed for a project. Immutable; the newest counts.

    `proposed` and `proposal` keep what the rule said on that day and why, with `facts` the
    figures it read, so that the reader can follow the decision after areas have changed.
    """

    class Kind(models.TextChoices):
        TRACK = "TRACK", "审批轨道"
        LEVEL = "LEVEL", "审批级次"

    project = models.ForeignKey(Project, models.PROTECT, related_name="confirmations", verbose_name="项目")
    kind = models.CharField("事项", max_length=8, choices=Kind)
    proposed = models.CharField("规则建议", max_length=20, blank=True)
    proposal = models.CharField("建议理由", max_length=300, blank=True)
    rule = models.ForeignKey(
        ApprovalRule, models.PROTECT, null=True, related_name="+", verbose_name="所依规则"
    )
    facts = models.JSONField("所依数据", default=dict, encoder=DjangoJSONEncoder)
    chosen = models.CharField("确认结果", max_length=20)
    reason = models.CharField("与建议不同的理由", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间", auto_now_add=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = "规则建议的确认"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                name="confirmation_against_the_rule_has_a_reason",
                condition=Q(proposed="") | Q(chosen=F("proposed")) | ~Q(reason=""),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="confirmation_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.chosen_label}"

    @property
    def chosen_label(self) -> str:
        """What was chosen, in words."""
        choices = Project.ApprovalLevel if self.kind == self.Kind.LEVEL else Project.Track
        return str(dict(choices.choices).get(self.chosen, self.chosen))
