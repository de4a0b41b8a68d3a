"""A deadline as it stands on one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from deadlines.rules.calendar import WorkingCalendar
from deadlines.rules.due import CountedDays, Due, counted_days, days_allowed, due_of
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName, Unit
from deadlines.rules.pauses import Pause, cut_at


@dataclass(frozen=True, slots=True)
class Reading:
    """One line read on one day; `used`, `remaining`, `allowed` and `paused` in `counted_in`.

    as_of: the day of the reading; the day of closing once the matter is closed.
    due: the last day in time; None while an open pause keeps it unknown.
    due_if_resumed: while paused, the due date if the pause ended on the day of the reading.
    used: counted days up to and including as_of, running on past the due date.
    remaining: counted days after as_of up to the due date; below zero, the days since it.
    paused: days up to as_of that would have counted but for a pause.
    """

    line: Line
    name: LineName
    start: date
    as_of: date
    is_closed: bool
    due: date | None
    due_if_resumed: date | None
    paused_from: date | None
    allowed: int
    used: int
    remaining: int
    paused: int
    is_provisional: bool

    @property
    def counted_in(self) -> Unit:
        return self.line.unit.counted_in

    @property
    def is_paused(self) -> bool:
        """Standing still on the day of the reading, with no due date to show."""
        return self.paused_from is not None and self.paused_from <= self.as_of

    @property
    def overdue(self) -> int:
        """Days past due; a day off adds none. Only a limit to act within can be overdue."""
        return max(0, -self.remaining) if self.line.kind in (LineKind.MAX, LineKind.DEEMED_CONSENT) else 0

    @property
    def is_overdue(self) -> bool:
        return self.overdue > 0

    @property
    def is_over(self) -> bool:
        """The period is behind us: the next step is possible, the paper has lapsed."""
        return self.due is not None and self.as_of > self.due


@dataclass(frozen=True, slots=True)
class DeadlineReading:
    """Both lines of one deadline on one day; a line that does not exist is None."""

    committed: Reading | None
    statutory: Reading | None

    @property
    def lines(self) -> tuple[Reading, ...]:
        return tuple(line for line in (self.committed, self.statutory) if line is not None)

    @property
    def governing(self) -> Reading | None:
        """The line that reminders and lists follow: committed, else statutory, else a reference."""
        binding = [line for line in self.lines if not line.line.is_reference]
        return next(iter(binding or self.lines), None)

    @property
    def is_paused(self) -> bool:
        return any(line.is_paused for line in self.lines)

    @property
    def is_overdue(self) -> bool:
        return any(line.is_overdue and not line.line.is_reference for line in self.lines)

    @property
    def is_provisional(self) -> bool:
        return any(line.is_provisional for line in self.lines)


def read_line(
    *,
    line: Line,
    start: date,
    today: date,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    name: LineName = LineName.COMMITTED,
    stopped_on: date | None = None,
    counting: Counting = DEFAULT_COUNTING,
) -> Reading:
    """Read one line on `today`.

    Due today is not overdue. Days off add nothing: a working-day limit shows the same on
    Saturday as on Friday. From `stopped_on` the numbers stand still and every pause ends
    there at the latest.

    Raises:
        CalendarGap: the count needs a day outside of the calendar.

    Source: domain.md 2.2; golden D14, D33; mechanisms.md, clock vectors 6, 7, 10, 13, 14.
    """
    is_closed = stopped_on is not None and stopped_on <= today
    as_of = stopped_on if stopped_on is not None and is_closed else today
    in_force = cut_at(pauses, day=as_of) if is_closed else tuple(pauses)
    due = due_of(line=line, start=start, calendar=calendar, pauses=in_force, name=name, counting=counting)
    counted = counted_days(line=line, calendar=calendar, pauses=in_force, name=name)
    day_zero = counting.day_zero(start=start, unit=line.unit, calendar=calendar)
    allowed = days_allowed(line=line, day_zero=day_zero)
    used, remaining = _used_and_remaining(counted, due, day_zero, as_of, allowed)
    until = as_of if due.on is None else min(as_of, due.on)
    resumed = None
    if due.paused_from is not None and due.paused_from <= as_of:
        resumed = due_of(
            line=line,
            start=start,
            calendar=calendar,
            pauses=cut_at(pauses, day=as_of),
            name=name,
            counting=counting,
        ).on
    return Reading(
        line=line,
        name=name,
        start=start,
        as_of=as_of,
        is_closed=is_closed,
        due=due.on,
        due_if_resumed=resumed,
        paused_from=due.paused_from,
        allowed=allowed,
        used=used,
        remaining=remaining,
        paused=counted.without_stops().count(day_zero, until) - counted.count(day_zero, until),
        is_provisional=due.is_provisional,
    )


def read_deadline(
    *,
    start: date,
    today: date,
    calendar: WorkingCalendar,
    committed: Line | None = None,
    statutory: Line | None = None,
    pauses: Sequence[Pause] = (),
    stopped_on: date | None = None,
    counting: Counting = DEFAULT_COUNTING,
) -> DeadlineReading:
    """Read both lines of a deadline on `today`; see read_line.

    Source: domain.md 1.3 (two lines from one event), golden D38-D40.
    """

    def read(line: Line | None, name: LineName) -> Reading | None:
        if line is None:
            return None
        return read_line(
            line=line,
            start=start,
            today=today,
            calendar=calendar,
            pauses=pauses,
            name=name,
            stopped_on=stopped_on,
            counting=counting,
        )

    return DeadlineReading(
        committed=read(committed, LineName.COMMITTED), statutory=read(statutory, LineName.STATUTORY)
    )


def _used_and_remaining(
    counted: CountedDays, due: Due, day_zero: date, as_of: date, allowed: int
) -> tuple[int, int]:
    if due.on is None:
        used = min(counted.count(day_zero, as_of), allowed)
        return used, allowed - used
    if as_of <= due.on:
        return counted.count(day_zero, as_of), counted.count(max(day_zero, as_of), due.on)
    # A pause that begins after the due date changes nothing, so what is over is counted plainly.
    over = counted.without_stops().count(due.on, as_of)
    return counted.count(day_zero, due.on) + over, -over
