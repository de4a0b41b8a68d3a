"""From a deadline's facts to its stored conclusions: the one computation behind every writer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from deadlines import rules, selectors
from deadlines.models import CalendarRevision, Deadline

CONCLUSIONS = (
    "committed_due_on",
    "statutory_due_on",
    "due_on",
    "live_from",
    "amber_from",
    "red_from",
    "idle_from",
    "is_provisional",
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What a computation needs besides the row; loaded once for a sweep over many."""

    calendar: rules.WorkingCalendar
    thresholds: rules.LampThresholds
    revision: CalendarRevision | None

    @classmethod
    def load(cls, today: date) -> Tools:
        """Three queries; more only where this process has not built the calendar since it changed."""
        # Before the calendar: a revision entered in between is then swept once more, never skipped.
        revision = selectors.calendar_revision()
        return cls(
            calendar=selectors.working_calendar(),
            thresholds=selectors.lamp_thresholds(today),
            revision=revision,
        )


def conclude(deadline: Deadline, *, pauses: Iterable[rules.Pause], tools: Tools) -> None:
    """Fill the conclusion columns of `deadline` in memory.

    Raises:
        CalendarGap: the count runs past every year the calendar knows.
    """
    pauses = tuple(pauses)
    if deadline.stopped_on is not None:
        pauses = rules.cut_at(pauses, day=deadline.stopped_on)
    lines = {name: selectors.line_of(deadline, name) for name in rules.LineName}
    found = {
        name: rules.due_of(
            line=line, start=deadline.started_on, calendar=tools.calendar, pauses=pauses, name=name
        )
        for name, line in lines.items()
        if line is not None
    }
    lamps = rules.deadline_lamp_dates(
        [
            rules.lamp_dates(
                line=line,
                start=deadline.started_on,
                calendar=tools.calendar,
                thresholds=tools.thresholds,
                pauses=pauses,
                name=name,
                is_dependent_open=deadline.dependent_is_open,
            )
            for name, line in lines.items()
            if line is not None
        ]
    )
    committed, statutory = found.get(rules.LineName.COMMITTED), found.get(rules.LineName.STATUTORY)
    deadline.committed_due_on = committed.on if committed else None
    deadline.statutory_due_on = statutory.on if statutory else None
    governing = committed or statutory
    deadline.due_on = governing.on if governing else None
    deadline.live_from = lamps.live_from
    deadline.amber_from = lamps.amber_from
    deadline.red_from = lamps.red_from
    deadline.idle_from = lamps.idle_from
    deadline.is_provisional = any(due.is_provisional for due in found.values())
    deadline.calendar_revision = tools.revision
    if deadline.is_open:
        deadline.state = Deadline.State.PAUSED if lamps.paused_from else Deadline.State.RUNNING
