"""The stored days of projects' lamps against the deadlines they follow from. Should never differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from deadlines.models import Deadline
from deadlines.rules import Lamp
from deadlines.rules.lamps import worst
from deadlines.selectors import lamp_of
from projects.models import Project
from projects.selectors.lists import lamp_conditions

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class ClockDrift:
    """A project that the list shows under another lamp than its deadlines give, on a day."""

    project: Project
    day: date
    stored: Lamp | None
    computed: Lamp


def clock_drift(*, days: Sequence[date]) -> Iterator[ClockDrift]:
    """Every project whose stored days give another lamp on one of `days`.

    Reads deadlines and conditions apart: the clocks through the very conditions of the list, the
    deadlines through `lamp_of`. Some queries for each two thousand projects and day.
    """
    last = 0
    while batch := list(Project.objects.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        last = batch[-1].pk
        for day in days:
            yield from _drift_of(batch, day)


def _drift_of(projects: Sequence[Project], day: date) -> Iterator[ClockDrift]:
    ids = [project.pk for project in projects]
    stored: dict[int, Lamp] = {}
    for lamp, condition in lamp_conditions(day).items():
        for pk in Project.objects.filter(condition, pk__in=ids).values_list("pk", flat=True):
            stored[pk] = lamp
    lamps: dict[int, list[Lamp]] = {}
    for deadline in Deadline.objects.open().filter(project_id__in=ids):
        lamps.setdefault(deadline.project_id or 0, []).append(lamp_of(deadline, day))
    for project in projects:
        computed = worst(lamps.get(project.pk, []))
        if stored.get(project.pk) is not computed:
            yield ClockDrift(project, day, stored.get(project.pk), computed)


def days_to_check(today: date) -> list[date]:
    """Today and some days to come: what is right today and wrong next month is wrong."""
    return [today + timedelta(days=ahead) for ahead in (0, 1, 7, 30, 120)]
