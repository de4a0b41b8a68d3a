"""When silence is looked at."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from opinions.services import lapsing

logger = logging.getLogger(__name__)


@shared_task(name="opinions.lapse")
def lapse(**_ignored: object) -> None:
    """Write down consent by silence. Safe to run late, twice and at the same time."""
    for request in lapsing.lapse_due(today=clock.today(), now=clock.now()):
        logger.info("request %s is consent by silence since %s", request.pk, request.lapsed_on)
