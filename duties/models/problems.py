"""Problems (问题清单), and every move of each."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, User
from deadlines.models import Deadline
from duties.models.settings import ProblemKind
from projects.models import Project
from projects.models.sharing import SharedProjectsQuerySet


class ProblemQuerySet(SharedProjectsQuerySet["Problem"]):
    """A county sees its own and what it raised; a department what it raised or has to handle."""

    organisation_path = "area"
    project_path = "project"

    def _inside(self, path: str) -> Q:
        return Q(area__path__startswith=path) | Q(raised_by__path__startswith=path)

    def _of_department(self, path: str) -> Q:
        return Q(raised_by__path__startswith=path) | Q(office__path__startswith=path)

    def open(self) -> ProblemQuerySet:
        return self.filter(state__in=Problem.OPEN)

    def listed(self) -> ProblemQuerySet:
        """With what a list shows of each."""
        people = ("raised_by", "raiser", "office", "kind__office")
        return self.select_related("project", "area", "deadline", *people)


@pghistory.track()
class Problem(models.Model):
    """One line of the list of problems.

    `area` is the county, park or prefecture it lies in and whose people read it; `office` handles
    it now. `kind` is the version in force when it was raised. Its clock is the office's.
    """

    class State(models.TextChoices):
        REGISTERED = "REGISTERED", "登记"
        REFERRED = "REFERRED", "转办"
        ASSIGNED = "ASSIGNED", "交办"
        ESCALATED = "ESCALATED", "提级"
        RESOLVED = "RESOLVED", "办结"
        CLOSED = "CLOSED", "销号"

    class Level(models.TextChoices):
        OFFICE = "OFFICE", "处室办理"
        JOINT = "JOINT", "会办"
        GROUP = "GROUP", "领导小组"

    OPEN = ("REGISTERED", "REFERRED", "ASSIGNED", "ESCALATED")

    kind = models.ForeignKey(ProblemKind, models.PROTECT, related_name="problems", verbose_name="问题类别")
    title = models.CharField("问题", max_length=200)
    description = models.TextField("问题描述", max_length=2000)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="problems", verbose_name="项目"
    )
    area = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="县市")
    raised_by = models.ForeignKey(
        Organisation, models.PROTECT, related_name="raised_problems", verbose_name="提出单位"
    )
    raiser = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    raised_on = models.DateField("提出日期")
    area_m2 = models.BigIntegerField("影响面积（平方米）", null=True, blank=True)
    is_general = models.BooleanField("普遍性、政策性问题", default=False)
    level = models.CharField("协调层级", max_length=8, choices=Level, default=Level.OFFICE)
    office = models.ForeignKey(
        Organisation, models.PROTECT, related_name="handled_problems", verbose_name="承办处室"
    )
    office_since = models.DateField("转入日期")
    state = models.CharField("状态", max_length=12, choices=State, default=State.REGISTERED)
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="办理期限"
    )
    outcome = models.TextField("办理结果", max_length=2000, blank=True)
    resolved_on = models.DateField("办结日期", null=True)
    closed_on = models.DateField("销号日期", null=True)
    escalated_on = models.DateField("提级日期", null=True)
    escalation_reason = models.CharField("提级理由", max_length=300, blank=True)

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = "问题"
        ordering = ("-id",)
        indexes = [
            models.Index(name="problem_by_area", fields=["area", "-id"]),
            models.Index(name="problem_by_office", fields=["office", "state", "-id"]),
            models.Index(
                name="problem_by_project", fields=["project", "-id"], condition=Q(project__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="problem_resolved_has_an_outcome",
                condition=~Q(state__in=["RESOLVED", "CLOSED"])
                | ~Q(outcome="") & Q(resolved_on__isnull=False),
            ),
            models.CheckConstraint(
                name="problem_closed_has_a_day", condition=~Q(state="CLOSED") | Q(closed_on__isnull=False)
            ),
            models.CheckConstraint(
                name="problem_escalated_has_a_reason",
                condition=~Q(state="ESCALATED") | ~Q(escalation_reason="") & Q(escalated_on__isnull=False),
            ),
        ]
        triggers = [pgtrigger.Protect(name="problem_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("duties:problem", args=[self.pk])

    @property
    def number(self) -> str:
        return f"WT{self.raised_on:%Y}-{self.pk:05d}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class ProblemMoveQuerySet(SharedProjectsQuerySet["ProblemMove"]):
    organisation_path = "problem__area"
    project_path = "problem__project"

    def _inside(self, path: str) -> Q:
        return Q(problem__area__path__startswith=path) | Q(problem__raised_by__path__startswith=path)

    def _of_department(self, path: str) -> Q:
        return Q(problem__raised_by__path__startswith=path) | Q(problem__office__path__startswith=path)


class ProblemMove(models.Model):
    """What happened to a problem, with the reason. Immutable."""

    class Kind(models.TextChoices):
        RAISED = "RAISED", "登记"
        REFERRED = "REFERRED", "转办"
        RETURNED = "RETURNED", "退回分办"
        ASSIGNED = "ASSIGNED", "交办任务"
        JOINED = "JOINED", "会办"
        ESCALATED = "ESCALATED", "提级"
        RESOLVED = "RESOLVED", "办结"
        CLOSED = "CLOSED", "销号"
        REOPENED = "REOPENED", "退回重开"

    problem = models.ForeignKey(Problem, models.PROTECT, related_name="moves", verbose_name="问题")
    kind = models.CharField("办理", max_length=12, choices=Kind)
    text = models.CharField("说明", max_length=2000, blank=True)
    from_office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="转出单位"
    )
    to_office = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="转入单位"
    )
    occurred_on = models.DateField("日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = ProblemMoveQuerySet.as_manager()

    class Meta:
        verbose_name = "问题办理记录"
        ordering = ("id",)
        indexes = [models.Index(name="problem_move_by_problem", fields=["problem", "id"])]
        triggers = [
            pgtrigger.Protect(name="problem_move_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.problem}：{self.get_kind_display()}"
