"""Boundary scale that a county let freeze: noted now, taken off at the plan evaluation (S4-43)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from quotas import rules
from quotas.errors import DeductionRefused
from quotas.models import PendingDeduction, Reservation
from quotas.rules import Pool
from quotas.services.bookings import Sheet, deduct_scale
from quotas.words import shown


@transaction.atomic
def note_deduction(
    *, actor: User, reservation_id: int, amount: int, cause: str, document_no: str, today: date
) -> PendingDeduction:
    """Write down what was frozen or taken by the province after the time for use was over (m²).

    Nothing moves yet. What was not frozen is not deducted: an overdue use alone only warns.

    Raises:
        Reservation.DoesNotExist: not visible to the actor.
        DeductionRefused: not boundary scale, still in time, more than was left unused, or noted before.
    """
    require(actor, Right.KEEP_QUOTA)
    rows = Reservation.objects.visible_to(actor).select_related("applicant", "use_deadline")
    row = rows.select_for_update(of=("self",)).get(pk=reservation_id)
    if row.pool != Pool.SCALE:
        raise DeductionRefused("只有城镇开发边界规模按等量扣减办理。请核对调节池。", pool=row.pool)
    if row.use_until is None or row.use_until >= today:
        raise DeductionRefused(
            f"使用期限为 {row.use_until or '未定'}，尚未超期，不能登记待扣减。", use_by_on=row.use_until
        )
    if PendingDeduction.objects.filter(reservation=row).exists():
        raise DeductionRefused("这笔调入已登记待扣减。请在待扣减清单中办理。")
    lines = list(row.lines.all())
    drawn, used = sum(line.amount for line in lines), sum(line.posted for line in lines)
    clawback = rules.clawback_of_scale(drawn=drawn, approved_in_time=used, frozen_or_taken=amount)
    if not 0 < clawback.deduction <= clawback.unused:
        raise DeductionRefused(
            f"调入规模 {shown('ugb_scale', drawn)}，未使用 {shown('ugb_scale', clawback.unused)}，"
            "扣减数量须在未使用的数量以内。",
            drawn=drawn,
            unused=clawback.unused,
        )
    if not document_no.strip():
        raise DeductionRefused("没有填写冻结或统筹文号。请补充文号。")
    found = PendingDeduction.objects.create(
        reservation=row,
        county=row.applicant,
        amount=clawback.deduction,
        cause=cause,
        document_no=document_no.strip(),
        noted_on=today,
        noted_by=actor,
    )
    _record(found, "quota.deduction_noted", actor, today)
    return found


@transaction.atomic
def settle_deduction(*, actor: User, deduction_id: int, sheet: Sheet, today: date) -> PendingDeduction:
    """The plan evaluation: the same amount comes off the county's scale, by one booking.

    Raises:
        PendingDeduction.DoesNotExist: not visible to the actor.
        DeductionRefused: settled before, or the county holds less than is to be deducted.
    """
    require(actor, Right.KEEP_QUOTA)
    row = _open(actor, deduction_id)
    row.booking = deduct_scale(actor=actor, county=row.county, amount=row.amount, sheet=sheet, today=today)
    row.settled_on = sheet.occurred_on
    row.save(update_fields=["booking", "settled_on"])
    _record(row, "quota.deduction_settled", actor, sheet.occurred_on)
    return row


@transaction.atomic
def void_deduction(*, actor: User, deduction_id: int, reason: str, today: date) -> PendingDeduction:
    """Nothing is deducted after all, with the reason.

    Raises:
        DeductionRefused: settled before.
    """
    require(actor, Right.KEEP_QUOTA)
    row = _open(actor, deduction_id)
    row.settled_on, row.void_reason = today, reason.strip()
    row.save(update_fields=["settled_on", "void_reason"])
    _record(row, "quota.deduction_voided", actor, today)
    return row


def _open(actor: User, deduction_id: int) -> PendingDeduction:
    rows = PendingDeduction.objects.visible_to(actor).select_related("county")
    row = rows.select_for_update(of=("self",)).get(pk=deduction_id)
    if row.settled_on is not None:
        raise DeductionRefused(f"这笔待扣减已于 {row.settled_on} 办结。请刷新页面查看。")
    return row


def _record(row: PendingDeduction, verb: str, actor: User, on: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=row,
        facts={"amount": row.amount, "cause": row.cause, "document_no": row.document_no},
        project_id=row.reservation.project_id,
        scope_path=row.county.path,
        occurred_on=on,
    )
