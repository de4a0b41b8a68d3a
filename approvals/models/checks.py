"""组卷检查: what a set of papers was like before it went out."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from approvals.models.steps import Step
from deadlines.models import Deadline
from projects.models.sharing import SharedProjectsQuerySet


class SetCheckQuerySet(SharedProjectsQuerySet["SetCheck"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"


class SetCheck(models.Model):
    """One run through the checklist of a step before its set goes out. Immutable; run again, the
    next number stands.
    """

    class Result(models.TextChoices):
        READY = "READY", "齐全，可以报出"
        PROMISED = "PROMISED", "容缺，可以报出"
        NOT_READY = "NOT_READY", "缺件，不宜报出"

    step = models.ForeignKey(Step, models.PROTECT, related_name="set_checks", verbose_name="步骤")
    number = models.PositiveSmallIntegerField("第几次")
    checked_on = models.DateField("检查日期")
    result = models.CharField("结论", max_length=10, choices=Result)
    note = models.CharField("说明", max_length=300, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="检查人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = SetCheckQuerySet.as_manager()

    class Meta:
        verbose_name = "组卷检查"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(name="set_check_once", fields=["step", "number"])]
        triggers = [
            pgtrigger.Protect(name="set_check_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 次 {self.get_result_display()}"


class SetCheckItemQuerySet(SharedProjectsQuerySet["SetCheckItem"]):
    organisation_path = "check_run__step__project__organisation"
    department_path = "check_run__step__project__submitted_by"
    project_path = "check_run__step__project"


class SetCheckItem(models.Model):
    """One paper of the list: there, missing, or promised by somebody until a day.

    A promise runs on `deadline`, shared by the items promised for the same day; `settled_on` is
    the day on which the paper came.
    """

    class State(models.TextChoices):
        OK = "OK", "齐"
        MISSING = "MISSING", "缺"
        PROMISED = "PROMISED", "承诺补"

    check_run = models.ForeignKey(SetCheck, models.PROTECT, related_name="items", verbose_name="组卷检查")
    name = models.CharField("材料", max_length=200)
    state = models.CharField("情况", max_length=10, choices=State)
    version = models.CharField("版本", max_length=60, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)
    promised_by = models.CharField("谁承诺", max_length=100, blank=True)
    promised_on = models.DateField("承诺日期", null=True)
    settled_on = models.DateField("补齐日期", null=True)
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="补齐期限"
    )

    objects = SetCheckItemQuerySet.as_manager()

    class Meta:
        verbose_name = "组卷检查材料"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="set_check_item_once", fields=["check_run", "name"]),
            models.CheckConstraint(
                name="set_check_promise_has_who_and_when",
                condition=~Q(state="PROMISED") | (Q(promised_on__isnull=False) & ~Q(promised_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_state_display()}"
