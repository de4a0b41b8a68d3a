"""Refusals of the system's upkeep."""

from __future__ import annotations

from core.errors import DomainError


class BackupDamaged(DomainError):
    """A backup is not what was written: a byte differs, a file is missing, the format is unknown."""

    code = "backup_damaged"


class BackupNotMade(DomainError):
    """A backup could not be taken."""

    code = "backup_not_made"


class NotRestored(DomainError):
    """A backup could not be restored, or what was restored is not what was backed up."""

    code = "not_restored"


class NoticeOutOfTime(DomainError):
    """A notice of maintenance that nobody would see, or that is over or withdrawn already."""

    code = "notice_out_of_time"
