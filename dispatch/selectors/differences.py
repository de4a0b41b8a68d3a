"""Two frozen ledgers beside each other, for one unit and whoever may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import Organisation, User
from dispatch.models import LedgerSnapshot, Round
from dispatch.rules.differences import Difference, Table, difference


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a round that was frozen, without its rows."""

    pk: int
    round: Round
    version: int
    organisation: Organisation

    @property
    def label(self) -> str:
        later = f"（第{self.version}版）" if self.version > 1 else ""
        return f"{self.round.period.label}{later}"


def edition_list() -> QuerySet[LedgerSnapshot]:
    """Every frozen version of every round, newest first: the prefecture's ledgers without rows. One query."""
    return (
        LedgerSnapshot.objects.filter(organisation__code=settings.PREFECTURE_CODE)
        .select_related("round", "organisation")
        .defer("rows", "columns", "content", "totals", "lists")
        .order_by("-taken_on", "-id")
    )


def editions(*, kind: str | None = None, most: int = 120) -> list[Edition]:
    """The newest frozen versions, to choose from. One query."""
    rows = edition_list()
    if kind is not None:
        rows = rows.filter(round__kind=kind)
    return [Edition(row.pk, row.round, row.version, row.organisation) for row in rows[:most]]


def edition_before(edition: Edition) -> Edition | None:
    """The last version of the round of the same kind before this one. One query."""
    now = edition.round
    earlier = edition_list().filter(round__kind=now.kind).exclude(round=now)
    rows = [row for row in earlier[:60] if row.round.period < now.period]
    found = max(rows, key=lambda row: (row.round.period, row.version), default=None)
    return Edition(found.pk, found.round, found.version, found.organisation) if found else None


def table_of(edition_pk: int, *, unit: Organisation, actor: User | None) -> Table:
    """The rows of a frozen version that belong to a unit; all of them for the prefecture. Two queries.

    Args:
        actor: None for the system itself.

    Raises:
        Organisation.DoesNotExist: the unit is not the actor's to see.
    """
    if actor is not None:
        Organisation.objects.visible_to(actor).only("pk").get(pk=unit.pk)
    columns, rows = LedgerSnapshot.objects.values_list("columns", "rows").get(pk=edition_pk)
    return Table(columns, rows_inside(rows, unit))


def rows_inside(rows: Sequence[dict[str, object]], unit: Organisation) -> list[dict[str, object]]:
    """The stored rows whose unit lies in a subtree. One query."""
    inside = Organisation.objects.filter(path__startswith=unit.path)
    codes = set(inside.values_list("code", flat=True))
    return [row for row in rows if row["unit"] in codes]


def difference_of(
    old: Edition | None, new: Edition, *, unit: Organisation, actor: User | None
) -> Difference | None:
    """What differs for a unit between two frozen versions; None without an earlier one."""
    if old is None:
        return None
    before = table_of(old.pk, unit=unit, actor=actor)
    return difference(before, table_of(new.pk, unit=unit, actor=actor))
