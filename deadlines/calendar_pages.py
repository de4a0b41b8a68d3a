"""A year of the calendar as the page draws it: twelve months, each day with its kind and name."""

from __future__ import annotations

import calendar as plain
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deadlines.models import CalendarRevision, CalendarYear
from deadlines.rules import WorkingCalendar
from deadlines.rules.calendar import SATURDAY


class DayKind(StrEnum):
    """How a day is drawn. Values are the names of its style."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """One day; `mark` is 休 or 班 where the day departs from the plain week."""

    day: date
    kind: DayKind
    name: str
    is_today: bool

    @property
    def mark(self) -> str:
        return {DayKind.HOLIDAY: "休", DayKind.MAKEUP: "班"}.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """A month in weeks from Monday; None where a day belongs to another month."""

    label: str
    weeks: Sequence[Sequence[CalendarCell | None]]
    working_days: int


@dataclass(frozen=True, slots=True)
class YearPage:
    """A year: its months, how many working days, and by which word."""

    year: int
    row: CalendarYear
    months: Sequence[MonthGrid]
    working_days: int
    revisions: Sequence[CalendarRevision]
    years: Sequence[int]


def year_page(*, year: int, calendar: WorkingCalendar, today: date) -> YearPage:
    """Everything the page of a year shows. Three queries.

    Raises:
        CalendarYear.DoesNotExist: nobody has entered the year.
    """
    row = CalendarYear.objects.get(year=year)
    months = [_month(year, number, calendar, today) for number in range(1, 13)]
    revisions = CalendarRevision.objects.filter(year=year).select_related("entered_by").order_by("-id")
    return YearPage(
        year=year,
        row=row,
        months=months,
        working_days=sum(month.working_days for month in months),
        revisions=list(revisions),
        years=list(CalendarYear.objects.values_list("year", flat=True)),
    )


def _month(year: int, number: int, calendar: WorkingCalendar, today: date) -> MonthGrid:
    days = plain.Calendar(firstweekday=plain.MONDAY).monthdatescalendar(year, number)
    weeks = [[_cell(day, calendar, today) if day.month == number else None for day in week] for week in days]
    first = date(year, number, 1)
    last = date(year, number, plain.monthrange(year, number)[1])
    return MonthGrid(f"{number}月", weeks, sum(1 for _ in calendar.working_days(first, last)))


def _cell(day: date, calendar: WorkingCalendar, today: date) -> CalendarCell:
    works, is_weekend = calendar.is_working(day), day.weekday() >= SATURDAY
    if works:
        kind = DayKind.MAKEUP if is_weekend else DayKind.WORK
    else:
        kind = DayKind.HOLIDAY if day in calendar.holidays else DayKind.WEEKEND
    return CalendarCell(day=day, kind=kind, name=calendar.name(day), is_today=day == today)
