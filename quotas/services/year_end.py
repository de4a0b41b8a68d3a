"""The year's end as a run: previewed, committed whole and once, undone whole (R10 of domain.md 3.2).

Boundary scale that a county did not use moves into the pool and stays the county's. Plan quota
lapses, frozen or not; what was drawn and not used comes back first and puts its county on the
negative list. Farmland quota does not know a year.

A run is one transaction: killed at any moment it has moved everything or nothing, and the second
attempt does the work that the first did not.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from quotas import rules, selectors
from quotas.errors import NothingToClose, RunNotPreview, RunStale, YearClosedAlready
from quotas.models import (
    Account,
    Booking,
    Movement,
    NegativeListing,
    Reservation,
    ReservationLine,
    YearEndLine,
    YearEndRun,
)
from quotas.rules import Instrument, Pool
from quotas.selectors import AccountKey
from quotas.services import bookings, reservations
from quotas.services.bookings import Sheet
from quotas.services.ledger import Transfer, open_accounts, post_movements
from quotas.services.negative_list import enter_listing
from quotas.words import shown

Act = YearEndLine.Act
Place = Account.Place
State = YearEndRun.State


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """What the accounts say today: so much of this account, and what becomes of it."""

    act: str
    account_id: int
    amount: int
    reservation_line_id: int | None = None


@transaction.atomic
def prepare_run(*, actor: User, pool: Pool, year: int, occurred_on: date, today: date) -> YearEndRun:
    """Write down what closing the year would do. Moves nothing; an older preview is discarded.

    Raises:
        YearClosedAlready: the year of this pool is closed.
        NothingToClose: nothing is left of it.
        RunNotPreview: the pool knows no year (farmland), or the day is not of that year or later.
    """
    require(actor, Right.CLOSE_QUOTA_YEAR)
    if pool is Pool.FARMLAND:
        raise RunNotPreview("占补平衡指标没有年度，不办理年末结转。")
    if occurred_on > today or occurred_on.year < year:
        raise RunNotPreview(
            f"记账日期须在 {year} 年内或以后，且不晚于今天。请核对日期。", occurred_on=occurred_on
        )
    assert actor.organisation is not None
    prefecture = selectors.prefecture_of(actor.organisation)
    closed = YearEndRun.objects.filter(prefecture=prefecture, pool=pool.value, year=year)
    if closed.filter(state=State.COMMITTED).exists():
        raise _closed_already(pool, year)
    lines = planned_lines(prefecture, pool, year, on=occurred_on)
    if not lines:
        raise NothingToClose(f"{year} 年{pool.label}没有可结转或失效的余额。")
    closed.filter(state=State.PREVIEW).update(state=State.DISCARDED)
    run = YearEndRun.objects.create(
        prefecture=prefecture, pool=pool.value, year=year, occurred_on=occurred_on, prepared_by=actor
    )
    YearEndLine.objects.bulk_create(
        YearEndLine(
            run=run,
            account_id=line.account_id,
            reservation_line_id=line.reservation_line_id,
            act=line.act,
            amount=line.amount,
        )
        for line in lines
    )
    _record(run, "quota.run_prepared", actor)
    return run


def planned_lines(prefecture: Organisation, pool: Pool, year: int, *, on: date) -> list[PlannedLine]:
    """What the year's end does to each account of the prefecture and its counties. Three queries."""
    instrument = pool.instruments[0]
    accounts = Account.objects.filter(
        instrument=instrument.value, holder__path__startswith=prefecture.path, period=year
    ).order_by("pk")
    left = accounts.filter(balance__gt=0)
    free = left.filter(place=Place.AVAILABLE)
    if pool is Pool.SCALE:
        own = [account for account in free if account.holder_id != prefecture.pk]
        return [
            PlannedLine(Act.CARRY.value, account.pk, moved)
            for account in own
            if (moved := rules.unused_scale(available=account.balance, used=0).transferred)
        ]
    returned = _unused_reservations(accounts) if selectors.policy_on(on).waste_returns else []
    # What is held back is quota of that year as well: it could never be used after.
    lapsing = {row.pk: row.balance for row in left.filter(place__in=[Place.AVAILABLE, Place.FROZEN])}
    for line in returned:
        lapsing[line.account_id] = lapsing.get(line.account_id, 0) + line.amount
    return returned + [PlannedLine(Act.LAPSE.value, pk, amount) for pk, amount in sorted(lapsing.items())]


def _unused_reservations(accounts: QuerySet[Account]) -> list[PlannedLine]:
    """What of the year's plan quota is still set aside: it comes back before it lapses."""
    rows = ReservationLine.objects.filter(
        account__in=accounts, reservation__state__in=Reservation.RUNNING
    ).order_by("pk")
    return [PlannedLine(Act.RETURN.value, row.account_id, row.left, row.pk) for row in rows if row.left]


@transaction.atomic
def commit_run(*, actor: User, run_id: int, document_no: str, reason: str, now: datetime) -> YearEndRun:
    """Do what the preview says, all of it or nothing, once. Safe to repeat: a committed run comes back.

    Raises:
        YearEndRun.DoesNotExist: not visible to the actor.
        RunNotPreview: it was discarded or reversed.
        RunStale: an account changed since the preview (facts say which); prepare it anew.
        YearClosedAlready: another run closed the year.
        PaperMissing: no document number.
    """
    require(actor, Right.CLOSE_QUOTA_YEAR)
    run = _locked(actor, run_id)
    if run.state == State.COMMITTED:
        return run
    if run.state != State.PREVIEW:
        raise RunNotPreview(f"这次结转{run.get_state_display()}，不能再办结。请重新拟办。", state=run.state)
    lines = list(run.lines.select_related("account", "reservation_line__reservation__applicant"))
    _lock_accounts(lines)
    _refuse_stale(run, lines)
    sheet = Sheet(reason=reason, occurred_on=run.occurred_on, document_no=document_no, key=uuid.uuid4())
    booking = _booking(run, lines, sheet, actor)
    _return_unused(run, lines, booking, actor)
    _move(run, lines, booking, actor)
    run.state, run.booking, run.committed_at, run.committed_by = State.COMMITTED, booking, now, actor
    try:
        with transaction.atomic():
            run.save(update_fields=["state", "booking", "committed_at", "committed_by"])
    except IntegrityError as error:
        raise _closed_already(Pool(run.pool), run.year) from error
    _record(run, "quota.run_committed", actor)
    return run


@transaction.atomic
def reverse_run(*, actor: User, run_id: int, sheet: Sheet, today: date) -> YearEndRun:
    """Undo a committed run as a whole: movements, what was taken back, the negative list.

    Raises:
        YearEndRun.DoesNotExist: not visible to the actor.
        RunNotPreview: it is not a committed one.
        InsufficientQuota: what it moved into the pool was drawn since.
    """
    require(actor, Right.CLOSE_QUOTA_YEAR)
    run = _locked(actor, run_id)
    if run.state != State.COMMITTED or run.booking is None:
        raise RunNotPreview(f"这次结转{run.get_state_display()}，不能冲正。", state=run.state)
    _hold_again(run)
    bookings.undo(actor=actor, booking=run.booking, sheet=sheet, today=today)
    listed = run.lines.filter(listing__isnull=False).values("listing")
    NegativeListing.objects.filter(pk__in=listed, removed_on__isnull=True).update(
        removed_on=max(today, run.occurred_on), removed_by=actor, removal_reason="年末结转冲正"
    )
    run.state = State.REVERSED
    run.save(update_fields=["state"])
    _record(run, "quota.run_reversed", actor)
    return run


@transaction.atomic
def discard_run(*, actor: User, run_id: int) -> YearEndRun:
    """Put a preview away.

    Raises:
        RunNotPreview: it is not a preview any more.
    """
    require(actor, Right.CLOSE_QUOTA_YEAR)
    run = _locked(actor, run_id)
    if run.state != State.PREVIEW:
        raise RunNotPreview(f"这次结转{run.get_state_display()}，不能放弃。", state=run.state)
    run.state = State.DISCARDED
    run.save(update_fields=["state"])
    _record(run, "quota.run_discarded", actor)
    return run


# --- the strokes of a commit --------------------------------------------------------------------


def _locked(actor: User, run_id: int) -> YearEndRun:
    return (
        YearEndRun.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("prefecture", "booking__county")
        .get(pk=run_id)
    )


def _closed_already(pool: Pool, year: int) -> YearClosedAlready:
    return YearClosedAlready(
        f"{year} 年{pool.label}已办结年末结转。如有错误，请先整批冲正再重新拟办。", pool=pool.value, year=year
    )


def _lock_accounts(lines: Sequence[YearEndLine]) -> None:
    """Reservations before accounts, both by key, as every other writer does."""
    held = sorted({line.reservation_line.reservation_id for line in lines if line.reservation_line})
    list(Reservation.objects.select_for_update().filter(pk__in=held).order_by("pk").values_list("pk"))
    ids = sorted({line.account_id for line in lines})
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def _refuse_stale(run: YearEndRun, lines: Sequence[YearEndLine]) -> None:
    """Refuse if closing now would do anything else than the preview says."""
    now = planned_lines(run.prefecture, Pool(run.pool), run.year, on=run.occurred_on)
    before = {(line.act, line.account_id, line.reservation_line_id): line.amount for line in lines}
    after = {(line.act, line.account_id, line.reservation_line_id): line.amount for line in now}
    changed = sorted({key[1] for key in before.keys() | after.keys() if before.get(key) != after.get(key)})
    if not changed:
        return
    names = Account.objects.select_related("holder").in_bulk(changed)
    said = "、".join(sorted({row.holder.short_name for row in names.values()}))
    raise RunStale(f"拟办以后余额有变动：{said}。请重新拟办后再确认。", accounts=changed)


def _booking(run: YearEndRun, lines: Sequence[YearEndLine], sheet: Sheet, actor: User) -> Booking:
    figures = {act.value: sum(line.amount for line in lines if line.act == act) for act in Act}
    return bookings.enter_run(
        pool=Pool(run.pool),
        prefecture=run.prefecture,
        year=run.year,
        figures=figures,
        sheet=sheet,
        actor=actor,
    )


def _return_unused(run: YearEndRun, lines: Sequence[YearEndLine], booking: Booking, actor: User) -> None:
    """Close what is still set aside and list the counties that drew it and let it go to waste."""
    by_reservation: dict[int, list[YearEndLine]] = {}
    for line in lines:
        if line.reservation_line is not None:
            by_reservation.setdefault(line.reservation_line.reservation_id, []).append(line)
    for pk, rows in sorted(by_reservation.items()):
        reservation = reservations.take_back(
            reservation_id=pk,
            amounts={row.reservation_line_id: row.amount for row in rows if row.reservation_line_id},
            on=run.occurred_on,
        )
        if reservation.locked_on is None:
            continue  # never approved: nothing was drawn, so nothing was wasted
        _list_waste(run, reservation, rows, actor)


def _list_waste(run: YearEndRun, reservation: Reservation, rows: Sequence[YearEndLine], actor: User) -> None:
    wasted = sum(row.amount for row in rows)
    listed = NegativeListing.objects.filter(
        county=reservation.applicant, pool=run.pool, removed_on__isnull=True
    ).in_force(run.occurred_on)
    if listed.exists():
        return
    listing = enter_listing(
        county=reservation.applicant,
        reason=f"{run.year} 年调入计划指标 {shown(Instrument.ANNUAL_PLAN, wasted)} 年末未使用",
        listed_on=run.occurred_on,
        actor=actor,
        pool=Pool(run.pool),
        wasted=wasted,
        reservation=reservation,
    )
    YearEndLine.objects.filter(pk=rows[0].pk).update(listing=listing)


def _move(run: YearEndRun, lines: Sequence[YearEndLine], booking: Booking, actor: User) -> None:
    moves = [_move_of(run, line) for line in lines]
    accounts = open_accounts(key for _, source, target in moves for key in (source, target))
    transfers = [
        Transfer(
            kind=kind,
            source=accounts[source],
            target=accounts[target],
            amount=line.amount,
            reason=booking.reason,
            document_no=booking.document_no,
            project_id=line.reservation_line.reservation.project_id if line.reservation_line else None,
        )
        for line, (kind, source, target) in zip(lines, moves, strict=True)
    ]
    post_movements(transfers, entered_by=actor, occurred_on=run.occurred_on, run_key=booking.key)


def _move_of(run: YearEndRun, line: YearEndLine) -> tuple[str, AccountKey, AccountKey]:
    here = selectors.key_of(line.account)
    if line.act == Act.CARRY:
        # Into the pool, for as long as the plan lasts: no year any more. The county keeps it.
        pooled = here._replace(holder_id=run.prefecture_id, period=0)
        return Movement.Kind.CARRY_OVER, here, pooled
    if line.act == Act.RETURN:
        return Movement.Kind.RELEASE, here._replace(place=Place.RESERVED.value), here
    return Movement.Kind.LAPSE, here, here._replace(place=Place.LAPSED.value)


def _hold_again(run: YearEndRun) -> None:
    """Give back to the reservations what the run took from them."""
    rows = run.lines.filter(reservation_line__isnull=False).select_related("reservation_line__reservation")
    for line in rows.order_by("reservation_line__reservation_id", "pk"):
        assert line.reservation_line is not None
        reservations.give_again(line=line.reservation_line, amount=line.amount)


def _record(run: YearEndRun, verb: str, actor: User) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=run,
        facts={"pool": run.pool, "year": run.year},
        scope_path=run.prefecture.path,
        occurred_on=run.occurred_on,
    )
