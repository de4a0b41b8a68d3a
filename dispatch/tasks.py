"""When the round's work is done."""

from __future__ import annotations

from celery import shared_task

from core import clock
from deadlines.selectors import working_calendar
from dispatch.services import reminders


@shared_task(name="dispatch.remind", ignore_result=True)
def remind(**_ignored: object) -> None:
    """Send today's reminders, and those of a missed night. Safe to run again, and at the same time."""
    reminders.remind(today=clock.today(), calendar=working_calendar())
