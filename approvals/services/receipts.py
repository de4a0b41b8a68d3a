"""Papers come in; the office has one notice to say what is missing, or they are accepted by its silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from approvals import rules, selectors
from approvals.errors import DayOutOfOrder, NoticeTooLate, ReasonMissing
from approvals.models import Material, Step
from approvals.services.acceptance import LimitChoice, acceptance_facts, begin
from approvals.services.gates import marks_of_silence
from approvals.services.steps import (
    locked_step,
    log,
    owner_of,
    refresh_papers,
    refuse_odd_day,
    refuse_unless,
)
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.services import LineSpec

NOTICE_BASIS = "行政许可法第三十二条第一款第四项：一次告知补正"


@transaction.atomic
def receive_step(*, step_id: int, received_on: date, actor: User, today: date) -> Step:
    """Take papers in without accepting them yet; the window for the one notice begins.

    Raises:
        WrongStatus, DayOutOfOrder.
        PermissionDenied, Step.DoesNotExist: see locked_step.

    Source: 行政许可法 32(四).
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.RECEIVE)
    refuse_odd_day(step, received_on, words="收件日期", today=today)
    days = selectors.handling_setting(received_on).notice_days
    step.notice_deadline = clock.open_deadline(
        owner=owner_of(step),
        role=Deadline.Role.CORRECTION,
        started_on=received_on,
        committed=None,
        statutory=LineSpec(Line(limit=days), NOTICE_BASIS),
        today=today,
    )
    step.status = Step.Status.RECEIVED
    step.received_on = received_on
    step.save(update_fields=["status", "received_on", "notice_deadline", "updated_at"])
    refresh_papers(step.project_id, today=today)
    log(
        step,
        actor=actor,
        verb="step.received",
        facts={"notice_until": step.notice_deadline.due_on},
        occurred_on=received_on,
    )
    return step


@transaction.atomic
def notify_correction(
    *, step_id: int, notified_on: date, items: Sequence[str], actor: User, today: date
) -> Step:
    """Tell the applicant once everything that is missing; the applicant then corrects.

    Raises:
        WrongStatus: a second notice, or nothing was received.
        ReasonMissing: no item.
        NoticeTooLate: the window was over; the papers are accepted since their receipt.
        DayOutOfOrder.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.NOTIFY)
    refuse_odd_day(step, notified_on, words="告知日期", today=today)
    wanted = list(dict.fromkeys(item.strip() for item in items if item.strip()))
    if not wanted:
        raise ReasonMissing("补正告知须一次写明全部补正内容。", verb=rules.Verb.NOTIFY.value)
    window = step.notice_deadline
    if window is None or step.received_on is None:
        raise DayOutOfOrder("还没有登记收件日期；请先收件。", day=notified_on)
    if window.due_on is not None and notified_on > window.due_on:
        raise NoticeTooLate(
            f"补正告知应在 {window.due_on} 前一次作出；逾期不告知，自收到材料之日 {step.received_on} 起"
            f"即为受理，请按该日办理受理。",
            notice_until=window.due_on,
            received_on=step.received_on,
        )
    if window.is_open:
        clock.stop(deadline_id=window.pk, stopped_on=notified_on, today=today)
    step.status = Step.Status.CORRECTING
    step.notified_on = notified_on
    step.notice_items = wanted
    step.save(update_fields=["status", "notified_on", "notice_items", "updated_at"])
    log(step, actor=actor, verb="step.notified", facts={"items": wanted}, occurred_on=notified_on)
    return step


def deem_accepted(*, today: date) -> list[Step]:
    """Accept since their receipt all papers about which the office kept silent. The night's verb.

    Each step in its own transaction; one that another changes meanwhile is left to them. Safe to
    repeat: an accepted step is not found again. Returns what was accepted.

    Source: 行政许可法 32(四): 逾期不告知的，自收到申请材料之日起即为受理.
    """
    waiting = Step.objects.filter(status=Step.Status.RECEIVED, notice_deadline__due_on__lt=today)
    found = [_deem_accepted(pk, today=today) for pk in waiting.order_by("pk").values_list("pk", flat=True)]
    return [step for step in found if step is not None]


@transaction.atomic
def _deem_accepted(step_id: int, *, today: date) -> Step | None:
    step = (
        Step.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related(
            "project__organisation", "step_type", "holder_organisation", "deadline", "notice_deadline"
        )
        .filter(pk=step_id, status=Step.Status.RECEIVED)
        .first()
    )
    receipt = selectors.receipt_of(step) if step is not None else None
    if step is None or receipt is None or not receipt.is_deemed_accepted(today):
        return None
    # Nobody chose among alternatives, so the shortest binds until the officer has it re-issued.
    alternatives = rules.handling_limits(selectors.step_limits(step))
    chosen = rules.shortest(alternatives) or next(iter(alternatives), None)
    step.is_deemed_accepted = True
    step.gate_marks = marks_of_silence(step, on=today)
    choice = LimitChoice(limit_id=chosen.id if chosen else None)
    begin(step, accepted_on=receipt.received_on, choice=choice, owed=(), today=today)
    Material.objects.bulk_create(
        Material(step=step, name=name[:200]) for name in dict.fromkeys(step.step_type.materials)
    )
    refresh_papers(step.project_id, today=today)
    log(
        step,
        actor=None,
        verb="step.deemed_accepted",
        facts={"notice_until": receipt.notice_until, **acceptance_facts(step)},
        occurred_on=receipt.received_on,
    )
    return step
