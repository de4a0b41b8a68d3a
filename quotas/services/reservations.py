"""Setting quota aside, and what becomes of it (R8 of domain.md 3.2).

held → locked → posted | released. These are building blocks: they ask for no right and are called
by the services that do (applications, hook-up, year-end, the nightly expiry). Each locks the
reservation first, then its lines, and lets the ledger lock the accounts in the order of their keys,
so that callers wait for one another and never deadlock. Its movements carry its `request_key` as
their `run_key`, by which the 台账 finds the scheme they belong to.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F

from accounts.models import Organisation, User
from audit.services import Act, record_all
from quotas import selectors
from quotas.errors import (
    MoreThanReserved,
    NotReservable,
    RepeatedRequestDiffers,
    ReservationClosed,
    ReservationNotLocked,
)
from quotas.models import Account, Movement, Reservation, ReservationLine
from quotas.rules import Instrument, Pool
from quotas.services.clocks import close_terms, open_terms, open_terms_again
from quotas.services.ledger import Transfer, open_accounts, post_movements

State = Reservation.State


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much (m², kg) of one AVAILABLE account."""

    account: Account
    amount: int


@transaction.atomic
def reserve(
    *,
    pool: Pool,
    applicant: Organisation,
    wanted: Sequence[Wanted],
    reason: str,
    held_on: date,
    expires_on: date,
    actor: User | None,
    project_id: int | None = None,
    application_id: int | None = None,
    document_no: str = "",
    request_key: uuid.UUID | None = None,
) -> Reservation:
    """Set aside what is `wanted`, all or nothing. Safe to repeat with the same `request_key`.

    Raises:
        NotReservable: nothing is wanted, or an account is not an AVAILABLE one of the pool.
        InsufficientQuota: an account holds less.
        RepeatedRequestDiffers: the key stands for other amounts.
    """
    lines = _gathered(pool, wanted)
    reservation, is_new = Reservation.objects.get_or_create(
        request_key=request_key or uuid.uuid4(),
        defaults={
            "pool": pool.value,
            "applicant": applicant,
            "project_id": project_id,
            "application_id": application_id,
            "reason": reason,
            "document_no": document_no,
            "held_on": held_on,
            "expires_on": expires_on,
            "held_by": actor,
        },
    )
    if not is_new:
        return _the_same(reservation, lines)
    ReservationLine.objects.bulk_create(
        [ReservationLine(reservation=reservation, account_id=pk, amount=n) for pk, n in lines.items()]
    )
    _move(reservation, lines, Movement.Kind.HOLD, reason=reason, actor=actor, on=held_on)
    _record(reservation, "quota.held", actor=actor, facts=_facts(lines))
    return reservation


def _gathered(pool: Pool, wanted: Iterable[Wanted]) -> dict[int, int]:
    """Amounts by account, two wishes for the same one added, in the order of the accounts."""
    amounts: dict[int, int] = {}
    for wish in wanted:
        account = wish.account
        if account.place != Account.Place.AVAILABLE or Instrument(account.instrument).pool is not pool:
            raise NotReservable("只能预占本池的可用指标。请核对所选账户。", account=account.pk)
        if wish.amount <= 0:
            raise NotReservable("预占数量须大于 0。请填写数量。", amount=wish.amount)
        amounts[account.pk] = amounts.get(account.pk, 0) + wish.amount
    if not amounts:
        raise NotReservable("没有要预占的指标。请至少选择一个账户。")
    return dict(sorted(amounts.items()))


def _the_same(reservation: Reservation, lines: Mapping[int, int]) -> Reservation:
    before = dict(reservation.lines.values_list("account_id", "amount"))
    if before != lines:
        raise RepeatedRequestDiffers("同一请求编号已用于另一笔预占。请重新发起。")
    return reservation


@transaction.atomic
def lock(
    *, reservation_id: int, on: date, actor: User | None, use_by_on: date | None = None, document_no: str = ""
) -> Reservation:
    """Keep it past its expiry: the government has approved. `use_by_on` is the prescribed time.

    Raises:
        ReservationClosed: it is not held any more.
    """
    reservation = _locked(reservation_id)
    if reservation.state != State.HELD:
        raise _closed(reservation)
    reservation.state, reservation.locked_on, reservation.use_by_on = State.LOCKED, on, use_by_on
    if document_no:
        reservation.document_no = document_no
    reservation.save(update_fields=["state", "locked_on", "use_by_on", "document_no"])
    open_terms(reservation, on=on)
    _record(reservation, "quota.locked", actor=actor, facts={"use_by_on": use_by_on})
    return reservation


@transaction.atomic
def post(
    *,
    reservation_id: int,
    on: date,
    actor: User | None,
    reason: str,
    amounts: Mapping[int, int] | None = None,
    document_no: str = "",
) -> list[Movement]:
    """Use it for good: the quota goes over to the applicant and is written off there.

    Args:
        amounts: by id of the line, where only a part is used; None is all that is left. The
            reservation closes with its last line.

    Raises:
        ReservationNotLocked: not approved yet.
        ReservationClosed, MoreThanReserved.
    """
    reservation = _locked(reservation_id)
    if reservation.state == State.HELD:
        raise ReservationNotLocked("这笔预占还没有批准锁定，不能核销。请先登记批准。")
    if reservation.state != State.LOCKED:
        raise _closed(reservation)
    taken = _taken(reservation, amounts)
    for line in taken:
        line.row.posted += line.amount
    ReservationLine.objects.bulk_update([line.row for line in taken], ["posted"])
    written = post_movements(
        _posting(reservation, taken, reason=reason, document_no=document_no or reservation.document_no),
        entered_by=actor,
        occurred_on=on,
        run_key=reservation.request_key,
    )
    _close_if_empty(reservation, on)
    _record(reservation, "quota.posted", actor=actor, facts=_facts(_by_account(taken)))
    return written


@transaction.atomic
def release(
    *,
    reservation_id: int,
    on: date,
    actor: User | None,
    reason: str,
    amounts: Mapping[int, int] | None = None,
    verb: str = "quota.released",
) -> list[Movement]:
    """Give back what is not needed: to the accounts it came from. `amounts` as in `post`.

    Raises:
        ReservationClosed, MoreThanReserved.
    """
    reservation = _locked(reservation_id)
    if not reservation.is_running:
        raise _closed(reservation)
    taken = _taken(reservation, amounts)
    for line in taken:
        line.row.released += line.amount
    ReservationLine.objects.bulk_update([line.row for line in taken], ["released"])
    lines = _by_account(taken)
    written = _move(reservation, lines, Movement.Kind.RELEASE, reason=reason, actor=actor, on=on)
    _close_if_empty(reservation, on)
    _record(reservation, verb, actor=actor, facts=_facts(lines) | {"reason": reason})
    return written


@transaction.atomic
def take_back(*, reservation_id: int, amounts: Mapping[int, int], on: date) -> Reservation:
    """Note on its lines what a year-end run takes back; the run itself posts the movements.

    Raises:
        ReservationClosed, MoreThanReserved.
    """
    reservation = _locked(reservation_id)
    if not reservation.is_running:
        raise _closed(reservation)
    taken = _taken(reservation, amounts)
    for line in taken:
        line.row.released += line.amount
    ReservationLine.objects.bulk_update([line.row for line in taken], ["released"])
    _close_if_empty(reservation, on)
    return reservation


@transaction.atomic
def give_again(*, line: ReservationLine, amount: int) -> None:
    """Undo `take_back` for one line: the reservation runs again."""
    reservation = _locked(line.reservation_id)
    ReservationLine.objects.filter(pk=line.pk).update(released=F("released") - amount)
    reservation.state = State.LOCKED if reservation.locked_on else State.HELD
    reservation.closed_on = None
    reservation.save(update_fields=["state", "closed_on"])
    open_terms_again(reservation)


def expire(*, today: date) -> int:
    """Release every held reservation whose time is over; how many.

    Each in a transaction of its own, so that one that cannot be released does not keep the others.
    Safe to repeat: a released one is not held any more.
    """
    due = Reservation.objects.filter(state=State.HELD, expires_on__lt=today).order_by("pk")
    released = 0
    for pk in list(due.values_list("pk", flat=True)):
        try:
            release(
                reservation_id=pk, on=today, actor=None, reason="预占到期，自动释放", verb="quota.expired"
            )
        except ReservationClosed:
            continue  # approved or withdrawn since the list was read
        released += 1
    return released


@dataclass(frozen=True, slots=True)
class _Taken:
    row: ReservationLine
    amount: int


def _locked(reservation_id: int) -> Reservation:
    return (
        Reservation.objects.select_for_update(of=("self",)).select_related("applicant").get(pk=reservation_id)
    )


def _closed(reservation: Reservation) -> ReservationClosed:
    return ReservationClosed(
        f"这笔预占{reservation.get_state_display()}，不能再办理。请刷新页面查看。", state=reservation.state
    )


def _taken(reservation: Reservation, amounts: Mapping[int, int] | None) -> list[_Taken]:
    """The lines to be taken from, locked, in the order of their keys."""
    rows = list(reservation.lines.select_for_update(of=("self",)).select_related("account").order_by("pk"))
    if amounts is None:
        return [_Taken(row, row.left) for row in rows if row.left]
    by_id = {row.pk: row for row in rows}
    for pk, amount in amounts.items():
        left = by_id[pk].left if pk in by_id else 0
        if amount <= 0 or amount > left:
            raise MoreThanReserved("数量超出预占余量。请核对后重新填写。", line=pk, left=left, asked=amount)
    return [_Taken(row, amounts[row.pk]) for row in rows if row.pk in amounts]


def _by_account(taken: Iterable[_Taken]) -> dict[int, int]:
    return {line.row.account_id: line.amount for line in taken}


def _move(
    reservation: Reservation,
    lines: Mapping[int, int],
    kind: Movement.Kind,
    *,
    reason: str,
    actor: User | None,
    on: date,
) -> list[Movement]:
    """Between AVAILABLE and RESERVED, in the direction of `kind`."""
    accounts = Account.objects.in_bulk(lines)
    keys = {pk: selectors.key_of(account) for pk, account in accounts.items()}
    twins = {pk: key._replace(place=Account.Place.RESERVED.value) for pk, key in keys.items()}
    reserved = open_accounts(twins.values())
    transfers = []
    for pk, amount in lines.items():
        source, target = accounts[pk], reserved[twins[pk]]
        if kind == Movement.Kind.RELEASE:
            source, target = target, source
        transfers.append(
            Transfer(
                kind=kind,
                source=source,
                target=target,
                amount=amount,
                reason=reason,
                document_no=reservation.document_no,
                project_id=reservation.project_id,
            )
        )
    return post_movements(transfers, entered_by=actor, occurred_on=on, run_key=reservation.request_key)


def _posting(
    reservation: Reservation, taken: Sequence[_Taken], *, reason: str, document_no: str
) -> list[Transfer]:
    """Over to the applicant, who from then on owns it, and written off there in the same stroke."""
    keys = {line.row.pk: selectors.key_of(line.row.account) for line in taken}
    reserved = {pk: key._replace(place=Account.Place.RESERVED.value) for pk, key in keys.items()}
    own = {
        pk: key._replace(holder_id=reservation.applicant_id, owner_id=reservation.applicant_id)
        for pk, key in keys.items()
    }
    used = {pk: key._replace(place=Account.Place.USED.value) for pk, key in own.items()}
    accounts = open_accounts([*reserved.values(), *own.values(), *used.values()])
    transfers = []
    for line in taken:
        pk, source = line.row.pk, accounts[reserved[line.row.pk]]
        if own[pk] != keys[pk]:
            steps = [(Movement.Kind.TRANSFER_IN, source, accounts[own[pk]])]
            steps.append((Movement.Kind.POST, accounts[own[pk]], accounts[used[pk]]))
        else:
            steps = [(Movement.Kind.POST, source, accounts[used[pk]])]
        transfers += [
            Transfer(kind, giver, taker, line.amount, reason, document_no, reservation.project_id)
            for kind, giver, taker in steps
        ]
    return transfers


def _close_if_empty(reservation: Reservation, on: date) -> None:
    rows = list(reservation.lines.all())
    if any(row.left for row in rows):
        return
    reservation.state = State.POSTED if any(row.posted for row in rows) else State.RELEASED
    reservation.closed_on = on
    reservation.save(update_fields=["state", "closed_on"])
    close_terms(reservation, on=on)


def _facts(lines: Mapping[int, int]) -> dict[str, object]:
    return {"amounts": {str(pk): amount for pk, amount in lines.items()}}


def _record(reservation: Reservation, verb: str, *, actor: User | None, facts: dict[str, object]) -> None:
    act = Act(verb, reservation, facts, reservation.project_id, reservation.applicant.path)
    record_all(actor=actor, acts=[act])
