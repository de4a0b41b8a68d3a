"""What the job floor refuses, and what stops a worker."""

from __future__ import annotations

from core.errors import DomainError


class JobNotRetryable(DomainError):
    """Only a failed or cancelled job can be started again."""

    code = "job_not_retryable"


class JobFinished(DomainError):
    """A finished job cannot be cancelled."""

    code = "job_finished"


class LeaseLost(Exception):
    """The job was cancelled, or another worker took it over: drop the work, write nothing."""
