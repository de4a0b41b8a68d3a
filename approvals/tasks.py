"""What the night does to steps."""

from __future__ import annotations

import logging

from celery import shared_task

from approvals.services import receipts
from core import clock

logger = logging.getLogger(__name__)


@shared_task(name="approvals.deem_accepted")
def deem_accepted(**_ignored: object) -> None:
    """Papers about which the office kept silent are accepted since their receipt. Safe to run twice."""
    for step in receipts.deem_accepted(today=clock.today()):
        logger.info("step %s is accepted by silence since %s", step.pk, step.accepted_on)
