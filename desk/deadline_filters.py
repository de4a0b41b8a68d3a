"""Filters of the work list: the address that every figure of the desk leads to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from accounts.models import User
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.rules import Lamp
from deadlines.selectors import working_calendar
from desk.deadline_groups import OTHER, groups_beside, unit_groups
from desk.deadline_rows import stages_on
from projects.models import AnnualList, Project
from ui.filters import FilterSet, offer
from ui.lamps import LAMP_WORDS

WINDOWS = [
    ("overdue", "已过到期日"),
    ("today", "今天"),
    ("3wd", "3 个工作日内"),
    ("week", "本周"),
    ("month", "本月"),
]
HOLDERS = [("me", "我"), ("unit", "本单位"), ("others", "本单位项目，等其他单位")]
ARRIVED_DAYS = 5
LAMPS = [(lamp.value, LAMP_WORDS[lamp.value]) for lamp in Lamp if lamp is not Lamp.DONE]
_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")


class DeadlineFilter(FilterSet):
    """Parameters: q, unit (code, headquarters or other), stage (or a group of stages, or other),
    lamp (repeatable), holder, due, role; year and level of the project; on=2026-11-24;
    started=2026-W47, closed=2026-W47, late_on=2026-11-22 for the figures of past weeks.

    Without `role`: everything but validities. Without one of the last three: open ones alone.
    """

    q = django_filters.CharFilter(label="项目或步骤", method="by_words")
    unit = django_filters.ChoiceFilter(label="县市", method="by_unit", choices=(), empty_label="全部")
    stage = django_filters.ChoiceFilter(label="环节", method="by_stage", choices=(), empty_label="全部")
    holder = django_filters.ChoiceFilter(
        label="责任", method="by_holder", choices=HOLDERS, empty_label="不限"
    )
    year = django_filters.ChoiceFilter(label="清单年度", method="by_year", choices=(), empty_label="全部")
    level = django_filters.ChoiceFilter(
        label="项目级别", method="by_level", choices=Project.Level.choices, empty_label="全部"
    )
    due = django_filters.ChoiceFilter(label="到期", method="by_due", choices=WINDOWS, empty_label="不限")
    role = django_filters.ChoiceFilter(
        label="用途", choices=Deadline.Role.choices, empty_label="在办事项", method="by_role"
    )
    lamp = django_filters.MultipleChoiceFilter(
        label="灯号", method="by_lamp", choices=LAMPS, widget=forms.CheckboxSelectMultiple
    )
    arrived = django_filters.BooleanFilter(method="by_arrived", widget=forms.HiddenInput)
    on = django_filters.DateFilter(field_name="due_on", widget=forms.HiddenInput)
    started = django_filters.CharFilter(method="by_started", widget=forms.HiddenInput)
    closed = django_filters.CharFilter(method="by_closed", widget=forms.HiddenInput)
    late_on = django_filters.DateFilter(method="by_late_on", widget=forms.HiddenInput)

    class Meta:
        model = Deadline
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.today = actor, today
        units, stages = unit_groups(actor=actor), stages_on(today)
        groups = groups_beside(stages)
        self._units = {unit.code: unit.ids for unit in units}
        self._stages = {stage: (stage,) for stage in stages} | {row.code: row.stages for row in groups}
        years = AnnualList.objects.order_by("-year").values_list("year", flat=True)
        offer(self, "year", [(str(year), f"{year} 年度") for year in years])
        offer(self, "unit", [*((unit.code, unit.label) for unit in units), (OTHER, "其他")])
        columns = [*((stage, stage) for stage in stages), *((row.code, row.label) for row in groups)]
        offer(self, "stage", [*columns, (OTHER, "其他")])

    def filter_queryset(self, queryset: DeadlineQuerySet) -> DeadlineQuerySet:
        if self.errors:
            return queryset.none()
        rows: DeadlineQuerySet = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        if not chosen.get("role"):
            rows = rows.exclude(role=Deadline.Role.VALIDITY)
        if not (chosen.get("started") or chosen.get("closed") or chosen.get("late_on")):
            rows = rows.open()
        return rows

    def by_words(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(project_name__icontains=word)
                | Q(project_code__icontains=word)
                | Q(subject_label__icontains=word)
            )
        return rows

    def by_unit(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        if value == OTHER:
            listed = [pk for ids in self._units.values() for pk in ids]
            return rows.exclude(scope_organisation_id__in=listed)
        return rows.filter(scope_organisation_id__in=self._units[value])

    def by_stage(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        if value == OTHER:
            return rows.exclude(stage__in=[stage for stages in self._stages.values() for stage in stages])
        return rows.filter(stage__in=self._stages[value])

    def by_year(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        return of_projects(rows, year=int(value))

    def by_level(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        return of_projects(rows, level=value)

    def by_holder(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        if value == "me":
            return rows.filter(holder=self.actor)
        if value == "others":
            return rows.filter(waits_for_others(self.actor))
        return rows.filter(holder_organisation=self.actor.organisation_id)

    def by_arrived(self, rows: DeadlineQuerySet, name: str, value: bool) -> DeadlineQuerySet:
        """Begun in the last five working days."""
        return rows.filter(started_on__gte=arrived_since(self.today)) if value else rows

    def by_role(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        return rows.filter(role=value)

    def by_lamp(self, rows: DeadlineQuerySet, name: str, value: list[str]) -> DeadlineQuerySet:
        return rows.filter(Q(lamp__in=value)) if value else rows

    def by_due(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        """The governing due date lies in the window, both ends included; a paused one has none."""
        running = rows.filter(state=Deadline.State.RUNNING)
        if value == "overdue":
            return running.past_end(self.today)
        first, last = self._window(value)
        if first is not None:
            running = running.filter(due_on__gte=first)
        return running.filter(due_on__lte=last)

    def _window(self, value: str) -> tuple[date | None, date]:
        today = self.today
        if value == "today":
            return today, today
        if value == "week":
            monday = today - timedelta(days=today.weekday())
            return monday, monday + timedelta(days=6)
        if value == "month":
            first = today.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return today, working_calendar().nth_working_day(today, 3)

    def by_started(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        week = week_days(value)
        return rows.filter(started_on__range=week) if week else rows.none()

    def by_closed(self, rows: DeadlineQuerySet, name: str, value: str) -> DeadlineQuerySet:
        week = week_days(value)
        met = rows.filter(state=Deadline.State.MET)
        return met.filter(stopped_on__range=week) if week else rows.none()

    def by_late_on(self, rows: DeadlineQuerySet, name: str, value: date) -> DeadlineQuerySet:
        return rows.filter(late_on(value))


def of_projects(rows: DeadlineQuerySet, *, year: int | None = None, level: str = "") -> DeadlineQuerySet:
    """Those of projects on a year's list, of a level; without either, all."""
    projects = Project.objects.all()
    if year is not None:
        projects = projects.filter(annual_list__year=year)
    if level:
        projects = projects.filter(level=level)
    return rows.filter(project_id__in=projects.values("pk")) if year is not None or level else rows


def waits_for_others(actor: User) -> Q:
    """What others hold of the projects of which one's unit holds something open."""
    own = Deadline.objects.open().filter(holder_organisation=actor.organisation_id, project_id__isnull=False)
    return Q(project_id__in=own.values("project_id")) & ~Q(holder_organisation=actor.organisation_id)


def arrived_since(today: date) -> date:
    """From which day on something is new: the fifth working day back, today counted."""
    return working_calendar().nth_working_day_before(today + timedelta(days=1), ARRIVED_DAYS)


def late_on(day: date) -> Q:
    """Promises that were past due at the end of `day` and not closed by then."""
    return Q(red_from__lte=day) & (Q(stopped_on__isnull=True) | Q(stopped_on__gt=day))


def week_days(week: str) -> tuple[date, date] | None:
    """Monday and Sunday of an ISO week written 2026-W47; None for anything else."""
    found = _WEEK.match(week)
    if found is None:
        return None
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None
    return monday, monday + timedelta(days=6)


def week_name(day: date) -> str:
    """The ISO week of a day: 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"
