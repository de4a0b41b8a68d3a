"""Honest time of one step: each act with the day it happened and the moment it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from approvals import rules, selectors
from approvals.models import Step
from audit.models import Entry
from audit.verbs import words
from core.clock import day_of
from deadlines.errors import CalendarGap
from deadlines.rules import WorkingCalendar


@dataclass(frozen=True, slots=True)
class Record:
    """One act. late_days: working days between the act and its entry."""

    words: str
    actor: str
    occurred_on: date
    entered_at: datetime
    late_days: int
    is_late: bool

    @property
    def lateness(self) -> str:
        return f"补录，晚 {self.late_days} 个工作日"


def records_of(step: Step, *, today: date, calendar: WorkingCalendar) -> list[Record]:
    """What was done to a step, oldest first. Two queries."""
    grace = selectors.handling_setting(today).late_entry_days
    entries = Entry.objects.filter(subject_kind=step._meta.label_lower, subject_id=step.pk).order_by("id")
    return [_record(entry, grace, calendar) for entry in entries]


def _record(entry: Entry, grace: int, calendar: WorkingCalendar) -> Record:
    entered_on = day_of(entry.entered_at)
    occurred_on = entry.occurred_on or entered_on
    try:
        days = max(0, calendar.count(occurred_on, entered_on))
        is_late = rules.is_entered_late(
            occurred_on=occurred_on, entered_on=entered_on, grace_days=grace, calendar=calendar
        )
    except CalendarGap:
        days, is_late = 0, False
    # What the system concludes by itself was not entered by anybody.
    return Record(
        words(entry.verb),
        entry.actor_label,
        occurred_on,
        entry.entered_at,
        days,
        is_late and entry.actor_id is not None,
    )
