"""What dispatch stores, by noun."""

from __future__ import annotations

from dispatch.models.rounds import (
    LedgerSnapshot,
    LedgerSnapshotQuerySet,
    Reminder,
    ReminderQuerySet,
    WeeklyRound,
)

__all__ = ["LedgerSnapshot", "LedgerSnapshotQuerySet", "Reminder", "ReminderQuerySet", "WeeklyRound"]
