"""The sheet behind a date: both lines of a deadline day by day, with every reason beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from accounts.models import User
from deadlines import selectors
from deadlines.models import CalendarYear, Deadline, DeadlineQuerySet, Extension, Pause
from deadlines.rules import DaySquare, LineKind, Reading, Unit, WorkingCalendar

# A line longer than this is told in sentences: nobody reads a thousand rows of a validity.
MOST_DAYS = 150


@dataclass(frozen=True, slots=True)
class LineSheet:
    """One line of the sheet. `days` is empty for a line too long to be listed."""

    name: str
    reading: Reading
    basis: str
    days: Sequence[DaySquare]
    sentences: Sequence[str]

    @property
    def is_drawn(self) -> bool:
        return bool(self.days) and self.reading.line.unit is Unit.WORKING_DAY


@dataclass(frozen=True, slots=True)
class Sheet:
    """A deadline with its lines, pauses, extensions, and the years it was counted in."""

    deadline: Deadline
    lines: Sequence[LineSheet]
    pauses: Sequence[Pause]
    extensions: Sequence[Extension]
    years: Sequence[CalendarYear]
    is_provisional: bool


def sheet_deadlines(*, actor: User) -> DeadlineQuerySet:
    """Deadlines the actor may see, with all that a sheet prints. Three queries."""
    return (
        Deadline.objects.visible_to(actor)
        .select_related(
            "holder_organisation", "holder", "scope_organisation", "calendar_revision__entered_by"
        )
        .prefetch_related(Prefetch("pauses", queryset=Pause.objects.select_related("kind", "entered_by")))
        .prefetch_related("extensions")
    )


def read_sheet(deadline: Deadline, *, today: date, calendar: WorkingCalendar) -> Sheet:
    """The whole sheet of a deadline from `sheet_deadlines`. One query, for the years' notices.

    Raises:
        CalendarGap: the count needs a year that nobody has entered.
    """
    reading = selectors.reading_of(deadline, today=today, calendar=calendar)
    lines = [_line(deadline, line, today=today, calendar=calendar) for line in reading.lines]
    ends = [day for line in reading.lines for day in (line.due, line.as_of) if day is not None]
    last = max(ends, default=deadline.started_on)
    years = CalendarYear.objects.filter(year__gte=deadline.started_on.year, year__lte=last.year)
    return Sheet(
        deadline=deadline,
        lines=lines,
        pauses=list(deadline.pauses.all()),
        extensions=list(deadline.extensions.all()),
        years=list(years),
        is_provisional=reading.is_provisional,
    )


def _line(deadline: Deadline, reading: Reading, *, today: date, calendar: WorkingCalendar) -> LineSheet:
    last = max(reading.due or reading.as_of, reading.as_of)
    is_listed = (last - deadline.started_on).days <= MOST_DAYS and reading.line.kind is not LineKind.VALIDITY
    days: Sequence[DaySquare] = ()
    if is_listed:
        days = selectors.sheet_of(deadline, reading.name, today=today, calendar=calendar)
    return LineSheet(
        name=reading.name.label,
        reading=reading,
        basis=getattr(deadline, f"{reading.name}_basis"),
        days=days,
        sentences=_sentences(reading),
    )


def _sentences(reading: Reading) -> list[str]:
    """How the date came about, in the order of the count."""
    line, counted = reading.line, f" {reading.counted_in.label}"
    length = f"{line.limit}{line.unit.label}"
    if line.extension:
        length += f"，延长 {line.extension}，共 {line.total}{line.unit.label}"
    said = [f"{line.kind.label} {length}；{reading.start} 为起算日，当日不计，自次日起算。"]
    if line.is_reference:
        said.append("依据未核实现行有效，只作参考，不影响灯号。")
    if line.kind is LineKind.VALIDITY:
        said.append(f"有效期至 {reading.due}，末日不因休假顺延，也不因暂停延长。")
        return said
    if reading.paused:
        said.append(f"暂停 {reading.paused}{counted}不计。")
    if reading.due is None:
        said.append(
            f"正在暂停，到期日未定；已计 {reading.used}，剩 {reading.remaining}{counted}"
            f"。如今天恢复，到期日为 {reading.due_if_resumed}。"
        )
    elif line.kind is LineKind.MIN:
        said.append(f"{reading.due} 期满，次日起可进入下一步。")
    else:
        said.append(f"到期日 {reading.due}。")
    if reading.is_overdue:
        word = "办结时" if reading.is_closed else "截至今天"
        said.append(f"{word}超 {reading.overdue}{counted}。")
    if reading.is_provisional:
        said.append("其中有年度尚未公布放假安排，日期暂定，公布后自动重算。")
    return said
