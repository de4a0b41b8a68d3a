"""The 台账: the movements of one instrument in one unit's hands, with the balance after each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from accounts.models import Organisation, User
from quotas.models import Account, Movement
from quotas.rules import Instrument
from quotas.selectors.provenance import Provenance, provenance_of

Place = Account.Place


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line: what came in, what went out, what is available afterwards (m², kg).

    `held` is the change of what is set aside or frozen. `balance` counts everything booked up to and
    with this line, whatever the list filters.
    """

    movement: Movement
    incoming: int
    outgoing: int
    held: int
    balance: int
    counterpart: Account
    basis: Provenance

    @property
    def holder(self) -> Organisation:
        """In whose hands it lies: this unit's end of the movement."""
        is_source = self.counterpart == self.movement.target
        return (self.movement.source if is_source else self.movement.target).holder

    @property
    def kind(self) -> str:
        """The word from this unit's side: what the pool gives, it transfers out."""
        if self.movement.kind == Movement.Kind.TRANSFER_IN and self.counterpart == self.movement.target:
            return Movement.Kind.TRANSFER_OUT.label
        return self.movement.get_kind_display()


def ledger_accounts(*, actor: User, instrument: Instrument, unit: Organisation) -> QuerySet[Account]:
    """What of the instrument lies in the unit's hands, as far as the actor sees it. One query."""
    return Account.objects.visible_to(actor).filter(
        instrument=instrument.value, holder=unit, place__in=Account.INTERNAL
    )


def ledger_movements(*, accounts: Iterable[Account]) -> QuerySet[Movement]:
    """All movements with an end in these accounts. One query."""
    ids = [account.pk for account in accounts]
    return with_ends(Movement.objects.filter(Q(source__in=ids) | Q(target__in=ids)))


def with_ends(movements: QuerySet[Movement]) -> QuerySet[Movement]:
    """The same with both accounts, the project and who entered them."""
    return movements.select_related(
        "source__holder", "source__owner", "target__holder", "target__owner", "project", "entered_by"
    )


_BALANCES = """
    SELECT id, balance FROM (
        SELECT id, SUM(
            CASE WHEN target_id = ANY(%(free)s) THEN amount ELSE 0 END
            - CASE WHEN source_id = ANY(%(free)s) THEN amount ELSE 0 END
        ) OVER (ORDER BY id) AS balance
        FROM quotas_movement
        WHERE source_id = ANY(%(free)s) OR target_id = ANY(%(free)s)
           OR source_id = ANY(%(all)s) OR target_id = ANY(%(all)s)
    ) AS running WHERE id = ANY(%(wanted)s)
"""


def ledger_rows(
    movements: Sequence[Movement], *, accounts: Sequence[Account], actor: User
) -> list[LedgerRow]:
    """The lines of a page, each with what it rests on as far as the actor sees it. Six queries."""
    free = {account.pk for account in accounts if account.place == Place.AVAILABLE}
    kept = {account.pk for account in accounts} - free
    balances = _balances(movements, free=free, every=free | kept)
    bases = provenance_of(movements, actor=actor)
    return [_row(m, free, kept, balances.get(m.pk, 0), bases[m.pk]) for m in movements]


def _balances(movements: Sequence[Movement], *, free: set[int], every: set[int]) -> dict[int, int]:
    wanted = [movement.pk for movement in movements]
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, {"free": sorted(free), "all": sorted(every), "wanted": wanted})
        return {pk: int(balance) for pk, balance in cursor.fetchall()}


def _row(movement: Movement, free: set[int], kept: set[int], balance: int, basis: Provenance) -> LedgerRow:
    amount = movement.amount
    change = amount * ((movement.target_id in free) - (movement.source_id in free))
    is_source = movement.source_id in free or movement.source_id in kept
    return LedgerRow(
        movement=movement,
        incoming=max(change, 0),
        outgoing=max(-change, 0),
        held=amount * ((movement.target_id in kept) - (movement.source_id in kept)),
        balance=balance,
        counterpart=movement.target if is_source else movement.source,
        basis=basis,
    )


@dataclass(frozen=True, slots=True)
class AccountProof:
    """The account's stored balance beside the sums of its movements. Sound: they agree."""

    incoming: int
    outgoing: int
    stored: int
    count: int

    @property
    def summed(self) -> int:
        return self.incoming - self.outgoing

    @property
    def is_sound(self) -> bool:
        return self.summed == self.stored


def prove_account(account: Account) -> AccountProof:
    """Add up the movements of one account. One query for each end."""
    incoming = Movement.objects.filter(target=account).aggregate(total=Sum("amount"))["total"] or 0
    outgoing = Movement.objects.filter(source=account).aggregate(total=Sum("amount"))["total"] or 0
    count = Movement.objects.filter(Q(source=account) | Q(target=account)).count()
    return AccountProof(int(incoming), int(outgoing), account.balance, count)


def units_with_accounts(*, actor: User) -> QuerySet[Organisation]:
    """Units that hold quota the actor may see. One query."""
    holders = Account.objects.visible_to(actor).order_by().values("holder")
    return Organisation.objects.filter(pk__in=holders).order_by("path")
