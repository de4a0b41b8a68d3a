"""When the ledger is looked after."""

from __future__ import annotations

from celery import shared_task

from core import clock
from quotas.services import policies, reservations


@shared_task(name="quotas.release_expired", ignore_result=True)
def release_expired(**_ignored: object) -> None:
    """Every night: what was held and not approved in time goes back, and the trial clock of rules that
    were replaced ends. Safe to run twice.
    """
    reservations.expire(today=clock.today())
    policies.end_replaced_trials(today=clock.today())
