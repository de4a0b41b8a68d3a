"""What happens to one department's request: receipt, answer, more material, another handler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, allowed, require
from deadlines import services as clocks
from deadlines.models import Deadline, PauseKind
from opinions import rules
from opinions.errors import AnswerIncomplete, DayOutOfOrder, NothingToSupply, NotOwnDepartment
from opinions.models import Reply, Request, Supplement
from opinions.rules import Verdict
from opinions.services.lapsing import lapse_locked
from opinions.services.locking import (
    conclude_if_over,
    lock_request,
    log,
    need_reason,
    refuse_closed,
    require_asker,
)
from opinions.services.materials import attach_to_answer
from opinions.services.rounds import withdraw_one
from papers.services import Upload

MORE_MATERIAL = "MORE_MATERIAL"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a department says. `signer`: who signs it there."""

    verdict: Verdict
    text: str = ""
    conditions: str = ""
    signer: str = ""


def _require_side(actor: User, request: Request) -> None:
    """Let the department itself pass, and the unit that asked and types what came on paper."""
    if allowed(actor, Right.ASK_OPINIONS):
        require_asker(actor, request.round)
        return
    require(actor, Right.ANSWER_OPINION)
    own = actor.organisation
    if own is None or not own.path.startswith(request.organisation.path):
        raise NotOwnDepartment(f"这项意见由{request.organisation.name}反馈，您的单位不能代为办理。")


@transaction.atomic
def receive(
    *, request_id: int, received_on: date, proof: str, actor: User, today: date, now: datetime
) -> Request:
    """签收: the request has reached the department; where the limit counts from there, the clock moves.

    Registered by the department itself, or by the office with proof of delivery.

    Raises:
        RequestClosed: received before, or over.
        DayOutOfOrder: before it was sent, in the future, or after the limit has run out.
        ReasonMissing: the office registers it and names no proof.
    """
    request = lock_request(request_id, actor=actor)
    _require_side(actor, request)
    _settle_silence(request, today=today, now=now)
    refuse_closed(request)
    if request.state == Request.State.RECEIVED:
        _refuse_second_receipt(request)
    if request.sent_on is None or not request.sent_on <= received_on <= today:
        raise DayOutOfOrder(
            f"接到日期须在发出日期 {request.sent_on} 至今天（{today}）之间，请核对。",
            sent_on=request.sent_on,
            today=today,
        )
    if allowed(actor, Right.ASK_OPINIONS):
        proof = need_reason(proof, "代为登记签收（送达凭证）")
    request.state, request.received_on, request.received_at = Request.State.RECEIVED, received_on, now
    request.received_by, request.receipt_proof = actor, proof.strip()[:200]
    request.save(update_fields=["state", "received_on", "received_at", "received_by", "receipt_proof"])
    start = rules.day_zero(
        starts_at=rules.StartsAt(request.round.kind.starts_at),
        sent_on=request.sent_on,
        received_on=received_on,
    )
    assert request.deadline is not None
    if start != request.deadline.started_on:
        request.deadline = clocks.restart(deadline_id=request.deadline.pk, started_on=start, today=today)
    facts: dict[str, object] = {"received_on": received_on, "proof": proof, "due_on": request.deadline.due_on}
    log(request, actor=actor, verb="opinion.received", facts=facts, occurred_on=received_on)
    return request


def _refuse_second_receipt(request: Request) -> None:
    raise DayOutOfOrder(
        f"已于 {request.received_on} 签收，不能重复签收；刷新页面查看。", received_on=request.received_on
    )


def _settle_silence(request: Request, *, today: date, now: datetime) -> None:
    """Silence is consent by the rule, not by the run of the schedule: write it down if it was not."""
    if request.is_open and rules.has_lapsed(
        may_lapse=request.round.kind.may_lapse, due_on=request.due_on, today=today
    ):
        lapse_locked(request, today=today, now=now)


@transaction.atomic
def answer(
    *,
    request_id: int,
    answer: Answer,
    actor: User,
    today: date,
    now: datetime,
    upload: Upload | None = None,
) -> Reply:
    """The department's answer, given by itself or typed by the office from paper.

    After silence has become consent it is kept as a late word and changes nothing. Not safe to
    repeat: a second answer is refused.

    Raises:
        AnswerIncomplete: conditions, reasons or the material wanted are not written.
        RequestClosed: answered or withdrawn.
        NotOwnDepartment: another department's.
    """
    request = lock_request(request_id, actor=actor)
    _require_side(actor, request)
    if upload is not None:
        attach_to_answer(request, upload, actor=actor, today=today)
    return answer_locked(request, answer, actor=actor, today=today, now=now)


def answer_locked(
    request: Request,
    answer: Answer,
    *,
    actor: User | None,
    today: date,
    now: datetime,
    via_link: bool = False,
) -> Reply:
    """As `answer`, for a caller that holds the locks and has checked who answers."""
    gap = rules.answer_gaps(verdict=answer.verdict, text=answer.text, conditions=answer.conditions)
    if gap:
        raise AnswerIncomplete(gap, verdict=answer.verdict.value)
    _settle_silence(request, today=today, now=now)
    after_lapse = request.state == Request.State.LAPSED
    if not after_lapse:
        refuse_closed(request)
    due_on = request.due_on
    reply = Reply.objects.create(
        request=request,
        verdict=answer.verdict.value,
        text=answer.text.strip(),
        conditions=answer.conditions.strip() if answer.verdict is Verdict.CONDITIONAL else "",
        answered_on=today,
        entered_at=now,
        entered_by=actor,
        signer=answer.signer.strip(),
        via_link=via_link,
        is_late=after_lapse or rules.is_late(due_on=due_on, today=today),
        after_lapse=after_lapse,
    )
    facts: dict[str, object] = {
        "verdict": answer.verdict.label,
        "due_on": due_on,
        "is_late": reply.is_late,
        "via_link": via_link,
        "signer": answer.signer,
    }
    if after_lapse:
        log(request, actor=actor, verb="opinion.late", facts=facts, occurred_on=today)
    elif answer.verdict.is_final:
        _close(request, today=today)
        log(request, actor=actor, verb="opinion.answered", facts=facts, occurred_on=today)
        conclude_if_over(request.round, actor=actor, today=today)
    else:
        _ask_more(request, reply, actor=actor, today=today)
        log(request, actor=actor, verb="opinion.more", facts={**facts, "text": reply.text}, occurred_on=today)
    return reply


def _close(request: Request, *, today: date) -> None:
    request.state, request.answered_on = Request.State.ANSWERED, today
    request.save(update_fields=["state", "answered_on"])
    if request.deadline_id is not None:
        clocks.stop(deadline_id=request.deadline_id, stopped_on=today, today=today)


def _ask_more(request: Request, reply: Reply, *, actor: User | None, today: date) -> None:
    """While more is awaited the clock stands still, if the kind of round says so."""
    deadline = request.deadline
    if not request.round.kind.more_pauses or deadline is None or deadline.state != Deadline.State.RUNNING:
        return
    kind = PauseKind.objects.filter(code=MORE_MATERIAL, effective_from__lte=today).latest("effective_from")
    by = actor or request.sent_by
    assert by is not None
    clocks.pause(
        deadline_id=deadline.pk,
        kind=kind,
        first_on=today,
        last_on=None,
        evidence=f"{request.organisation.name}：{reply.text}"[:300],
        expected_end_on=None,
        next_step="补充材料",
        actor=by,
        today=today,
    )


@transaction.atomic
def supply(*, request_id: int, note: str, actor: User, today: date, now: datetime) -> Supplement:
    """Hand in what the department asked for; its clock runs on.

    Raises:
        NothingToSupply: it asked for nothing, or has it already.
    """
    require(actor, Right.ASK_OPINIONS)
    request = lock_request(request_id, actor=actor)
    require_asker(actor, request.round)
    refuse_closed(request)
    wanted = request.replies.filter(
        verdict=Verdict.MORE_NEEDED.value, after_lapse=False, supplement__isnull=True
    ).order_by("-pk")
    reply = wanted.first()
    if reply is None:
        raise NothingToSupply(f"{request.organisation.name}没有待补充的材料要求；刷新页面查看。")
    done = Supplement.objects.create(
        reply=reply,
        note=need_reason(note, "补充材料（补充内容）"),
        supplied_on=today,
        entered_by=actor,
        entered_at=now,
    )
    if request.deadline is not None and request.deadline.pauses.filter(last_on__isnull=True).exists():
        clocks.resume(deadline_id=request.deadline.pk, last_on=today, today=today)
    log(request, actor=actor, verb="opinion.supplied", facts={"note": done.note}, occurred_on=today)
    return done


@transaction.atomic
def delegate(*, request_id: int, handler: User, actor: User, today: date) -> Request:
    """Name who handles the request inside the department; reminders go there.

    Raises:
        RequestClosed.
        NotOwnDepartment: the handler works elsewhere, or the actor does.
    """
    require(actor, Right.ANSWER_OPINION)
    request = lock_request(request_id, actor=actor)
    _require_side(actor, request)
    refuse_closed(request)
    unit = handler.organisation
    if not handler.is_active or unit is None or not unit.path.startswith(request.organisation.path):
        raise NotOwnDepartment(f"{handler.label}不在{request.organisation.name}，请在本部门人员中指定。")
    request.handler = handler
    request.save(update_fields=["handler"])
    if request.deadline_id is not None:
        clocks.assign(
            deadline_id=request.deadline_id, organisation=request.organisation, holder=handler, today=today
        )
    log(request, actor=actor, verb="opinion.delegated", facts={"handler": handler.label}, occurred_on=today)
    return request


@transaction.atomic
def withdraw_request(*, request_id: int, reason: str, actor: User, today: date) -> Request:
    """One department need not answer after all.

    Raises:
        RequestClosed, ReasonMissing.
    """
    require(actor, Right.ASK_OPINIONS)
    why = need_reason(reason, "撤回")
    request = lock_request(request_id, actor=actor)
    require_asker(actor, request.round)
    refuse_closed(request)
    withdraw_one(request, why, actor=actor, today=today)
    conclude_if_over(request.round, actor=actor, today=today)
    return request
