"""When leaders' yearly visits are looked at."""

from __future__ import annotations

from celery import shared_task

from core import clock
from duties.services.visit_duties import watch_visits


@shared_task(name="duties.watch_visits", ignore_result=True)
def watch(**_ignored: object) -> None:
    """See that every leader's visits of the year are promised. Safe to run again, and at the same time."""
    watch_visits(today=clock.today())
