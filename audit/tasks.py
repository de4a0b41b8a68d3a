"""When the log is sealed and cleared."""

from __future__ import annotations

from celery import shared_task

from audit.retention import purge
from audit.sealing import seal
from core import clock


@shared_task(name="audit.seal", ignore_result=True)
def seal_trail(**_ignored: object) -> None:
    """Every minute: give new entries their link. Lost or doubled: the next one finds the same rows."""
    seal(now=clock.now())


@shared_task(name="audit.purge", ignore_result=True)
def purge_trail(**_ignored: object) -> None:
    """Every night: entries whose time has run out go. Safe to run twice."""
    purge(now=clock.now(), today=clock.today())
