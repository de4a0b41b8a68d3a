"""When the ledger is looked after."""

from __future__ import annotations

import logging

from celery import shared_task

from quotas.proof import lines_of, prove

logger = logging.getLogger(__name__)


@shared_task(name="quotas.check_ledger")
def check_ledger(**_ignored: object) -> None:
    """Every night: prove the balances, and log as an error whatever does not add up.

    Nothing is mended: a balance that is not its movements' sum is a matter for a person.
    """
    for line in lines_of(prove()):
        logger.error("quota ledger: %s", line)
