"""The day-by-day sheet behind every date: one square for each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deadlines.rules.calendar import ONE_DAY, WorkingCalendar, holiday_note
from deadlines.rules.due import CountedDays, counted_days, due_of
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName, Unit
from deadlines.rules.pauses import Pause, cut_at

ROLLED_NOTE = "末日顺延"


class SquareKind(StrEnum):
    """How a day is drawn. Values are the names of the square's style.

    start: the day of the event, day 0. counted: used up, in time. left: still to come.
    paused: would count but for a pause. off: a day that no line counts. over: past due.
    """

    START = "start"
    COUNTED = "counted"
    LEFT = "left"
    PAUSED = "paused"
    OFF = "off"
    OVER = "over"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    SquareKind.START: "起算",
    SquareKind.COUNTED: "已计",
    SquareKind.LEFT: "剩余",
    SquareKind.PAUSED: "暂停",
    SquareKind.OFF: "休息",
    SquareKind.OVER: "超期",
}


@dataclass(frozen=True, slots=True)
class DaySquare:
    """One day of the sheet.

    number: which counted day it is, from 1, running on past the due date; None if not counted.
    note: holiday's name, 周六/周日, 调休上班, the reasons of its pauses.
    """

    day: date
    kind: SquareKind
    number: int | None
    note: str
    is_due: bool = False
    is_today: bool = False
    is_provisional: bool = False


def day_sheet(
    *,
    line: Line,
    start: date,
    today: date,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    name: LineName = LineName.COMMITTED,
    stopped_on: date | None = None,
    counting: Counting = DEFAULT_COUNTING,
) -> tuple[DaySquare, ...]:
    """Every day from the event to the due date, or to the day of the reading if that is later.

    The last numbered day of the kinds counted and left is the due date; the numbers are those
    of `read_line`. While paused the sheet ends on the day of the reading, for no later day is
    known. After closing it ends on the day of closing.

    Returns: squares in order of days; a three-year validity has more than a thousand.

    Raises:
        CalendarGap: the sheet needs a day outside of the calendar.

    Source: mechanisms.md, "Why this date"; ux.md, cells.
    """
    is_closed = stopped_on is not None and stopped_on <= today
    as_of = stopped_on if stopped_on is not None and is_closed else today
    in_force = cut_at(pauses, day=as_of) if is_closed else tuple(pauses)
    due = due_of(line=line, start=start, calendar=calendar, pauses=in_force, name=name, counting=counting)
    counted = counted_days(line=line, calendar=calendar, pauses=in_force, name=name)
    day_zero = counting.day_zero(start=start, unit=line.unit, calendar=calendar)
    last = as_of if is_closed else max(as_of, due.on or as_of)
    if line.kind in (LineKind.MIN, LineKind.VALIDITY) and due.on is not None:
        last = due.on
    pen = _Pen(line, start, day_zero, due.on, as_of, name, calendar, counted, in_force)
    squares: list[DaySquare] = []
    number, day = 0, start
    while day <= last:
        kind = pen.kind(day)
        is_numbered = day > day_zero and kind in _NUMBERED
        number += is_numbered
        squares.append(
            DaySquare(
                day=day,
                kind=kind,
                number=number if is_numbered else None,
                note=pen.note(day, due.raw),
                is_due=day == due.on,
                is_today=day == as_of,
                is_provisional=calendar.is_provisional(day),
            )
        )
        day += ONE_DAY
    return tuple(squares)


_NUMBERED = (SquareKind.COUNTED, SquareKind.LEFT, SquareKind.OVER)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Decides how each day is drawn."""

    line: Line
    start: date
    day_zero: date
    due: date | None
    as_of: date
    name: LineName
    calendar: WorkingCalendar
    counted: CountedDays
    pauses: tuple[Pause, ...]

    def kind(self, day: date) -> SquareKind:
        if day <= self.day_zero:
            return SquareKind.START if day == self.start else SquareKind.OFF
        if self.counted.without_stops().count(day - ONE_DAY, day) == 0:
            return SquareKind.OFF
        if self.due is not None and day > self.due:
            return SquareKind.OVER
        if self.counted.count(day - ONE_DAY, day) == 0:
            return SquareKind.PAUSED
        return SquareKind.COUNTED if day <= self.as_of else SquareKind.LEFT

    def note(self, day: date, raw: date | None) -> str:
        notes = [holiday_note(self.calendar, day)] if self._names_days_off else []
        if self.due is None or day <= self.due:
            reasons = (p.reason for p in self.pauses if self.name in p.stops and p.covers(day))
            notes.extend(dict.fromkeys(reasons))
        if raw is not None and self.due is not None and raw < day <= self.due:
            notes.append(ROLLED_NOTE)
        return "、".join(note for note in notes if note)

    @property
    def _names_days_off(self) -> bool:
        # A validity runs for years, past every calendar, and takes no notice of days off.
        return self.line.kind is not LineKind.VALIDITY or self.line.unit is Unit.WORKING_DAY
