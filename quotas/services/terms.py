"""What the office does when a promised time is kept, or over."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from deadlines.services import stop
from quotas.errors import BookingInFuture, PaperMissing, ReservationClosed
from quotas.models import Movement, Reservation, TransferOut
from quotas.rules import Pool
from quotas.services import reservations
from quotas.services.negative_list import enter_listing
from quotas.words import shown


@transaction.atomic
def complete_transfer_out(
    *, actor: User, transfer_id: int, completed_on: date, document_no: str, today: date
) -> TransferOut:
    """The giving county's transfer-out plan is done; its clock stops. Safe to repeat.

    Raises:
        TransferOut.DoesNotExist: not visible to the actor.
        BookingInFuture, PaperMissing.
    """
    require(actor, Right.RUN_STEPS)
    if completed_on > today:
        raise BookingInFuture(
            f"完成日期 {completed_on} 晚于今天。请填写实际完成的日期。", occurred_on=completed_on
        )
    if not document_no.strip():
        raise PaperMissing("没有填写调出方案文号。请补充文号。")
    row = (
        TransferOut.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("county")
        .get(pk=transfer_id)
    )
    if row.completed_on is not None:
        return row
    row.completed_on, row.document_no, row.completed_by = completed_on, document_no.strip(), actor
    row.save(update_fields=["completed_on", "document_no", "completed_by"])
    if row.deadline_id is not None:
        stop(deadline_id=row.deadline_id, stopped_on=completed_on, today=today)
    record(
        actor=actor,
        verb="quota.transfer_out_done",
        subject=row,
        facts={"document_no": row.document_no},
        scope_path=row.county.path,
        occurred_on=completed_on,
    )
    return row


@transaction.atomic
def take_back_unused(
    *, actor: User, reservation_id: int, reason: str, today: date, is_waste: bool = False
) -> list[Movement]:
    """Take what was not used back into the pool, on lapse or when it is not needed any more.

    `is_waste` puts the county on the negative list (S4-56): plan quota that was drawn, whose time
    is over, and that was not used.

    Raises:
        Reservation.DoesNotExist: not visible to the actor.
        ReservationClosed: nothing is set aside any more, or its time for use is not over yet
            although it is called waste.
    """
    require(actor, Right.HOOK_QUOTA)
    rows = Reservation.objects.visible_to(actor).select_related("applicant", "use_deadline")
    row = rows.get(pk=reservation_id)
    if is_waste:
        require(actor, Right.KEEP_NEGATIVE_LIST)
        if row.use_until is None or row.use_until >= today:
            raise ReservationClosed(
                f"使用期限为 {row.use_until or '未定'}，尚未超期，不能按浪费处理。", use_by_on=row.use_until
            )
    left = sum(line.left for line in row.lines.all())
    written = reservations.release(reservation_id=row.pk, on=today, actor=actor, reason=reason)
    if is_waste:
        instrument = written[0].instrument
        enter_listing(
            county=row.applicant,
            reason=f"调入指标 {shown(instrument, left)} 超期未使用：{reason}"[:300],
            listed_on=today,
            actor=actor,
            pool=Pool(row.pool),
            wasted=left,
            reservation=row,
        )
    return written
