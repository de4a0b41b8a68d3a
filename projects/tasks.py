"""When followers are told."""

from __future__ import annotations

from celery import shared_task

from core import clock
from projects.services.following import tell_followers as tell


@shared_task(name="projects.tell_followers", ignore_result=True)
def tell_followers(**_ignored: object) -> None:
    """Tell followers what was decided. Safe to run again, and at the same time."""
    tell(today=clock.today(), now=clock.now())
