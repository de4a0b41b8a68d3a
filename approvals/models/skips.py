"""Steps that a document lets a project go without: the dated rules, and where one was used."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from approvals.models.steps import Step
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class SkipRuleQuerySet(models.QuerySet["SkipRule"]):
    def in_force(self, on: date) -> SkipRuleQuerySet:
        """The rules that apply on a day."""
        return self.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
        ).order_by("code", "-effective_from")

    def for_step(self, code: str, track: str) -> SkipRuleQuerySet:
        """The rules about a step on a track; a rule without a track is about every one."""
        return self.filter(code=code, track__in=("", track))


@pghistory.track()
class SkipRule(models.Model):
    """Which step need not be done, or is done together with another, on which track, by whose
    authority; from `effective_from` up to, not including, `effective_to`. Public reference.
    Source: S3-09.
    """

    class Kind(models.TextChoices):
        SKIP = "SKIP", "免于办理"
        MERGE = "MERGE", "合并办理"

    kind = models.CharField("方式", max_length=8, choices=Kind)
    code = models.CharField("步骤", max_length=10)
    into_code = models.CharField("并入步骤", max_length=10, blank=True)
    track = models.CharField("审批轨道", max_length=14, choices=Project.Track, blank=True)
    condition = models.CharField("适用条件", max_length=300)
    authority = models.CharField("制定机关", max_length=100)
    document = models.CharField("文件名称和文号", max_length=200)
    clause = models.CharField("条款", max_length=100)
    effective_from = models.DateField("生效日期")
    effective_to = models.DateField("失效日期", null=True, blank=True)

    objects = SkipRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "简化办理规则"
        ordering = ("code", "-effective_from")
        constraints = [
            models.CheckConstraint(
                name="skip_rule_merges_into_another",
                condition=Q(kind="SKIP", into_code="")
                | Q(kind="MERGE") & ~Q(into_code="") & ~Q(into_code=F("code")),
            ),
            models.CheckConstraint(
                name="skip_rule_names_its_authority",
                condition=~Q(authority="") & ~Q(document="") & ~Q(clause="") & ~Q(condition=""),
            ),
            models.CheckConstraint(
                name="skip_rule_ends_after_it_begins",
                condition=Q(effective_to__isnull=True) | Q(effective_to__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        what = f"并入 {self.into_code} 办理" if self.kind == self.Kind.MERGE else "免于办理"
        return f"{what}：{self.source}"

    @property
    def source(self) -> str:
        """The document and its clause."""
        return f"{self.authority}《{self.document}》{self.clause}"


class StepSkipQuerySet(SharedProjectsQuerySet["StepSkip"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"


class StepSkip(models.Model):
    """That a project went without a step under a rule: when, by whom, why it applies. Immutable; a
    step taken up again keeps it as history. Source: S3-09.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="skips", verbose_name="步骤")
    rule = models.ForeignKey(SkipRule, models.PROTECT, related_name="skips", verbose_name="依据")
    reason = models.CharField("说明", max_length=300, blank=True)
    skipped_on = models.DateField("日期")
    skipped_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    objects = StepSkipQuerySet.as_manager()

    class Meta:
        verbose_name = "简化办理"
        ordering = ("-id",)
        triggers = [
            pgtrigger.Protect(name="step_skip_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.step_id} {self.rule}"
