"""Drawing with reasons: the orders, and what holds of any pool whatever lies in it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotas import rules
from quotas.rules import DrawingRules, Instrument, Pool, Source, Supply, Wish, reason_draw

AREA, PADDY, GRAIN = Instrument.FARMLAND_AREA, Instrument.FARMLAND_PADDY, Instrument.FARMLAND_GRAIN
SCALE, PLAN = Instrument.UGB_SCALE, Instrument.ANNUAL_PLAN
STATE, OWN = "522700", "522701"
DEFAULT = DrawingRules()


def source(owner: str, left: int, **more: int) -> Source:
    return Source(owner, f"{owner}单位", left, **more)


def draw(need: dict[Instrument, int], sources: dict[Instrument, list[Source]], how: DrawingRules = DEFAULT):
    [pool] = {instrument.pool for instrument in need}
    return reason_draw(pool=pool, applicant=OWN, state=STATE, need=need, sources=sources, how=how)


def test_each_step_says_who_how_much_why_and_what_is_left() -> None:
    [area] = draw(
        {AREA: 150_000},
        {
            AREA: [
                source("522728", 50_000),
                source(STATE, 40_000),
                source(OWN, 32_000),
                source("522725", 60_000),
            ]
        },
    )

    assert [(step.owner, step.amount, step.left_after, step.lacking_after) for step in area.steps] == [
        (OWN, 32_000, 0, 118_000),
        (STATE, 40_000, 0, 78_000),
        ("522725", 60_000, 0, 18_000),
        ("522728", 18_000, 32_000, 0),
    ]
    assert "不缴价款" in area.steps[0].why
    assert area.steps[1].why == "第二顺序：州级所有指标，可用 4.0000 公顷。"
    assert area.steps[2].why == "第三顺序：他县被统筹指标，从多到少，可用 6.0000 公顷。"
    assert (area.amount, area.shortfall, area.untouched) == (150_000, 0, ())


def test_equal_counties_are_said_to_stand_by_code() -> None:
    [area] = draw({AREA: 5}, {AREA: [source("522728", 9), source("522725", 9)]})

    assert [step.owner for step in area.steps] == ["522725"]
    assert "代码升序" in area.steps[0].why
    assert area.untouched == ("522728",)


def test_scale_takes_from_few_counties_and_the_other_policy_from_idle_ones() -> None:
    counties = {
        SCALE: [source("522730", 500, total=1_000, used=700), source("522702", 250, total=400, used=80)]
    }
    idle = DrawingRules(scale_order=rules.ScaleOrder.UTILISATION_FIRST)

    [few], [many] = draw({SCALE: 280}, counties), draw({SCALE: 280}, counties, idle)

    assert [step.owner for step in few.steps] == ["522730"]
    assert few.steps[0].why.startswith("剩余 0.0500 公顷，使用率 70.00%")
    assert [(step.owner, step.amount) for step in many.steps] == [("522702", 250), ("522730", 30)]


def test_bundled_farmland_keeps_to_one_order_of_owners() -> None:
    pool = {
        AREA: [source("522725", 9), source("522728", 5)],
        PADDY: [source("522728", 9), source("522725", 1)],
    }

    bundled = draw({AREA: 3, PADDY: 3}, pool, DrawingRules(is_bundled=True))

    assert [(step.owner, step.amount) for step in bundled[1].steps] == [("522725", 1), ("522728", 2)]


def test_what_is_lacking_is_said() -> None:
    [plan] = draw({PLAN: 50}, {PLAN: [source(STATE, 20)]})

    assert (plan.amount, plan.shortfall, plan.steps[0].why) == (
        20,
        30,
        "州级统筹计划指标，可用 0.0020 公顷。",
    )


POLICIES = st.builds(
    DrawingRules,
    scale_order=st.sampled_from(rules.ScaleOrder),
    county_rank=st.sampled_from(rules.CountyRank),
    is_bundled=st.booleans(),
)
OWNERS = st.sampled_from([OWN, STATE, "522702", "522725", "522728", "522730"])


@st.composite
def pools(drawn: st.DrawFn) -> tuple[Pool, dict[Instrument, int], dict[Instrument, list[Source]]]:
    pool = drawn(st.sampled_from(Pool))
    need = {i: drawn(st.integers(0, 300)) for i in pool.instruments}
    sources = {}
    for instrument in pool.instruments:
        owners = drawn(st.lists(OWNERS, unique=True, max_size=6))
        sources[instrument] = [
            source(
                owner,
                drawn(st.integers(0, 100)),
                pooled=drawn(st.integers(0, 200)),
                total=drawn(st.integers(100, 200)),
                used=drawn(st.integers(0, 100)),
            )
            for owner in owners
        ]
    return pool, need, sources


@given(case=pools(), how=POLICIES)
def test_a_draw_never_exceeds_the_need_and_adds_up(case, how: DrawingRules) -> None:
    pool, need, sources = case

    for found in reason_draw(pool=pool, applicant=OWN, state=STATE, need=need, sources=sources, how=how):
        left = {row.owner: row.left for row in sources[found.instrument]}
        assert found.amount + found.shortfall == need[found.instrument]
        assert found.shortfall >= 0
        assert all(0 < step.amount <= left[step.owner] for step in found.steps)
        assert len({step.owner for step in found.steps}) == len(found.steps)


@given(case=pools(), how=POLICIES)
def test_a_draw_never_passes_over_an_earlier_source_that_has_quota(case, how: DrawingRules) -> None:
    pool, need, sources = case

    for found in reason_draw(pool=pool, applicant=OWN, state=STATE, need=need, sources=sources, how=how):
        assert all(step.left_after == 0 for step in found.steps[:-1])
        if found.shortfall:
            takers = {step.owner for step in found.steps}
            barred = {OWN} if pool is Pool.SCALE else set()
            assert all(row.left == 0 or row.owner in takers | barred for row in sources[found.instrument])
            assert not found.steps or found.steps[-1].left_after == 0


@given(case=pools(), how=POLICIES)
def test_own_and_state_quota_stand_before_other_counties(case, how: DrawingRules) -> None:
    pool, need, sources = case

    order = {rules.SourceKind.OWN: 0, rules.SourceKind.STATE: 1, rules.SourceKind.COUNTY: 2}
    for found in reason_draw(pool=pool, applicant=OWN, state=STATE, need=need, sources=sources, how=how):
        if pool is not Pool.SCALE and not how.is_bundled:
            places = [order[step.kind] for step in found.steps]
            assert places == sorted(places)


@given(case=pools(), how=POLICIES, seed=st.integers())
def test_a_draw_does_not_depend_on_the_order_of_its_input(case, how: DrawingRules, seed: int) -> None:
    pool, need, sources = case
    shuffled = {instrument: list(rows) for instrument, rows in sources.items()}
    for rows in shuffled.values():
        random.Random(seed).shuffle(rows)

    def found(given_sources):
        return reason_draw(pool=pool, applicant=OWN, state=STATE, need=need, sources=given_sources, how=how)

    assert found(sources) == found(shuffled)


@given(case=pools(), how=POLICIES)
def test_a_what_if_uses_own_quota_first_and_never_more_than_there_is(case, how: DrawingRules) -> None:
    pool, need, sources = case
    own = {(OWN, instrument): 40 for instrument in pool.instruments}
    wishes = [Wish(1, OWN, need), Wish(2, "522725", need), Wish(3, OWN, need)]

    outcomes = rules.try_out(wishes=wishes, supply=Supply(sources, own), state=STATE, how=how)

    for instrument in pool.instruments:
        assert sum(outcome.own.get(instrument, 0) for outcome in outcomes) <= 40
        taken = [
            (step.owner, step.amount)
            for outcome in outcomes
            for part in outcome.draws
            if part.instrument is instrument
            for step in part.steps
        ]
        for row in sources[instrument]:
            assert sum(amount for owner, amount in taken if owner == row.owner) <= row.left


ASKED = {
    "more than the gap": (rules.Asked(AREA, 100, 40, 80), ["more_than_gap:20"]),
    "all of the gap": (rules.Asked(AREA, 100, 40, 60), []),
}


@pytest.mark.parametrize(("line", "slugs"), ASKED.values(), ids=ASKED)
def test_asking_is_bounded_by_the_gap(line: rules.Asked, slugs: list[str]) -> None:
    assert [refusal.slug for refusal in rules.asking_refusals([line])] == slugs


def test_more_paddy_than_area_is_refused_with_both_figures() -> None:
    [refusal] = rules.asking_refusals([rules.Asked(AREA, 100, 0, 100), rules.Asked(PADDY, 120, 0, 120)])

    assert refusal.slug == "more_paddy_than_area:20"
    assert refusal.sentence == "申请水田 0.0120 公顷，大于耕地数量 0.0100 公顷。请核对后改正。"


@pytest.mark.parametrize(
    ("industry", "sector"),
    [("", None), ("高速公路", "交通"), ("装备制造", "产业"), ("房地产", "房地产")],
)
def test_the_sector_is_read_from_the_industry_as_typed(industry: str, sector: str | None) -> None:
    assert rules.sector_of(industry) == sector


def test_a_target_that_is_nearly_reached_is_not_called_reached() -> None:
    def slugs(done: int) -> list[str]:
        answer = rules.plan_eligibility(
            is_provincial_major=False,
            own_remaining=0,
            disposal_target=1_200_000,
            disposal_done=done,
            is_on_negative_list=False,
        )
        return [refusal.slug for refusal in answer.refusals]

    assert slugs(1_199_999) == ["disposal_target_not_met:99.99%"]
    assert slugs(800_000) == ["disposal_target_not_met:66.67%"]
    assert slugs(1_200_000) == []


def test_a_tie_is_named_among_other_counties_only() -> None:
    equal = [source(OWN, 5), source(STATE, 5), source("522725", 5)]

    [alone] = draw({AREA: 15}, {AREA: equal})
    [two] = draw({AREA: 20}, {AREA: [*equal, source("522728", 5)]})

    assert ["代码升序" in step.why for step in alone.steps] == [False, False, False]
    assert ["代码升序" in step.why for step in two.steps] == [False, False, True, True]
