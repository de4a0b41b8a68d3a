"""When the clock is looked after."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from deadlines import calendar_services, sweep

logger = logging.getLogger(__name__)


@shared_task(name="deadlines.check")
def check(**_ignored: object) -> None:
    """Every night: calendar years ahead, and stored due dates against their facts.

    A drift is logged as an error, by row, and then mended: the facts are right, the stored
    conclusion is not. Safe to run twice.
    """
    today = clock.today()
    calendar_services.ensure_provisional_years(today=today)
    found = list(sweep.deadline_drift(today=today))
    for drift in found:
        logger.error(
            "deadline %s: %s is %s, its facts give %s",
            drift.deadline.pk,
            drift.column,
            drift.stored,
            drift.computed,
        )
    if found:
        sweep.recompute_open(today=today)
