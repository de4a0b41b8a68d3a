"""What the pages and other apps ask of the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from quotas.models import Account


class AccountKey(NamedTuple):
    """What makes an account one: instrument, place, holder, owner (organisation ids), period."""

    instrument: str
    place: str
    holder_id: int
    owner_id: int
    period: int = 0


def accounts_by_key(keys: Iterable[AccountKey]) -> dict[AccountKey, Account]:
    """The accounts that exist of `keys`. One query."""
    wanted = [*{*keys}]
    if not wanted:
        return {}
    values = [value for key in wanted for value in key]
    rows = Account.objects.raw(_BY_KEY.format(", ".join(["(%s, %s, %s, %s, %s)"] * len(wanted))), values)
    return {key_of(row): row for row in rows}


# The unique index finds each key by itself; a filter on each column apart reads far more.
_BY_KEY = "SELECT * FROM quotas_account WHERE (instrument, place, holder_id, owner_id, period) IN ({})"


def key_of(account: Account) -> AccountKey:
    return AccountKey(account.instrument, account.place, account.holder_id, account.owner_id, account.period)


@dataclass(frozen=True, slots=True)
class Drift:
    """A stored balance that is not the sum of its movements."""

    account: Account
    stored: int
    summed: int


@dataclass(frozen=True, slots=True)
class LedgerProof:
    """What `check_ledger` found. Sound: no drift, and every instrument sums to zero."""

    accounts: int
    movements: int
    drifts: tuple[Drift, ...]
    unbalanced: dict[str, int]
    overdrawn: tuple[Account, ...]

    @property
    def is_sound(self) -> bool:
        return not (self.drifts or self.unbalanced or self.overdrawn)


_SUMS = """
    WITH ends AS (
        SELECT source_id AS account_id, -amount AS delta FROM quotas_movement
        UNION ALL SELECT target_id, amount FROM quotas_movement
    ), sums AS (
        SELECT account_id, SUM(delta) AS summed FROM ends GROUP BY account_id
    )
    SELECT account.id, COALESCE(sums.summed, 0)
    FROM quotas_account AS account LEFT JOIN sums ON sums.account_id = account.id
    WHERE account.balance <> COALESCE(sums.summed, 0)
    ORDER BY account.id
"""


def prove_ledger() -> LedgerProof:
    """Recompute every balance from the movements, in the database. Five queries.

    Run it in one REPEATABLE READ transaction where writers are at work (the command does).
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        summed = {account_id: int(total) for account_id, total in cursor.fetchall()}
        cursor.execute("SELECT instrument, SUM(balance) FROM quotas_account GROUP BY instrument")
        unbalanced = {instrument: int(total) for instrument, total in cursor.fetchall() if total}
        cursor.execute("SELECT (SELECT COUNT(*) FROM quotas_account), (SELECT COUNT(*) FROM quotas_movement)")
        accounts, movements = cursor.fetchone()
    drifted = Account.objects.select_related("holder", "owner").in_bulk(summed)
    drifts = tuple(Drift(row, stored=row.balance, summed=summed[pk]) for pk, row in sorted(drifted.items()))
    overdrawn = tuple(Account.objects.filter(place__in=Account.INTERNAL, balance__lt=0))
    return LedgerProof(accounts, movements, drifts, unbalanced, overdrawn)
