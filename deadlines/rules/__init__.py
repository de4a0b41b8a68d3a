"""The law of deadlines, from values alone: no database, no clock, no settings.

Working-day calendar (`calendar`), limits (`lines`), pauses (`pauses`), last days (`due`),
the state on one day (`reading`), the day-by-day sheet (`sheet`), lamps (`lamps`), reminders
(`reminders`), the acceptance and consent windows (`windows`), the reporting day (`reporting`).
"""

from __future__ import annotations

from deadlines.rules.calendar import WorkingCalendar, holiday_note
from deadlines.rules.due import Due, add_months, due_of, extension_is_late, latest_day_before
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName, Unit
from deadlines.rules.pauses import (
    BOTH_LINES,
    Pause,
    PauseKind,
    PauseKinds,
    Stop,
    cut_at,
    read_pause_kinds,
    stops_of,
)
from deadlines.rules.reading import DeadlineReading, Reading, read_deadline, read_line

__all__ = [
    "BOTH_LINES",
    "DEFAULT_COUNTING",
    "Counting",
    "DeadlineReading",
    "Due",
    "Line",
    "LineKind",
    "LineName",
    "Pause",
    "PauseKind",
    "PauseKinds",
    "Reading",
    "Stop",
    "Unit",
    "WorkingCalendar",
    "add_months",
    "cut_at",
    "due_of",
    "extension_is_late",
    "holiday_note",
    "latest_day_before",
    "read_deadline",
    "read_line",
    "read_pause_kinds",
    "stops_of",
]
