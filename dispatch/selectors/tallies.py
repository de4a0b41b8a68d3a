"""The dashboard's figures, read from what the database keeps current: at any number of projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from accounts.models import User
from dispatch.models import DeadlineTally, FrozenTally
from dispatch.rules.periods import Period

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which part of the figures is asked for; empty means all.

    `unit` is a county's code; what its own units have counts with it.
    """

    unit: str = ""
    year: int | None = None
    level: str = ""


WHOLE = Narrowing()


@dataclass(frozen=True, slots=True)
class Cell:
    """Open obligations of one unit and stage in one lamp."""

    unit: str
    stage: str
    lamp: str
    number: int


@dataclass(frozen=True, slots=True)
class WeekCount:
    """One week, Monday to Sunday or to the day of the reading: what began, what was met, what was late
    at its end."""

    first: date
    last: date
    started: int
    met: int
    late: int


@dataclass(frozen=True, slots=True)
class Tallies:
    cells: Sequence[Cell]
    validity: int
    adopted: int
    waiting: int
    weeks: Sequence[WeekCount]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A round whose figures were kept: 2026-W47, how often it was frozen, and the day of its figures."""

    period: str
    version: int
    taken_on: date

    @property
    def key(self) -> str:
        return f"{self.period}.{self.version}"

    @property
    def label(self) -> str:
        again = f" 第 {self.version} 版" if self.version > 1 else ""
        return f"{Period.parse(self.period).label}定稿{again}"


def frozen_rounds(*, actor: User) -> list[Frozen]:
    """Every round whose figures were kept, newest first. One query."""
    kept = FrozenTally.objects.visible_to(actor).order_by("-taken_on", "-version")
    return [Frozen(*row) for row in kept.values_list("period", "version", "taken_on").distinct()]


def read_tallies(
    *, actor: User, today: date, asked: Narrowing = WHOLE, frozen: Frozen | None = None
) -> Tallies:
    """What the dashboard shows, as it stands on `today`, or as `frozen` kept it. Two queries.

    Args:
        today: the day of the reading; with `frozen` the day on which the figures were taken.
    """
    rows: QuerySet[Any] = DeadlineTally.objects.visible_to(actor)
    if frozen is not None:
        rows = FrozenTally.objects.visible_to(actor).filter(period=frozen.period, version=frozen.version)
    rows = _narrowed(rows.filter(day__lte=today).order_by(), asked)
    standing = [*DeadlineTally.LAMPS, *DeadlineTally.VALIDITY, *DeadlineTally.PROJECTS]
    cells: list[Cell] = []
    sums = Counter[str]()
    found = rows.filter(measure__in=standing).values_list("scope_organisation__code", "stage", "measure")
    for unit, stage, measure, number in found.annotate(sum=Sum("number")):
        sums[measure] += number
        if number and measure in DeadlineTally.LAMPS:
            cells.append(Cell(unit, stage, measure, number))
    course = rows.filter(measure__in=DeadlineTally.COURSE).values_list("measure", "day")
    return Tallies(
        cells=cells,
        validity=sum(sums[measure] for measure in DeadlineTally.VALIDITY),
        adopted=sums["p-ADOPTED"],
        waiting=sums["p-SUBMITTED"] + sums["p-SCREENED"],
        weeks=_weeks(list(course.annotate(sum=Sum("number"))), today),
    )


def _narrowed(rows: QuerySet[Any], asked: Narrowing) -> QuerySet[Any]:
    if asked.unit:
        rows = rows.filter(scope_organisation__path__contains=f"/{asked.unit}/")
    if asked.year is not None:
        rows = rows.filter(year=asked.year)
    if asked.level:
        rows = rows.filter(level=asked.level)
    return rows


def _weeks(changes: Sequence[tuple[str, date, int]], today: date) -> list[WeekCount]:
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]

    def count(measure: str, first: date | None, last: date) -> int:
        return sum(
            number
            for name, day, number in changes
            if name == measure and day <= last and (first is None or day >= first)
        )

    spans = [(monday, min(monday + timedelta(days=6), today)) for monday in mondays]
    return [
        WeekCount(
            first,
            last,
            count("started", first, last),
            count("met", first, last),
            count("late", None, last),
        )
        for first, last in spans
    ]
