"""What happens beside a step and takes its time: a hearing, a review by experts, a visit, a scheme review."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from approvals.models.steps import Step
from deadlines.models import Pause, PauseKind
from papers.models import Paper
from projects.models.sharing import SharedProjectsQuerySet


class OccasionQuerySet(SharedProjectsQuerySet["Occasion"]):
    organisation_path = "step__project__organisation"
    department_path = "step__project__submitted_by"
    project_path = "step__project"

    def open(self) -> OccasionQuerySet:
        """Begun and not over."""
        return self.filter(last_on__isnull=True)


@pghistory.track()
class Occasion(models.Model):
    """An event of a step from its first day to its last, and the pause that it made.

    Where the step's promise or the law excludes such time, the event is the pause: it begins and
    ends with it, and its notice is the proof. `why_counted` says why no clock stands still for it.
    `course` is set when the event is another step of the project (方案审查). Source: 行政许可法 45.
    """

    step = models.ForeignKey(Step, models.PROTECT, related_name="occasions", verbose_name="步骤")
    kind = models.ForeignKey(PauseKind, models.PROTECT, related_name="+", verbose_name="事项")
    title = models.CharField("名称（通知文号）", max_length=200)
    place = models.CharField("地点", max_length=100, blank=True)
    first_on = models.DateField("开始")
    expected_end_on = models.DateField("预计结束")
    next_step = models.CharField("下一步", max_length=200)
    last_on = models.DateField("结束", null=True)
    outcome = models.CharField("结果", max_length=300, blank=True)
    pause = models.OneToOneField(Pause, models.PROTECT, null=True, related_name="+", verbose_name="暂停")
    why_counted = models.CharField("仍计时的原因", max_length=200, blank=True)
    course = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+", verbose_name="所在步骤")
    notice = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="通知")
    minutes = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="+", verbose_name="记录")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = OccasionQuerySet.as_manager()

    class Meta:
        verbose_name = "办理事项"
        ordering = ("first_on", "id")
        constraints = [
            models.CheckConstraint(
                name="occasion_ends_after_it_begins",
                condition=Q(expected_end_on__gte=F("first_on"))
                & (Q(last_on__isnull=True) | Q(last_on__gte=F("first_on"))),
            ),
            models.CheckConstraint(
                name="occasion_over_says_what_came_of_it",
                condition=Q(last_on__isnull=True, outcome="") | Q(last_on__isnull=False) & ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="occasion_stops_or_says_why_not",
                condition=Q(pause__isnull=False, why_counted="") | Q(pause__isnull=True) & ~Q(why_counted=""),
            ),
            models.UniqueConstraint(
                name="occasion_once_per_course",
                fields=["step", "course"],
                condition=Q(course__isnull=False, last_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.label}：{self.title}"
