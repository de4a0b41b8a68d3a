"""Celery's part in jobs: it wakes. The rows know the work."""

from __future__ import annotations

from celery import shared_task

from core import clock
from jobs import services


@shared_task(name="jobs.run_waiting", ignore_result=True)
def run_waiting(**_ignored: object) -> None:
    """Run jobs until nothing is claimable. Lost, late or doubled: the next one finds the same rows."""
    services.run_waiting(clock=clock.now)
