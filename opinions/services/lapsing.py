"""Silence becomes consent: signed by the system, on the day that the rule gives."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from deadlines import services as clocks
from deadlines.models import Deadline
from opinions import rules, selectors
from opinions.models import Request
from opinions.services.locking import conclude_if_over, lock_request, log


def lapse_due(*, today: date, now: datetime) -> list[Request]:
    """Write down every consent by silence that holds on `today`. The schedule's verb.

    Each request in a transaction of its own, under its row lock: an answer that came first wins,
    and one that comes after finds the consent. Late runs change no day: each consent holds from
    the day after its due date, whenever it is written. Safe to run twice and at the same time.
    """
    due = (
        Request.objects.open()
        .filter(
            round__kind__may_lapse=True,
            deadline__due_on__lt=today,
            deadline__state=Deadline.State.RUNNING,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return [request for pk in list(due) if (request := _lapse(pk, today=today, now=now)) is not None]


@transaction.atomic
def _lapse(pk: int, *, today: date, now: datetime) -> Request | None:
    """The request, if its silence is consent still once the lock is held."""
    request = lock_request(pk, actor=None)
    may_lapse = request.round.kind.may_lapse
    if not request.is_open or not rules.has_lapsed(may_lapse=may_lapse, due_on=request.due_on, today=today):
        return None
    lapse_locked(request, today=today, now=now)
    return request


def lapse_locked(request: Request, *, today: date, now: datetime) -> None:
    """Sign the consent of a request under lock whose silence has lapsed.

    Source: S4 二(一)2; rulings, Deadline; mechanism 5 of the features: delivery proof, reminders.
    """
    deadline = request.deadline
    assert deadline is not None
    assert deadline.due_on is not None
    reminded = [
        {"to": row.recipient.label, "title": row.title, "at": row.created_at}
        for row in selectors.reminders_sent(request)
    ]
    facts: dict[str, object] = {
        "sent_on": request.sent_on,
        "received_on": request.received_on,
        "proof": request.receipt_proof
        or ("系统内签收" if request.received_on else "未登记签收，自发出之日起算"),
        "started_on": deadline.started_on,
        "due_on": deadline.due_on,
        "reminders": reminded,
        "basis": request.round.kind.basis,
    }
    request.state = Request.State.LAPSED
    request.lapsed_on = rules.effective_on(deadline.due_on)
    request.lapsed_at, request.lapse_facts = now, facts
    request.save(update_fields=["state", "lapsed_on", "lapsed_at", "lapse_facts"])
    clocks.stop(deadline_id=deadline.pk, stopped_on=request.lapsed_on, today=today)
    log(request, actor=None, verb="opinion.lapsed", facts=facts, occurred_on=request.lapsed_on)
    conclude_if_over(request.round, actor=None, today=today)
