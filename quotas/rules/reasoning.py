"""A draw with its reasons: who gives, how much, why them, what is left (R3, R4 of domain.md 3.2).

The orders are `drawing`'s; this module chooses among them by the policy and writes down each step,
so that a proposal, a what-if and a comparison of two policies are the same computation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from quotas.rules.asking import shown
from quotas.rules.drawing import (
    CountyRank,
    CountyScale,
    Draw,
    Holding,
    ScaleOrder,
    SourceKind,
    Take,
    draw_farmland,
    draw_farmland_bundled,
    draw_scale,
)
from quotas.rules.instruments import Instrument, Pool
from quotas.rules.pricing import MeanMethod


@dataclass(frozen=True, slots=True)
class DrawingRules:
    """The open questions of domain.md 3.4 as one version of the policy answers them."""

    scale_order: ScaleOrder = ScaleOrder.REMAINING_FIRST
    county_rank: CountyRank = CountyRank.BALANCE
    is_bundled: bool = False
    allow_partial: bool = True
    price_method: MeanMethod = MeanMethod.SIMPLE
    price_months: int = 6


@dataclass(frozen=True, slots=True)
class Source:
    """An owner with quota of one instrument in the pool. `total`, `used`: all it has, for utilisation."""

    owner: str
    name: str
    left: int
    pooled: int = 0
    total: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One source of one instrument: what was taken, what was left, what is still lacking, and why."""

    instrument: Instrument
    place: int
    kind: SourceKind
    owner: str
    owner_name: str
    amount: int
    left_before: int
    lacking_after: int
    why: str

    @property
    def left_after(self) -> int:
        return self.left_before - self.amount


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What a need was met with, step by step. `untouched`: sources that were not needed, in order."""

    instrument: Instrument
    need: int
    steps: tuple[Step, ...]
    shortfall: int
    untouched: tuple[str, ...] = ()

    @property
    def amount(self) -> int:
        return sum(step.amount for step in self.steps)


Pools = Mapping[Instrument, Sequence[Source]]


def reason_draw(
    *,
    pool: Pool,
    applicant: str,
    state: str,
    need: Mapping[Instrument, int],
    sources: Pools,
    how: DrawingRules,
) -> list[Reasoned]:
    """Draw `need` from `sources` for `applicant` by the policy's orders, with each step's reason.

    Boundary scale never comes from the applicant itself: what it put in is its own and was used
    first. The plan's pool is one balance by the text; its owners are called as for farmland.

    Args:
        applicant, state: codes of the county and of the prefecture.
        need: amounts above zero by instrument of `pool`.

    Source: S4, annex 3, articles 6(3) and 14; domain.md 3.2 R3, R4.
    """
    asked = {instrument: need[instrument] for instrument in pool.instruments if need.get(instrument, 0) > 0}
    draws = _draws(pool, applicant, state, asked, sources, how)
    return [
        _reasoned(
            instrument,
            asked[instrument],
            draws[instrument],
            sources.get(instrument, ()),
            how,
            {applicant, state},
        )
        for instrument in asked
    ]


def _draws(
    pool: Pool,
    applicant: str,
    state: str,
    asked: Mapping[Instrument, int],
    sources: Pools,
    how: DrawingRules,
) -> dict[Instrument, Draw]:
    if pool is Pool.SCALE:
        return {
            instrument: draw_scale(
                applicant=applicant,
                need=amount,
                counties=[
                    CountyScale(row.owner, quota=row.total, used=row.used, pooled=row.left)
                    for row in sources.get(instrument, ())
                ],
                order=how.scale_order,
            )
            for instrument, amount in asked.items()
        }
    holdings = {
        instrument: [Holding(row.owner, row.left, row.pooled) for row in sources.get(instrument, ())]
        for instrument in asked
    }
    if how.is_bundled and pool is Pool.FARMLAND:
        return draw_farmland_bundled(
            applicant=applicant, state=state, need=asked, holdings=holdings, rank=how.county_rank
        )
    return {
        instrument: draw_farmland(
            applicant=applicant,
            state=state,
            need=amount,
            holdings=holdings[instrument],
            rank=how.county_rank,
        )
        for instrument, amount in asked.items()
    }


def _reasoned(
    instrument: Instrument,
    need: int,
    draw: Draw,
    sources: Sequence[Source],
    how: DrawingRules,
    first: Collection[str],
) -> Reasoned:
    by_owner = {row.owner: row for row in sources}
    counties = [row for row in sources if row.left > 0 and row.owner not in first]
    steps: list[Step] = []
    lacking = need
    for take in draw.takes:
        lacking -= take.amount
        source = by_owner[take.owner]
        steps.append(
            Step(
                instrument=instrument,
                place=take.place,
                kind=take.kind,
                owner=take.owner,
                owner_name=source.name,
                amount=take.amount,
                left_before=take.left_before,
                lacking_after=lacking,
                why=_why(instrument, take, source, counties, how),
            )
        )
    taken = {take.owner for take in draw.takes}
    untouched = tuple(sorted(row.owner for row in sources if row.left > 0 and row.owner not in taken))
    return Reasoned(instrument, need, tuple(steps), draw.shortfall, untouched)


def _why(
    instrument: Instrument, take: Take, source: Source, counties: Sequence[Source], how: DrawingRules
) -> str:
    """Why this source at this place, in one sentence with the figures that decided."""
    left = shown(instrument, take.left_before)
    if instrument.pool is Pool.SCALE:
        county = CountyScale(source.owner, quota=source.total, used=source.used, pooled=source.left)
        percent = (county.utilisation_rounded * 100).quantize(Decimal("0.01"))
        if how.scale_order is ScaleOrder.REMAINING_FIRST:
            return f"剩余 {left}，使用率 {percent}%；剩余多者优先，动用的县最少。"
        return f"使用率 {percent}%，剩余 {left}；使用率低者优先。"
    if instrument.pool is Pool.PLAN:
        return f"州级统筹计划指标，可用 {left}。"
    if take.kind is SourceKind.OWN:
        return f"第一顺序：本县被统筹指标，可用 {left}，不缴价款。"
    if take.kind is SourceKind.STATE:
        return f"第二顺序：州级所有指标，可用 {left}。"
    if how.is_bundled:
        return f"第三顺序：他县被统筹指标，三类捆绑同一来源，可用 {left}。"
    if how.county_rank is CountyRank.CUMULATIVE:
        return f"第三顺序：他县中累计划入 {shown(instrument, source.pooled)}，从多到少，可用 {left}。"
    equals = sum(row.left == source.left for row in counties)
    tie = "，数量相同的按代码升序" if equals > 1 else ""
    return f"第三顺序：他县被统筹指标，从多到少，可用 {left}{tie}。"


def after(sources: Pools, reasoned: Sequence[Reasoned]) -> dict[Instrument, list[Source]]:
    """The sources once `reasoned` was taken: for what-ifs that draw for one project after another."""
    taken = {(draw.instrument, step.owner): step.amount for draw in reasoned for step in draw.steps}
    return {
        instrument: [replace(row, left=row.left - taken.get((instrument, row.owner), 0)) for row in rows]
        for instrument, rows in sources.items()
    }


@dataclass(frozen=True, slots=True)
class Wish:
    """What one project still needs, and when: for a what-if. `key` is the caller's own."""

    key: int
    county: str
    need: Mapping[Instrument, int]
    when: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a what-if gave one project: from the county's own quota, then from the pool."""

    wish: Wish
    own: Mapping[Instrument, int]
    draws: tuple[Reasoned, ...]

    @property
    def is_met(self) -> bool:
        return not any(draw.shortfall for draw in self.draws)


@dataclass(slots=True)
class Supply:
    """What there is before a what-if: the pool by instrument, the counties' own quota."""

    sources: dict[Instrument, list[Source]]
    own: dict[tuple[str, Instrument], int] = field(default_factory=dict)


def try_out(*, wishes: Sequence[Wish], supply: Supply, state: str, how: DrawingRules) -> list[Outcome]:
    """Serve `wishes` in their order from a copy of `supply`: own quota first, then the pool.

    Nothing is written; a project that is not met in full leaves the rest to the next.
    """
    sources: dict[Instrument, list[Source]] = {key: list(rows) for key, rows in supply.sources.items()}
    own = dict(supply.own)
    outcomes: list[Outcome] = []
    for wish in wishes:
        used: dict[Instrument, int] = {}
        draws: list[Reasoned] = []
        for pool in Pool:
            lacking: dict[Instrument, int] = {}
            for instrument in pool.instruments:
                need = wish.need.get(instrument, 0)
                own_part = min(need, own.get((wish.county, instrument), 0))
                if own_part:
                    own[wish.county, instrument] -= own_part
                    used[instrument] = own_part
                if need > own_part:
                    lacking[instrument] = need - own_part
            found = reason_draw(
                pool=pool, applicant=wish.county, state=state, need=lacking, sources=sources, how=how
            )
            sources = after(sources, found)
            draws += found
        outcomes.append(Outcome(wish, used, tuple(draws)))
    return outcomes
