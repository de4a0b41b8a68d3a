"""How a handler says how far it is, keeps its lease, and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from jobs.errors import LeaseLost
from jobs.models import Job, JobLog

# Often enough for a bar that is looked at every second, seldom enough to cost nothing.
REPORT_EVERY = timedelta(milliseconds=500)
LOG_TEXT = 500


@dataclass(slots=True)
class Progress:
    """The running side of one claim. Every report renews the lease for its whole length."""

    job_id: int
    token: UUID
    lease: timedelta
    clock: Callable[[], datetime]
    _reported_at: datetime | None = field(default=None, init=False)

    def report(self, done: int, total: int, note: str = "") -> None:
        """Say that `done` of `total` is finished; cheap enough to call for each row.

        Raises:
            LeaseLost: cancelled, or taken over; let it pass through.
        """
        now = self.clock()
        is_due = self._reported_at is None or now - self._reported_at >= REPORT_EVERY
        if not is_due and done < total:
            return
        self._reported_at = now
        held = Job.objects.held_by(self.token).filter(pk=self.job_id)
        renewed = held.update(
            progress_done=done, progress_total=total, progress_note=note[:200], lease_until=now + self.lease
        )
        if not renewed:
            raise LeaseLost

    def log(self, text: str) -> None:
        """One line for the person who started the job."""
        JobLog.objects.create(job_id=self.job_id, text=text[:LOG_TEXT])
