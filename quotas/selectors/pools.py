"""The pools as a whole: rules in force, what is posted, held and left, who may still be advanced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from accounts.models import Organisation, OrganisationQuerySet, User
from accounts.selectors import prefecture_of
from core.units import round_half_up
from projects.models import LandClass, PlanQuota
from quotas.errors import PolicyMissing
from quotas.models import Account, Booking, Movement, Policy
from quotas.rules import Instrument

__all__ = [
    "Gauge",
    "OpenAdvance",
    "Trial",
    "all_open_advances",
    "counties",
    "county_gauges",
    "holdings_by_owner",
    "open_advances",
    "plan_base",
    "policies",
    "policy_on",
    "pool_gauges",
    "pool_holder",
    "prefecture_of",
    "trial_of",
]

Place = Account.Place


def policy_on(on: date) -> Policy:
    """The version of the rules that applies on a day. One query.

    Raises:
        PolicyMissing: none is in force.
    """
    found = Policy.objects.in_force(on).order_by("-effective_from").first()
    if found is None:
        raise PolicyMissing(f"{on} 没有生效的调节池规则。请先在“调节池规则”中增加一版。", on=on)
    return found


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial period of the rules in force: its last day, and how many days are left (below 0: over)."""

    until: date
    left: int

    @property
    def is_over(self) -> bool:
        return self.left < 0


def trial_of(policy: Policy, *, today: date) -> Trial | None:
    """Where the trial of a version stands; None where it has none. No query."""
    if policy.trial_until is None:
        return None
    return Trial(policy.trial_until, (policy.trial_until - today).days)


def policies() -> QuerySet[Policy]:
    """Every version, newest first."""
    return Policy.objects.order_by("-effective_from")


def counties(*, actor: User) -> OrganisationQuerySet:
    """The counties and parks for which the actor may enter quota, and the prefecture itself."""
    kinds = (Organisation.Kind.PREFECTURE, *Organisation.REPORTING_KINDS)
    return Organisation.objects.visible_to(actor).filter(kind__in=kinds, is_active=True).order_by("path")


# --- advances ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenAdvance:
    """An advance of plan quota and what of it is not given back yet (m²)."""

    booking: Booking
    amount: int
    outstanding: int


def plan_base(*, county: Organisation, year: int) -> int:
    """Plan quota handed out to a county for a year (m²): what the ledger has, else the record of
    annual quota. Two queries.
    """
    allotted = Booking.objects.filter(
        county=county, period=year, kind=Booking.Kind.ALLOTMENT, reversed_by__isnull=True
    )
    total = sum(_usable(row, Instrument.ANNUAL_PLAN) for row in allotted)
    if total:
        return total
    issued = PlanQuota.objects.filter(
        year=year, organisation=county, land_class=LandClass.NEW_CONSTRUCTION
    ).aggregate(total=Sum("area_m2"))
    return max(int(issued["total"] or 0), 0)


def open_advances(*, county: Organisation, year: int) -> list[OpenAdvance]:
    """Advances of a county's year that are not wholly repaid, oldest first. Two queries."""
    rows = Booking.objects.filter(county=county, period=year, kind=Booking.Kind.ADVANCE)
    return _open(rows)


def all_open_advances(*, actor: User) -> list[OpenAdvance]:
    """Those of every county the actor sees. Two queries."""
    return _open(Booking.objects.visible_to(actor).filter(kind=Booking.Kind.ADVANCE))


def _open(rows: QuerySet[Booking]) -> list[OpenAdvance]:
    advances = list(rows.filter(reversed_by__isnull=True).select_related("county").order_by("id"))
    repaid: dict[int, int] = {}
    for row in Booking.objects.filter(repays__in=advances, reversed_by__isnull=True):
        assert row.repays_id is not None
        repaid[row.repays_id] = repaid.get(row.repays_id, 0) + _usable(row, Instrument.ANNUAL_PLAN)
    found = [
        OpenAdvance(
            row,
            _usable(row, Instrument.ANNUAL_PLAN),
            _usable(row, Instrument.ANNUAL_PLAN) - repaid.get(row.pk, 0),
        )
        for row in advances
    ]
    return [row for row in found if row.outstanding > 0]


def _usable(row: Booking, instrument: Instrument) -> int:
    figures = row.figures.get(instrument.value, {})
    return int(figures.get("usable", 0))


# --- gauges -----------------------------------------------------------------------------------


def pool_holder() -> str:
    """The code of the unit in whose hands the pool lies: the prefecture. One query."""
    found = Organisation.objects.filter(kind=Organisation.Kind.PREFECTURE).order_by("path")
    return found.values_list("code", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One instrument of a pool: all that ever came in and is not gone by lapse or deduction,
    and how it splits, in m² (kg).
    """

    instrument: Instrument
    posted: int
    held: int
    frozen: int
    left: int
    warning_percent: int

    @property
    def total(self) -> int:
        return self.posted + self.held + self.frozen + self.left

    @property
    def occupied_percent(self) -> Decimal:
        """What is posted, held or frozen, of the whole, in percent with one decimal."""
        if not self.total:
            return Decimal(0)
        occupied = self.posted + self.held + self.frozen
        return round_half_up(Decimal(occupied) * 100 / self.total, 1)

    @property
    def is_warning(self) -> bool:
        """Occupied beyond the mark, or nothing left of something."""
        return self.total > 0 and self.occupied_percent >= self.warning_percent

    @property
    def is_empty(self) -> bool:
        return self.total > 0 and self.left == 0


def pool_gauges(*, actor: User, today: date) -> list[Gauge]:
    """The prefecture's pool, one gauge for each instrument; plan quota of today's year. Three queries.

    A county sees what of the pool is its own; the bureau and leaders see all of it.
    """
    pooled = Account.objects.visible_to(actor).filter(holder__kind=Organisation.Kind.PREFECTURE)
    return _gauges(pooled, _drawn(actor, today), today)


def county_gauges(*, county: Organisation, today: date) -> list[Gauge]:
    """What a county holds itself: used, set aside, frozen, left. Two queries."""
    own = Account.objects.filter(holder=county)
    used = own.filter(place=Place.USED).filter(_of_year(today))
    return _gauges(own, _by_instrument(used), today)


def _of_year(today: date) -> Q:
    return Q(period=0) | Q(period=today.year)


def _by_instrument(rows: QuerySet[Account]) -> dict[str, int]:
    sums = rows.order_by().values("instrument").annotate(total=Sum("balance"))
    return {row["instrument"]: int(row["total"] or 0) for row in sums}


def _drawn(actor: User, today: date) -> dict[str, int]:
    """What left the pool for good: posted out of the pool's hands, less what was reversed."""
    rows = (
        Movement.objects.visible_to(actor)
        .filter(
            Q(source__period=0) | Q(source__period=today.year),
            kind=Movement.Kind.TRANSFER_IN,
            source__holder__kind=Organisation.Kind.PREFECTURE,
            reversed_by__isnull=True,
        )
        .order_by()
        .values("instrument")
        .annotate(total=Sum("amount"))
    )
    return {row["instrument"]: int(row["total"]) for row in rows}


def _gauges(rows: QuerySet[Account], posted: dict[str, int], today: date) -> list[Gauge]:
    warning = policy_on(today).pool_warning_percent
    sums: dict[tuple[str, str], int] = {}
    found = rows.filter(_of_year(today), place__in=Account.INTERNAL).order_by()
    for row in found.values("instrument", "place").annotate(total=Sum("balance")):
        sums[(row["instrument"], row["place"])] = int(row["total"])
    return [
        Gauge(
            instrument=instrument,
            posted=posted.get(instrument, 0),
            held=sums.get((instrument, Place.RESERVED), 0),
            frozen=sums.get((instrument, Place.FROZEN), 0),
            left=sums.get((instrument, Place.AVAILABLE), 0),
            warning_percent=warning,
        )
        for instrument in Instrument
    ]


def holdings_by_owner(*, actor: User, instruments: Iterable[Instrument], today: date) -> QuerySet[Account]:
    """What lies available in the pool, by owner, most first. One query."""
    return (
        Account.objects.visible_to(actor)
        .filter(
            _of_year(today),
            holder__kind=Organisation.Kind.PREFECTURE,
            instrument__in=list(instruments),
            place=Place.AVAILABLE,
            balance__gt=0,
        )
        .select_related("owner", "holder")
        .order_by("instrument", "-balance", "owner__code")
    )
