"""When the ledger is looked after."""

from __future__ import annotations

import logging

from celery import shared_task

from core import clock
from quotas.proof import lines_of, prove
from quotas.services import policies, reservations

logger = logging.getLogger(__name__)


@shared_task(name="quotas.check_ledger")
def check_ledger(**_ignored: object) -> None:
    """Every night: prove the balances, and log as an error whatever does not add up.

    Nothing is mended: a balance that is not its movements' sum is a matter for a person.
    """
    for line in lines_of(prove()):
        logger.error("quota ledger: %s", line)


@shared_task(name="quotas.release_expired", ignore_result=True)
def release_expired(**_ignored: object) -> None:
    """Every night: what was held and not approved in time goes back, and the trial clock of rules that
    were replaced ends. Safe to run twice.
    """
    reservations.expire(today=clock.today())
    policies.end_replaced_trials(today=clock.today())
