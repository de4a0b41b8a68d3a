"""When the system is checked."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from core import clock
from upkeep.checks import check_the_ledger, check_the_trail
from upkeep.reminding import remind_of_calendar


@shared_task(name="upkeep.check_ledger", ignore_result=True)
def check_ledger(**_ignored: object) -> None:
    """Every night: every balance against its entries; the outcome stands on the health page."""
    check_the_ledger(now=clock.now())


@shared_task(name="upkeep.remind_of_calendar", ignore_result=True)
def remind_of_the_calendar(**_ignored: object) -> None:
    """Every morning: from November on the dispatch office hears once a month what is missing."""
    remind_of_calendar(today=clock.today())


@shared_task(name="upkeep.check_trail", ignore_result=True)
def check_trail(**_ignored: object) -> None:
    """Every night: the log against its chain; the outcome stands on the health page."""
    check_the_trail(now=clock.now(), backups=settings.BACKUP_DIR)
