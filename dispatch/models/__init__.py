"""What dispatch stores, by noun."""

from __future__ import annotations

from dispatch.models.packages import (
    Circular,
    CircularCopy,
    CircularQuerySet,
    Package,
    PackageFile,
    PackageQuerySet,
)
from dispatch.models.reminders import (
    Absence,
    AbsenceQuerySet,
    Ladder,
    Level,
    OfficeDigest,
    Reminder,
    ReminderQuerySet,
    Rung,
)
from dispatch.models.rounds import (
    LedgerSnapshot,
    LedgerSnapshotQuerySet,
    Reopening,
    Report,
    ReportingDuty,
    ReportQuerySet,
    Round,
    RoundKind,
    RoundRule,
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
    "Absence",
    "AbsenceQuerySet",
    "Circular",
    "CircularCopy",
    "CircularQuerySet",
    "DeadlineTally",
    "DeadlineTallyQuerySet",
    "FrozenTally",
    "FrozenTallyQuerySet",
    "Ladder",
    "LedgerSnapshot",
    "LedgerSnapshotQuerySet",
    "Level",
    "OfficeDigest",
    "Package",
    "PackageFile",
    "PackageQuerySet",
    "Reminder",
    "ReminderQuerySet",
    "Reopening",
    "Report",
    "ReportQuerySet",
    "ReportingDuty",
    "Round",
    "RoundKind",
    "RoundRule",
    "Rung",
]
