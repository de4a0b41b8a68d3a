"""Lamps: the state of a deadline in one word, on one day and for every day to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.rules.calendar import ONE_DAY, WorkingCalendar
from deadlines.rules.due import (
    MONTHS_IN_A_YEAR,
    CountedDays,
    Due,
    add_months,
    counted_days,
    days_allowed,
    due_of,
)
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName, Unit
from deadlines.rules.pauses import Pause
from deadlines.rules.reading import DeadlineReading, Reading

LIMITS_WITHOUT_WARNING = 1


class Lamp(StrEnum):
    """Values are the names of the lamp's style; `label` is the word beside it."""

    RED = "red"
    AMBER = "amber"
    PAUSE = "pause"
    GREEN = "green"
    IDLE = "idle"
    DONE = "done"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Lamp.RED: "逾期",
    Lamp.AMBER: "预警",
    Lamp.PAUSE: "暂停",
    Lamp.GREEN: "正常",
    Lamp.IDLE: "未启动",
    Lamp.DONE: "办结",
}
WORST_FIRST = (Lamp.RED, Lamp.AMBER, Lamp.PAUSE, Lamp.GREEN, Lamp.IDLE, Lamp.DONE)


@dataclass(frozen=True, slots=True)
class LampThresholds:
    """When a lamp turns amber; dated settings, so they are passed in.

    share_percent, most: amber when left ≤ min(most, ⌈share × limit⌉), in the line's own unit.
    validity_days: calendar days before the end of a validity.
    """

    share_percent: int = 20
    most: int = 5
    validity_days: int = 90

    def warning(self, total: int) -> int:
        """How much may be left when the lamp turns amber; 0 is the due day alone."""
        if total <= LIMITS_WITHOUT_WARNING:
            return 0
        return min(self.most, -(-total * self.share_percent // 100))


@dataclass(frozen=True, slots=True)
class LampDates:
    """The first day of each lamp if nothing more happens; None is never.

    Red outranks pause, pause outranks amber. Before `live_from` the lamp is grey; `idle_from`
    is the day from which it is grey again (a lapsed paper nobody depends on). Closing a matter
    ends them all. None for `live_from` is a minimum period whose end an open pause hides.
    """

    live_from: date | None
    amber_from: date | None = None
    red_from: date | None = None
    paused_from: date | None = None
    idle_from: date | None = None

    def on(self, day: date) -> Lamp:
        """The lamp of an open deadline on `day`."""
        for since, lamp in (
            (self.red_from, Lamp.RED),
            (self.paused_from, Lamp.PAUSE),
            (self.idle_from, Lamp.IDLE),
            (self.amber_from, Lamp.AMBER),
        ):
            if since is not None and since <= day:
                return lamp
        return Lamp.GREEN if self.live_from is not None and self.live_from <= day else Lamp.IDLE


def worst(lamps: Iterable[Lamp]) -> Lamp:
    """The lamp a project or county shows: red, amber, pause, green, idle, done; idle if none."""
    return min(lamps, key=WORST_FIRST.index, default=Lamp.IDLE)


def line_lamp(*, reading: Reading, thresholds: LampThresholds, is_dependent_open: bool = False) -> Lamp:
    """The lamp of one line as it was read.

    A reference line never warns, a minimum period is grey until it has passed and green
    ("next step possible") from then on. A maximum is amber from its threshold through the
    due day and any days off after it, red when it is overdue.

    Args:
        is_dependent_open: whether an unfinished step depends on this paper (validity only).

    Source: rulings, "Lamps".
    """
    line, due = reading.line, reading.due
    if reading.is_closed:
        return Lamp.DONE
    if reading.as_of < reading.start:
        return Lamp.IDLE
    if line.kind is LineKind.VALIDITY and due is not None and not line.is_reference:
        if reading.as_of > due:
            return Lamp.RED if is_dependent_open else Lamp.IDLE
        return Lamp.AMBER if (due - reading.as_of).days <= thresholds.validity_days else Lamp.GREEN
    if line.kind is LineKind.MIN:
        if reading.is_paused:
            return Lamp.PAUSE
        return Lamp.GREEN if reading.is_over else Lamp.IDLE
    if line.is_reference:
        return Lamp.GREEN
    if reading.is_overdue:
        return Lamp.RED
    if reading.is_paused:
        return Lamp.PAUSE
    return Lamp.AMBER if _is_near(reading, thresholds) else Lamp.GREEN


def deadline_lamp(
    *,
    reading: DeadlineReading,
    thresholds: LampThresholds,
    is_dependent_open: bool = False,
) -> Lamp:
    """The lamp of a deadline: red if either line is past due, else pause, else the worse line."""
    lamps = [
        line_lamp(reading=line, thresholds=thresholds, is_dependent_open=is_dependent_open)
        for line in reading.lines
    ]
    if Lamp.RED not in lamps and Lamp.PAUSE in lamps:
        return Lamp.PAUSE
    return worst(lamps)


def lamp_dates(
    *,
    line: Line,
    start: date,
    calendar: WorkingCalendar,
    thresholds: LampThresholds,
    pauses: Sequence[Pause] = (),
    name: LineName = LineName.COMMITTED,
    is_dependent_open: bool = False,
    counting: Counting = DEFAULT_COUNTING,
) -> LampDates:
    """The days on which the lamp of an open line changes if nothing more happens.

    So that a database can filter by lamp comparing dates with today. Equal to `line_lamp` of
    a reading on every day.

    Raises:
        CalendarGap: a day outside of the calendar is needed.

    Source: rulings, "Lamps".
    """
    due = due_of(line=line, start=start, calendar=calendar, pauses=pauses, name=name, counting=counting)
    paused_from = max(start, due.paused_from) if due.paused_from else None
    if line.kind is LineKind.MIN:
        return LampDates(live_from=due.earliest_next, paused_from=paused_from)
    if line.is_reference:
        return LampDates(live_from=start)
    if line.kind is LineKind.VALIDITY and due.on is not None:
        return _validity_dates(start, due.on, thresholds, is_dependent_open)
    counted = counted_days(line=line, calendar=calendar, pauses=pauses, name=name)
    day_zero = counting.day_zero(start=start, unit=line.unit, calendar=calendar)
    return LampDates(
        live_from=start,
        amber_from=_amber_from(line, start, due, counted, day_zero, thresholds),
        red_from=_red_from(line, due, calendar),
        paused_from=paused_from,
    )


def deadline_lamp_dates(dates: Sequence[LampDates]) -> LampDates:
    """The lines of one deadline as one: the earliest of each. Its lines are of one kind."""
    idle = [each.idle_from for each in dates]
    return LampDates(
        live_from=_earliest(each.live_from for each in dates),
        amber_from=_earliest(each.amber_from for each in dates),
        red_from=_earliest(each.red_from for each in dates),
        paused_from=_earliest(each.paused_from for each in dates),
        idle_from=max((day for day in idle if day), default=None) if all(idle) else None,
    )


def _is_near(reading: Reading, thresholds: LampThresholds) -> bool:
    warning = thresholds.warning(reading.line.total)
    if reading.line.unit in (Unit.MONTH, Unit.YEAR):
        return reading.due is not None and reading.as_of >= _months_before(reading.line, reading.due, warning)
    return reading.remaining <= warning


def _months_before(line: Line, due: date, warning: int) -> date:
    months = warning * (MONTHS_IN_A_YEAR if line.unit is Unit.YEAR else 1)
    return add_months(due, -months)


def _validity_dates(start: date, end: date, thresholds: LampThresholds, is_dependent_open: bool) -> LampDates:
    return LampDates(
        live_from=start,
        amber_from=max(start, end - timedelta(days=thresholds.validity_days)),
        red_from=end + ONE_DAY if is_dependent_open else None,
        idle_from=None if is_dependent_open else end + ONE_DAY,
    )


def _amber_from(
    line: Line, start: date, due: Due, counted: CountedDays, day_zero: date, thresholds: LampThresholds
) -> date | None:
    warning = thresholds.warning(line.total)
    if line.unit in (Unit.MONTH, Unit.YEAR):
        return max(start, _months_before(line, due.on, warning)) if due.on else None
    length = counted.count(day_zero, due.on) if due.on else days_allowed(line=line, day_zero=day_zero)
    before_warning = length - warning
    return counted.nth(day_zero, before_warning) if before_warning > 0 else start


def _red_from(line: Line, due: Due, calendar: WorkingCalendar) -> date | None:
    if due.on is None:
        return None
    if line.unit is Unit.WORKING_DAY:
        # Overdue is counted in working days, so the weekend after the due day adds nothing.
        return calendar.next_working_day(due.on)
    return due.on + ONE_DAY


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
