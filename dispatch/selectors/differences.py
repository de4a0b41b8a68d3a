"""Two frozen ledgers beside each other, for one unit and whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from dispatch.models import LedgerSnapshot, Round
from dispatch.rules.differences import Difference, Table, difference
from dispatch.selectors.ledgers import codes_inside


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


def editions(*, most: int = 120) -> list[Edition]:
    """The newest frozen versions, to choose from. One query."""
    return [_edition(row) for row in edition_list()[:most]]


def editions_of(found: Round) -> list[Edition]:
    """Every frozen version of one round, newest first. One query."""
    return [_edition(row) for row in edition_list().filter(round=found)]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions to compare; nothing to compare with before the second was frozen."""

    new: Edition | None
    old: Edition | None


def pair_of(*, new: str, old: str) -> Pair:
    """The versions that an address names by their ids, however old; one that it leaves open is the
    newest, or the one before the newer. Two queries.

    Raises:
        LedgerSnapshot.DoesNotExist: one that is named does not exist.
    """
    newer = _named(new) if new else next(iter(editions(most=1)), None)
    older = _named(old) if old else newer and edition_before(newer)
    return Pair(newer, older)


def _named(pk: str) -> Edition:
    if not pk.isdecimal():
        raise LedgerSnapshot.DoesNotExist
    return _edition(edition_list().get(pk=int(pk)))


def edition_before(edition: Edition) -> Edition | None:
    """The last version of the round of the same kind before this one. One query."""
    now = edition.round
    earlier = Q(round__year__lt=now.year) | Q(round__year=now.year, round__number__lt=now.number)
    rows = edition_list().filter(earlier, round__kind=now.kind)
    row = rows.order_by("-round__year", "-round__number", "-version").first()
    return _edition(row) if row else None


def _edition(row: LedgerSnapshot) -> Edition:
    return Edition(row.pk, row.round, row.version, row.organisation)


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
    codes = codes_inside(unit)
    return Table(columns, [row for row in rows if row["unit"] in codes])


def difference_of(
    old: Edition | None, new: Edition, *, unit: Organisation, actor: User | None
) -> Difference | None:
    """What differs for a unit between two frozen versions; None without an earlier one."""
    if old is None:
        return None
    before = table_of(old.pk, unit=unit, actor=actor)
    return difference(before, table_of(new.pk, unit=unit, actor=actor))
