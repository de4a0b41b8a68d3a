"""The one way quota moves: a row with two ends. Balances follow by the database's own hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError

from accounts.models import User
from core.bulk import maker
from core.calls import as_row, call, stored
from core.clock import written_at
from quotas import selectors
from quotas.errors import (
    AlreadyReversed,
    DifferentInstruments,
    InsufficientQuota,
    RepeatedRequestDiffers,
)
from quotas.models import Account, Movement
from quotas.selectors import AccountKey
from quotas.words import shown


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement to be written: `amount` (m², kg) from `source` to `target`, and why."""

    kind: str
    source: Account
    target: Account
    amount: int
    reason: str
    document_no: str = ""
    project_id: int | None = None
    reverses_id: int | None = None


def open_accounts(keys: Iterable[AccountKey]) -> dict[AccountKey, Account]:
    """The accounts of `keys`, missing ones opened at zero. Safe to repeat and to race."""
    wanted = set(keys)
    found = selectors.accounts_by_key(wanted)
    missing = wanted - set(found)
    if missing:
        Account.objects.bulk_create(
            # In one order for everybody: two that open the same accounts wait, and never deadlock.
            [Account(**key._asdict()) for key in sorted(missing)],
            ignore_conflicts=True,
        )
        found |= selectors.accounts_by_key(missing)
    return found


def post_movements(
    transfers: Sequence[Transfer],
    *,
    entered_by: User | None,
    occurred_on: date,
    request_key: uuid.UUID | None = None,
    run_key: uuid.UUID | None = None,
) -> list[Movement]:
    """Write all `transfers` or none, in one statement; the database applies them to the balances.

    The core of the ledger: it asks for no right and writes no log entry, the services above it
    do. Accounts are locked by the database in the order of their keys, so that callers cannot
    deadlock one another as long as each posts once in its transaction.

    Safe to repeat with the same `request_key`: the movements of the first time come back.

    Raises:
        InsufficientQuota: an account would fall below zero (facts: none is guessed; the page
            re-reads the balances).
        DifferentInstruments: a transfer joins two instruments.
        AlreadyReversed: a reversed movement is reversed again.
        RepeatedRequestDiffers: the key was used for other transfers.
    """
    keys = [uuid.uuid5(request_key, str(place)) if request_key else None for place in range(len(transfers))]
    make, related = maker(Movement), {"entered_by": entered_by} if entered_by else None
    now = written_at()
    rows = [
        make(
            related=related,
            request_key=key,
            kind=transfer.kind,
            instrument=transfer.source.instrument,
            source_id=transfer.source.pk,
            target_id=transfer.target.pk,
            amount=transfer.amount,
            reason=transfer.reason,
            document_no=transfer.document_no,
            project_id=transfer.project_id,
            reverses_id=transfer.reverses_id,
            run_key=run_key,
            occurred_on=occurred_on,
            entered_at=now,
            entered_by_id=entered_by.pk if entered_by else None,
        )
        for key, transfer in zip(keys, transfers, strict=True)
    ]
    refused = _write(rows)
    if refused is None:
        return rows
    if refused == "quota_movement_asked_once":
        return _first_time(keys, transfers)
    asked = sum(transfer.amount for transfer in transfers)
    raise refusal_of(refused, instrument=transfers[0].source.instrument, asked=asked)


def _write(rows: Sequence[Movement]) -> str | None:
    """Hand the rows to the database in one call and give them their keys; or the constraint they break."""
    if not rows:
        return None
    ids, refused = call(
        "SELECT quotas_write(%s::quotas_movement[])",
        "SELECT ids, refused FROM quotas_post(%s::quotas_movement[])",
        [[as_row(row) for row in rows]],
    )
    if refused is not None:
        return refused
    for row, pk in zip(rows, ids, strict=True):
        stored(row, pk)
    return None


def _first_time(keys: Sequence[uuid.UUID | None], transfers: Sequence[Transfer]) -> list[Movement]:
    """The movements that the same request wrote before."""
    known = {row.request_key: row for row in Movement.objects.filter(request_key__in=keys)}
    rows = [known[key] for key in keys if key in known]
    before = [(row.kind, row.source_id, row.target_id, row.amount) for row in rows]
    now = [(t.kind, t.source.pk, t.target.pk, t.amount) for t in transfers]
    if before != now:
        raise RepeatedRequestDiffers("同一请求编号已用于另一笔调剂。请重新发起。", before=before, now=now)
    return rows


def refusal_of(constraint: str, *, instrument: str, asked: int) -> Exception:
    """What a broken constraint of the ledger means to people; an unknown one stays an IntegrityError."""
    if constraint == "quota_account_not_overdrawn":
        return InsufficientQuota(
            f"指标余额不足，{shown(instrument, asked)} 未能划转。请核对余额后重新提交。",
            asked=asked,
            instrument=instrument,
        )
    if constraint == "quota_movement_one_instrument":
        return DifferentInstruments("不同指标之间不能划转。请选择同一指标的账户。")
    if constraint == "quotas_movement_reverses_id_key":
        return AlreadyReversed("这笔分录已冲正，不能再次冲正。")
    return IntegrityError(constraint)


def reversal_of(movement: Movement, *, reason: str) -> Transfer:
    """The movement that undoes `movement`: the same amount the other way.

    Raises:
        AlreadyReversed: `movement` is itself a reversal.
    """
    if movement.kind == Movement.Kind.REVERSAL:
        raise AlreadyReversed("冲正分录不能再冲正。请按实际情况重新记一笔。")
    return Transfer(
        kind=Movement.Kind.REVERSAL,
        source=movement.target,
        target=movement.source,
        amount=movement.amount,
        reason=reason,
        document_no=movement.document_no,
        project_id=movement.project_id,
        reverses_id=movement.pk,
    )
