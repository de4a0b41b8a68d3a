"""The law of deadlines, from values alone: no database, no clock, no settings.

Working-day calendar (`calendar`), limits (`lines`), pauses (`pauses`), last days (`due`),
the state on one day (`reading`), the day-by-day sheet (`sheet`), lamps (`lamps`), reminders
(`reminders`), the acceptance and consent windows (`windows`), the reporting day (`reporting`).
"""

from __future__ import annotations

from deadlines.rules.calendar import WorkingCalendar, YearArrangement, holiday_note
from deadlines.rules.due import Due, add_months, due_of, extension_is_late, latest_day_before
from deadlines.rules.lamps import (
    WORST_FIRST,
    Lamp,
    LampDates,
    LampThresholds,
    deadline_lamp,
    deadline_lamp_dates,
    lamp_dates,
    line_lamp,
    worst,
)
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
from deadlines.rules.reminders import ReminderKind, ReminderPlan, ReminderStage, reminder_stages
from deadlines.rules.reporting import reporting_day
from deadlines.rules.sheet import DaySquare, SquareKind, day_sheet
from deadlines.rules.windows import (
    NOTICE_LIMIT,
    AcceptanceStatus,
    ConsentStatus,
    ConsentWindow,
    CorrectionWindow,
    consent_window,
    correction_window,
)

__all__ = [
    "BOTH_LINES",
    "DEFAULT_COUNTING",
    "NOTICE_LIMIT",
    "WORST_FIRST",
    "AcceptanceStatus",
    "ConsentStatus",
    "ConsentWindow",
    "CorrectionWindow",
    "Counting",
    "DaySquare",
    "DeadlineReading",
    "Due",
    "Lamp",
    "LampDates",
    "LampThresholds",
    "Line",
    "LineKind",
    "LineName",
    "Pause",
    "PauseKind",
    "PauseKinds",
    "Reading",
    "ReminderKind",
    "ReminderPlan",
    "ReminderStage",
    "SquareKind",
    "Stop",
    "Unit",
    "WorkingCalendar",
    "YearArrangement",
    "add_months",
    "consent_window",
    "correction_window",
    "cut_at",
    "day_sheet",
    "deadline_lamp",
    "deadline_lamp_dates",
    "due_of",
    "extension_is_late",
    "holiday_note",
    "lamp_dates",
    "latest_day_before",
    "line_lamp",
    "read_deadline",
    "read_line",
    "read_pause_kinds",
    "reminder_stages",
    "reporting_day",
    "stops_of",
    "worst",
]
