"""From a limit to its last day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from deadlines.rules.calendar import ONE_DAY, WorkingCalendar
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName, Unit
from deadlines.rules.pauses import Pause, Stop, stops_of

MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class CountedDays:
    """The days that count for a line: working days, or all days, outside of its stops."""

    calendar: WorkingCalendar
    unit: Unit
    stops: tuple[Stop, ...] = ()

    def count(self, after: date, until: date) -> int:
        """Counted days in (after, until]; zero when `until` does not lie after `after`."""
        if until <= after:
            return 0
        total = self._plain(after, until)
        for stop in self.stops:
            first = max(stop.first - ONE_DAY, after)
            last = until if stop.last is None else min(stop.last, until)
            if last > first:
                total -= self._plain(first, last)
        return total

    def nth(self, after: date, n: int) -> date | None:
        """The n-th counted day after `after`; None when an open stop is met before it."""
        left, cursor = n, after
        for stop in self.stops:
            if stop.last is not None and stop.last <= cursor:
                continue
            before = self._plain(cursor, stop.first - ONE_DAY) if stop.first - ONE_DAY > cursor else 0
            if before >= left:
                break
            if stop.last is None:
                return None
            left, cursor = left - before, stop.last
        if self.unit is Unit.WORKING_DAY:
            return self.calendar.nth_working_day(cursor, left)
        return cursor + timedelta(days=left)

    def without_stops(self) -> CountedDays:
        return CountedDays(self.calendar, self.unit)

    def _plain(self, after: date, until: date) -> int:
        if self.unit is Unit.WORKING_DAY:
            return self.calendar.count(after, until)
        return (until - after).days


@dataclass(frozen=True, slots=True)
class Due:
    """The end of a line.

    on: the last day of the period; None while an open pause keeps it unknown.
    raw: the same before it rolled off a day off; differs for limits in days, months, years.
    paused_from: the first day of the open pause that keeps it unknown.
    is_provisional: a year without a published notice was needed; the date may change.
    """

    on: date | None
    raw: date | None
    paused_from: date | None = None
    is_provisional: bool = False

    @property
    def earliest_next(self) -> date | None:
        """The first day after the period: the next step of a minimum period, deemed consent."""
        return self.on + ONE_DAY if self.on else None


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later (earlier if negative), else the month's last day.

    Source: 民法典 202.
    """
    index = day.year * MONTHS_IN_A_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_IN_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_of(
    *,
    line: Line,
    start: date,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    name: LineName = LineName.COMMITTED,
    counting: Counting = DEFAULT_COUNTING,
) -> Due:
    """The last day of a line that began with an event on `start`.

    The day of the event is day 0. Working-day limits end on the n-th working day outside of
    the pauses that stop this line. Limits in days, months and years end on a working day: a
    last day off moves to the next one; a make-up Saturday does not move. A limit of 0 ends
    the same day, or the next working day. Validity neither moves nor pauses. A pause that
    begins after the end changes nothing; an open one before it leaves the end unknown.

    Args:
        start: the day of the event, also when that is a day off (see Counting).
        name: which of the two lines this is: not every pause stops both.

    Raises:
        CalendarGap: the count needs a day outside of the calendar.

    Source: 行政许可法 42, 45, 82; 民法典 201-203; domain.md 2.2.
    """
    counted = counted_days(line=line, calendar=calendar, pauses=pauses, name=name)
    day_zero = counting.day_zero(start=start, unit=line.unit, calendar=calendar)
    raw = _nth_or_same_day(counted, day_zero, days_allowed(line=line, day_zero=day_zero))
    on = raw
    if raw and line.unit is not Unit.WORKING_DAY and line.kind is not LineKind.VALIDITY:
        on = CountedDays(calendar, Unit.WORKING_DAY, counted.stops).nth(raw - ONE_DAY, 1)
    if on is None:
        return Due(on=None, raw=raw, paused_from=_open_from(counted.stops))
    if line.unit is Unit.WORKING_DAY:
        is_provisional = calendar.touches_provisional(day_zero, on)
    else:
        is_provisional = line.kind is not LineKind.VALIDITY and calendar.touches_provisional(raw or on, on)
    return Due(on=on, raw=raw, is_provisional=is_provisional)


def counted_days(
    *, line: Line, calendar: WorkingCalendar, pauses: Sequence[Pause], name: LineName
) -> CountedDays:
    """Which days count for this line. A paper's validity runs on through every pause."""
    stops = () if line.kind is LineKind.VALIDITY else stops_of(pauses, line=name)
    return CountedDays(calendar, line.unit.counted_in, stops)


def days_allowed(*, line: Line, day_zero: date) -> int:
    """The length of the line in what it is counted in; months and years from their start."""
    if line.unit is Unit.MONTH:
        return (add_months(day_zero, line.total) - day_zero).days
    if line.unit is Unit.YEAR:
        return (add_months(day_zero, line.total * MONTHS_IN_A_YEAR) - day_zero).days
    return line.total


def latest_day_before(*, event: date, working_days: int, calendar: WorkingCalendar) -> date:
    """The latest working day from which `event` is the n-th working day, counted from the next day.

    When the event itself lies on a day off, its working days are counted up to it.

    Source: 行政许可法 48; rulings, "Deadline".
    """
    last_counted = event if calendar.is_working(event) else calendar.previous_working_day(event)
    return calendar.nth_working_day_before(last_counted, working_days) if working_days else last_counted


def extension_is_late(*, granted_on: date, due_before: date) -> bool:
    """Whether an extension was granted after the limit it extends had run out.

    Source: domain.md 2.2 (5): it must be decided before the original end, else it is shown red.
    """
    return granted_on > due_before


def _nth_or_same_day(counted: CountedDays, day_zero: date, n: int) -> date | None:
    if n == 0:
        return counted.nth(day_zero - ONE_DAY, 1)
    return counted.nth(day_zero, n)


def _open_from(stops: Sequence[Stop]) -> date | None:
    return next((stop.first for stop in stops if stop.last is None), None)
