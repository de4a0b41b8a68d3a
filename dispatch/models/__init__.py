"""What dispatch stores, by noun."""

from __future__ import annotations

from dispatch.models.rounds import (
    LedgerSnapshot,
    LedgerSnapshotQuerySet,
    Reminder,
    ReminderQuerySet,
    WeeklyRound,
)
from dispatch.models.tallies import (
    BEGINNING,
    DeadlineTally,
    DeadlineTallyQuerySet,
    FrozenTally,
    FrozenTallyQuerySet,
)

__all__ = [
    "BEGINNING",
    "DeadlineTally",
    "DeadlineTallyQuerySet",
    "FrozenTally",
    "FrozenTallyQuerySet",
    "LedgerSnapshot",
    "LedgerSnapshotQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "WeeklyRound",
]
