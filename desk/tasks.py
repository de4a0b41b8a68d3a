"""What the desk does by the clock."""

from __future__ import annotations

from celery import shared_task

from core import clock
from desk import succession


@shared_task(name="desk.inherit", ignore_result=True)
def inherit(**_ignored: object) -> None:
    """Hand what is open to whoever holds its post today. Safe to run twice, or late."""
    succession.inherit(today=clock.today())
