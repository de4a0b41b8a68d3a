"""What lies in the pool and with the counties, as the orders of drawing read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Sum

from accounts.models import Organisation
from quotas import rules
from quotas.models import Account, Movement, Policy
from quotas.rules import Instrument, Pool

Place = Account.Place


def drawing_rules(policy: Policy) -> rules.DrawingRules:
    """A policy's answers to the open questions, as the rules take them."""
    return rules.DrawingRules(
        scale_order=rules.ScaleOrder(policy.scale_order),
        county_rank=rules.CountyRank(policy.county_rank),
        is_bundled=policy.is_bundled,
        allow_partial=policy.allow_partial,
        price_method=rules.MeanMethod(policy.price_method),
        price_months=policy.price_months,
    )


@dataclass(frozen=True, slots=True)
class PoolState:
    """The pool on one reading: accounts by owner and instrument, and the sources made of them."""

    prefecture: Organisation
    accounts: Mapping[tuple[Instrument, str], tuple[Account, ...]]
    sources: dict[Instrument, list[rules.Source]]
    own: dict[tuple[str, Instrument], int] = field(default_factory=dict)

    def supply(self) -> rules.Supply:
        return rules.Supply({key: list(rows) for key, rows in self.sources.items()}, dict(self.own))

    def left(self, instrument: Instrument) -> int:
        return sum(row.left for row in self.sources.get(instrument, ()))


def read_pool(*, prefecture: Organisation, year: int, pools: Iterable[Pool] = tuple(Pool)) -> PoolState:
    """What the prefecture's pool holds, and what each county holds itself. Two queries.

    The year's plan counts with its own year alone; the other pools whatever the period. Frozen
    and reserved quota is not there to be drawn.
    """
    wanted = [instrument.value for pool in pools for instrument in pool.instruments]
    rows = (
        Account.objects.filter(instrument__in=wanted, owner__path__startswith=prefecture.path)
        .exclude(place__in=[Place.SOURCE, Place.LAPSED, Place.DEDUCTED])
        .exclude(instrument=Instrument.ANNUAL_PLAN, period__gt=0, period__lt=year)
        .exclude(instrument=Instrument.ANNUAL_PLAN, period__gt=year)
        .select_related("owner", "holder")
        .order_by("period", "pk")
    )
    found = list(rows)
    pooled = _pooled(prefecture, wanted)
    accounts: dict[tuple[Instrument, str], list[Account]] = {}
    own: dict[tuple[str, Instrument], int] = {}
    totals: dict[tuple[Instrument, str], int] = {}
    used: dict[tuple[Instrument, str], int] = {}
    names: dict[str, str] = {}
    for row in found:
        instrument, code = Instrument(row.instrument), row.owner.code
        names[code] = row.owner.short_name
        key = (instrument, code)
        totals[key] = totals.get(key, 0) + row.balance
        if row.place == Place.USED:
            used[key] = used.get(key, 0) + row.balance
        if row.place != Place.AVAILABLE:
            continue
        if row.holder_id == prefecture.pk:
            accounts.setdefault(key, []).append(row)
        elif row.holder_id == row.owner_id:
            own[code, instrument] = own.get((code, instrument), 0) + row.balance
    sources: dict[Instrument, list[rules.Source]] = {}
    for (instrument, code), held in accounts.items():
        key = (instrument, code)
        sources.setdefault(instrument, []).append(
            rules.Source(
                owner=code,
                name=names[code],
                left=sum(account.balance for account in held),
                pooled=sum(pooled.get(account.pk, 0) for account in held),
                total=totals.get(key, 0),
                used=used.get(key, 0),
            )
        )
    for listed in sources.values():
        listed.sort(key=lambda source: source.owner)
    return PoolState(prefecture, {key: tuple(rows) for key, rows in accounts.items()}, sources, own)


def _pooled(prefecture: Organisation, instruments: list[str]) -> dict[int, int]:
    """What was ever put into each account of the pool, by account."""
    rows = (
        Movement.objects.filter(
            kind=Movement.Kind.TO_POOL,
            target__holder=prefecture,
            instrument__in=instruments,
            reversed_by__isnull=True,
        )
        .values("target_id")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    return {row["target_id"]: row["total"] for row in rows}


def own_balances(*, county: Organisation, year: int) -> dict[Instrument, int]:
    """What a county holds of its own and may use at once, by instrument. One query."""
    rows = (
        Account.objects.filter(place=Place.AVAILABLE, holder=county, owner=county)
        .exclude(instrument=Instrument.ANNUAL_PLAN, period__gt=0, period__lt=year)
        .exclude(instrument=Instrument.ANNUAL_PLAN, period__gt=year)
        .values("instrument")
        .annotate(left=Sum("balance"))
        .order_by("instrument")
    )
    return {Instrument(row["instrument"]): row["left"] for row in rows}
