"""When a holder is reminded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.rules.calendar import ONE_DAY, WorkingCalendar
from deadlines.rules.due import CountedDays, due_of
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName, Unit
from deadlines.rules.pauses import Pause, stops_of


class ReminderKind(StrEnum):
    BEFORE = "before"
    DUE = "due"
    OVERDUE = "overdue"

    @property
    def label(self) -> str:
        return {"before": "即将到期", "due": "今日到期", "overdue": "已超期"}[self.value]


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """How long before the end a reminder goes out; dated settings, so they are passed in.

    working_days_before: for limits to act within. validity_days_before: calendar days, for papers.
    """

    working_days_before: tuple[int, ...] = (3,)
    validity_days_before: tuple[int, ...] = (90, 30, 7)


@dataclass(frozen=True, slots=True)
class ReminderStage:
    """One reminder of a deadline. `code` is stable and unique within the deadline (before-3)."""

    kind: ReminderKind
    days_before: int
    on: date

    @property
    def code(self) -> str:
        return f"{self.kind}-{self.days_before}" if self.kind is ReminderKind.BEFORE else self.kind.value

    def is_reached(self, today: date) -> bool:
        """On its day or any later one, so that a missed night heals itself."""
        return self.on <= today


def reminder_stages(
    *,
    start: date,
    calendar: WorkingCalendar,
    committed: Line | None = None,
    statutory: Line | None = None,
    pauses: Sequence[Pause] = (),
    plan: ReminderPlan = ReminderPlan(),
    counting: Counting = DEFAULT_COUNTING,
) -> tuple[ReminderStage, ...]:
    """The reminders of an open deadline in order of their days, on the committed line, else the statutory.

    Days before a limit are its working days: those that do not count for the line are skipped.
    A stage that lies before the start is left out. Nothing for minimum periods, reference
    lines, and while an open pause hides the end. The overdue stage is the first day that shows
    as overdue; a validity has none before its end but the day itself and the day after.

    Raises:
        CalendarGap: a day outside of the calendar is needed.

    Source: rulings, "Reminders"; domain.md 11 (90/30/7 days for validity).
    """
    chosen = _governing(committed, statutory)
    if chosen is None:
        return ()
    line, name = chosen
    due = due_of(line=line, start=start, calendar=calendar, pauses=pauses, name=name, counting=counting).on
    if due is None:
        return ()
    if line.kind is LineKind.VALIDITY:
        before: list[tuple[int, date | None]] = [
            (n, due - timedelta(days=n)) for n in plan.validity_days_before
        ]
        overdue_on = due + ONE_DAY
    else:
        counted = CountedDays(calendar, Unit.WORKING_DAY, stops_of(pauses, line=name))
        before = [(n, _counted_before(counted, start, due, n)) for n in plan.working_days_before]
        overdue_on = calendar.next_working_day(due) if line.unit is Unit.WORKING_DAY else due + ONE_DAY
    stages = [ReminderStage(ReminderKind.BEFORE, n, day) for n, day in before if day and day >= start]
    stages.append(ReminderStage(ReminderKind.DUE, 0, due))
    stages.append(ReminderStage(ReminderKind.OVERDUE, 0, overdue_on))
    return tuple(sorted(stages, key=lambda stage: (stage.on, -stage.days_before)))


def _governing(committed: Line | None, statutory: Line | None) -> tuple[Line, LineName] | None:
    for line, name in ((committed, LineName.COMMITTED), (statutory, LineName.STATUTORY)):
        if line is not None and not line.is_reference and line.kind is not LineKind.MIN:
            return line, name
    return None


def _counted_before(counted: CountedDays, start: date, due: date, n: int) -> date | None:
    """The counted day with exactly `n` more up to `due`; None when it lies before `start`."""
    position = counted.count(start - ONE_DAY, due) - n
    return counted.nth(start - ONE_DAY, position) if position > 0 else None
