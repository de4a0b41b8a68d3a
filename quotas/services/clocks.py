"""The clocks of what was approved: the transfer-out plan and the prescribed time for use."""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner, cancel, open_deadline, stop
from quotas import rules, selectors
from quotas.models import Reservation, TransferOut
from quotas.rules import Pool

STAGE = "指标调剂"
TRANSFER_OUT_BASIS = "调节池办法第8条：批准后1个月内完成调出方案"
USE_BASIS = "调节池办法第8、20条：规定时限内完成报批"


def open_terms(reservation: Reservation, *, on: date) -> None:
    """Start the clocks of a reservation that was just locked: use by its day, and for boundary scale
    the transfer-out plan of each county that gives.
    """
    if reservation.use_by_on is not None and reservation.use_by_on >= on:
        reservation.use_deadline = _use_deadline(reservation, on)
        reservation.save(update_fields=["use_deadline"])
    if reservation.pool == Pool.SCALE:
        for county, amount in _givers(reservation):
            row = TransferOut.objects.create(reservation=reservation, county=county, amount=amount)
            row.deadline = _transfer_deadline(row, on)
            row.save(update_fields=["deadline"])


def _givers(reservation: Reservation) -> list[tuple[Organisation, int]]:
    """The counties whose scale it is, other than the applicant, with what they give."""
    amounts: dict[Organisation, int] = {}
    for line in reservation.lines.select_related("account__owner").order_by("account__owner__code"):
        owner = line.account.owner
        if owner.pk != reservation.applicant_id and owner.kind in Organisation.REPORTING_KINDS:
            amounts[owner] = amounts.get(owner, 0) + line.amount
    return list(amounts.items())


def _use_deadline(reservation: Reservation, on: date) -> Deadline:
    assert reservation.use_by_on is not None
    project = reservation.project
    line = Line(limit=(reservation.use_by_on - on).days, unit=Unit.CALENDAR_DAY, kind=LineKind.MAX)
    return open_deadline(
        owner=Owner(
            subject=reservation,
            subject_label=f"{reservation.get_pool_display()}调入指标使用",
            holder_organisation=reservation.applicant,
            scope_organisation=reservation.applicant,
            stage=STAGE,
            project_id=None if project is None else project.pk,
            project_code="" if project is None else project.code,
            project_name="" if project is None else project.name,
        ),
        role=Deadline.Role.HANDLING,
        started_on=on,
        committed=LineSpec(line, USE_BASIS),
        statutory=None,
        today=on,
    )


def _transfer_deadline(row: TransferOut, on: date) -> Deadline:
    months = selectors.policy_on(on).transfer_out_months
    return open_deadline(
        owner=Owner(
            subject=row,
            subject_label=f"{row.county.short_name}规模调出方案",
            holder_organisation=row.county,
            scope_organisation=row.county,
            stage=STAGE,
        ),
        role=Deadline.Role.HANDLING,
        started_on=on,
        committed=LineSpec(rules.transfer_out_line(months), TRANSFER_OUT_BASIS),
        statutory=None,
        today=on,
    )


def close_terms(reservation: Reservation, *, on: date) -> None:
    """Nothing is set aside any more: used up in time, or given back, which ends the promise too."""
    clock = reservation.use_deadline
    if clock is None or clock.state not in Deadline.OPEN_STATES:
        return
    day = max(on, clock.started_on)
    if reservation.state == Reservation.State.POSTED:
        stop(deadline_id=clock.pk, stopped_on=day, today=day)
    else:
        cancel(deadline_id=clock.pk, stopped_on=day, today=day)


def open_terms_again(reservation: Reservation) -> None:
    """What closed the reservation was undone: its time for use runs again, from the day it was locked."""
    clock = reservation.use_deadline
    if clock is None or clock.state in Deadline.OPEN_STATES or reservation.locked_on is None:
        return
    reservation.use_deadline = _use_deadline(reservation, reservation.locked_on)
    reservation.save(update_fields=["use_deadline"])
