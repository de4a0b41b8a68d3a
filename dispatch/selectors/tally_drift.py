"""The same figures counted from the rows themselves: what the kept ones are checked against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from deadlines.models import Deadline
from dispatch.models import DeadlineTally
from projects.models import Project

Key = tuple[str, str, int, str, str]


@dataclass(frozen=True, slots=True)
class Drift:
    """One figure that is not what it should be."""

    cell: str
    kept: int
    counted: int


def kept_figures(*, today: date) -> dict[Key, int]:
    """Every kept figure of a day: county, stage, year, level, measure. One query."""
    rows = DeadlineTally.objects.filter(day__lte=today).order_by()
    found = rows.values_list("scope_organisation__code", "stage", "year", "level", "measure")
    return _without_zeros(found.annotate(sum=Sum("number")))


def counted_figures(*, today: date) -> dict[Key, int]:
    """The same figures by GROUP BY over all deadlines and projects: exact, and slow. Five queries."""
    project = Project.objects.filter(pk=OuterRef("project_id"))
    rows = Deadline.objects.order_by().annotate(
        list_year=Coalesce(Subquery(project.values("annual_list__year")[:1]), 0),
        of_level=Coalesce(Subquery(project.values("level")[:1]), Value("")),
    )
    work = rows.exclude(role=Deadline.Role.VALIDITY)
    validity = rows.filter(role=Deadline.Role.VALIDITY)
    place = ("scope_organisation__code", "stage", "list_year", "of_level")
    county = ("scope_organisation__code", "list_year", "of_level")
    found = Counter[Key]()
    for *key, lamp, number in (
        work.open().with_lamp(today).values_list(*place, F("lamp")).annotate(number=Count("pk"))
    ):
        found[*key, lamp] += number
    papers = validity.open().with_lamp(today).filter(Q(lamp__in=["red", "amber"]))
    for *key, lamp, number in papers.values_list(*place, F("lamp")).annotate(number=Count("pk")):
        found[*key, f"v-{lamp}"] += number
    late = Q(red_from__lte=today) & (Q(stopped_on__isnull=True) | Q(stopped_on__gt=today))
    course = work.values_list(*county).annotate(
        started=Count("pk", filter=Q(started_on__lte=today)),
        met=Count("pk", filter=Q(state=Deadline.State.MET, stopped_on__lte=today)),
        late=Count("pk", filter=late),
    )
    for code, year, level, *numbers in course:
        for measure, number in zip(DeadlineTally.COURSE, numbers, strict=True):
            found[code, "", year, level, measure] += number
    projects = Project.objects.order_by().filter(status__in=["ADOPTED", "SUBMITTED", "SCREENED"])
    listed = projects.values_list("organisation__code", "annual_list__year", "level", "status")
    for code, year, level, status, number in listed.annotate(number=Count("pk")):
        found[code, "", year or 0, level, f"p-{status}"] += number
    return {key: number for key, number in found.items() if number}


def tally_drift(*, today: date) -> list[Drift]:
    """Every figure whose kept value is not the counted one."""
    kept, counted = kept_figures(today=today), counted_figures(today=today)
    return [
        Drift(" ".join(map(str, key)), kept.get(key, 0), counted.get(key, 0))
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key, 0) != counted.get(key, 0)
    ]


def _without_zeros(rows: Iterable[Any]) -> dict[Key, int]:
    return {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in rows if row[5]}
