"""When the council's quarters are looked at."""

from __future__ import annotations

from celery import shared_task

from consultations.services.quarters import watch_quarters
from core import clock


@shared_task(name="consultations.watch_quarters", ignore_result=True)
def watch(**_ignored: object) -> None:
    """See that this quarter's collective meeting is promised. Safe to run again, and at the same time."""
    watch_quarters(today=clock.today())
