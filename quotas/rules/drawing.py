"""From whom quota is drawn, in which order, and why (R3, R4 of domain.md 3.2).

Pure greedy allocation over an ordered list of sources: each is emptied before the next is
touched, so nothing earlier is skipped, and the result does not depend on the input's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.units import round_half_up
from quotas.rules.instruments import Instrument


class SourceKind(StrEnum):
    """Whose quota it is, seen from the applicant."""

    OWN = "own"
    STATE = "state"
    COUNTY = "county"

    @property
    def label(self) -> str:
        return {"own": "本县被统筹指标", "state": "州级所有指标", "county": "他县被统筹指标"}[self]


class ScaleOrder(StrEnum):
    """How counties with boundary scale to spare are ranked (ambiguity 4 of domain.md 3.4)."""

    REMAINING_FIRST = "remaining_first"
    UTILISATION_FIRST = "utilisation_first"


@dataclass(frozen=True, slots=True)
class Holding:
    """What may be drawn of one owner: `left` now, `pooled` ever put in (for cumulative ranking)."""

    owner: str
    left: int
    pooled: int = 0


@dataclass(frozen=True, slots=True)
class CountyScale:
    """A county's boundary scale: total and used, in m²; `pooled` is what of it lies in the pool.

    None: all that is not used may be drawn.
    """

    code: str
    quota: int
    used: int
    pooled: int | None = None

    @property
    def remaining(self) -> int:
        return self.quota - self.used if self.pooled is None else self.pooled

    @property
    def utilisation(self) -> Fraction:
        """Used ÷ total, exactly; a county without any quota counts as fully used."""
        return Fraction(self.used, self.quota) if self.quota else Fraction(1)

    @property
    def utilisation_rounded(self) -> Decimal:
        """Utilisation to four decimals, for print."""
        share = self.utilisation
        return round_half_up(Decimal(share.numerator) / share.denominator, 4)


@dataclass(frozen=True, slots=True)
class Take:
    """One line of a draw: so much of this owner's, at which place of the order, of how much."""

    place: int
    kind: SourceKind
    owner: str
    amount: int
    left_before: int

    @property
    def left_after(self) -> int:
        return self.left_before - self.amount


@dataclass(frozen=True, slots=True)
class Draw:
    """What a need was met with. Amounts of `takes` plus `shortfall` are the need."""

    takes: tuple[Take, ...]
    shortfall: int

    @property
    def amount(self) -> int:
        return sum(take.amount for take in self.takes)


@dataclass(frozen=True, slots=True)
class _Source:
    kind: SourceKind
    owner: str
    left: int


def _greedy(need: int, sources: Iterable[_Source]) -> Draw:
    takes: list[Take] = []
    open_need = need
    for source in sources:
        if open_need <= 0:
            break
        if source.left <= 0:
            continue
        amount = min(open_need, source.left)
        takes.append(Take(len(takes) + 1, source.kind, source.owner, amount, source.left))
        open_need -= amount
    return Draw(takes=tuple(takes), shortfall=open_need)


def draw_scale(
    *,
    applicant: str,
    need: int,
    counties: Iterable[CountyScale],
    order: ScaleOrder = ScaleOrder.REMAINING_FIRST,
) -> Draw:
    """Boundary scale for `applicant` from the other counties.

    Default order: most remaining, then lowest utilisation, then code. Taking from the largest
    first moves the fewest counties, so one key serves the three wishes of the text. With
    `UTILISATION_FIRST` the lowest utilisation leads.

    Source: S4, annex 3, article 6(3); domain.md 3.2 R3.
    """
    others = [county for county in counties if county.code != applicant and county.remaining > 0]
    if order is ScaleOrder.REMAINING_FIRST:
        others.sort(key=lambda county: (-county.remaining, county.utilisation, county.code))
    else:
        others.sort(key=lambda county: (county.utilisation, -county.remaining, county.code))
    return _greedy(need, [_Source(SourceKind.COUNTY, county.code, county.remaining) for county in others])


class CountyRank(StrEnum):
    """What "by the amount pooled" means for other counties (ambiguity 7 of domain.md 3.4)."""

    BALANCE = "balance"
    CUMULATIVE = "cumulative"


def farmland_sources(
    *,
    applicant: str,
    state: str,
    holdings: Iterable[Holding],
    rank: CountyRank = CountyRank.BALANCE,
) -> list[Holding]:
    """The order of article 14 for one dimension: own, the prefecture's, then other counties.

    Other counties stand by what of theirs is in the pool, most first, equal ones by code.
    """

    def place(holding: Holding) -> tuple[int, int, str]:
        if holding.owner == applicant:
            return (0, 0, holding.owner)
        if holding.owner == state:
            return (1, 0, holding.owner)
        weight = holding.left if rank is CountyRank.BALANCE else holding.pooled
        return (2, -weight, holding.owner)

    return sorted(holdings, key=place)


def draw_farmland(
    *,
    applicant: str,
    state: str,
    need: int,
    holdings: Iterable[Holding],
    rank: CountyRank = CountyRank.BALANCE,
) -> Draw:
    """One dimension of farmland quota for `applicant`, each dimension for itself.

    Own pooled quota first (free of charge), then the prefecture's, then other counties by the
    amount of theirs in the pool.

    Source: S4, annex 3, article 14; domain.md 3.2 R4.
    """
    ordered = farmland_sources(applicant=applicant, state=state, holdings=holdings, rank=rank)
    kinds = {applicant: SourceKind.OWN, state: SourceKind.STATE}
    return _greedy(need, [_Source(kinds.get(h.owner, SourceKind.COUNTY), h.owner, h.left) for h in ordered])


def draw_farmland_bundled(
    *,
    applicant: str,
    state: str,
    need: Mapping[Instrument, int],
    holdings: Mapping[Instrument, Sequence[Holding]],
    rank: CountyRank = CountyRank.BALANCE,
) -> dict[Instrument, Draw]:
    """All dimensions in one order of owners: that of the first dimension asked for.

    The switchable reading of ambiguity 8: an owner that is called gives of every dimension
    before the next owner is called. Default is `draw_farmland` for each dimension.
    """
    asked = [instrument for instrument in Instrument if need.get(instrument)]
    if not asked:
        return {}
    leading = holdings.get(asked[0], ())
    owners = [
        h.owner for h in farmland_sources(applicant=applicant, state=state, holdings=leading, rank=rank)
    ]
    further = {h.owner for instrument in asked for h in holdings.get(instrument, ())} - set(owners)
    owners += sorted(further)
    kinds = {applicant: SourceKind.OWN, state: SourceKind.STATE}
    draws: dict[Instrument, Draw] = {}
    for instrument in asked:
        left = {h.owner: h.left for h in holdings.get(instrument, ())}
        draws[instrument] = _greedy(
            need[instrument],
            [_Source(kinds.get(owner, SourceKind.COUNTY), owner, left.get(owner, 0)) for owner in owners],
        )
    return draws
