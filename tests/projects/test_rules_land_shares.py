"""A project across counties: the parts add up to the whole, to the square metre."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import AreaUnit, to_m2
from projects.rules.land_shares import SHARE_KEYS, Share, levelled, share_problems, split_refusals

WHOLE = {"total_m2": 100_000, "arable_m2": 30_000}


def shares(*areas):
    return [Share(f"县{number}", {"total_m2": total, "arable_m2": arable})
            for number, (total, arable) in enumerate(areas, start=1)]  # fmt: skip


def test_a_split_that_adds_up_has_no_problem():
    assert share_problems(WHOLE, shares((60_000, 10_000), (40_000, 20_000))) == []
    assert share_problems(WHOLE, []) == []


@pytest.mark.parametrize(
    ("split", "says"),
    [
        (shares((60_000, 10_000), (40_100, 20_000)), "总面积合计"),
        (shares((60_000, 10_000), (40_000, None)), "没有填：县2"),
        (shares((100_000, 30_000)), "只有一个县市"),
        ([*shares((50_000, 15_000)), *shares((50_000, 15_000))], "重复"),
        (shares((90_000, 10_000), (10_000, 20_000)), "县2的耕地大于总面积"),
    ],
)
def test_what_is_wrong_with_a_split_is_said(split, says):
    assert any(says in problem.message for problem in share_problems(WHOLE, split))


def test_a_class_the_project_does_not_state_cannot_be_split():
    split = [Share("甲", {"total_m2": 60_000, "pbf_m2": 1}), Share("乙", {"total_m2": 40_000, "pbf_m2": 0})]

    assert "项目没有填永久基本农田" in share_problems({"total_m2": 100_000}, split)[0].message


@given(st.lists(st.integers(1, 5_000_00), min_size=2, max_size=6))
def test_shares_typed_in_mu_end_exactly_at_the_whole(hundredths):
    """Property: rounding each county's 亩 leaves a rest; after levelling no square metre is lost."""
    from decimal import Decimal

    figures = [Decimal(number) / 100 for number in hundredths]
    whole = {"total_m2": to_m2(sum(figures, Decimal(0)), AreaUnit.MU)}
    split = [
        Share(f"县{place}", {"total_m2": to_m2(figure, AreaUnit.MU)}) for place, figure in enumerate(figures)
    ]

    assert share_problems(whole, split) == []
    assert sum(share.area("total_m2") for share in levelled(whole, split)) == whole["total_m2"]


def test_levelling_touches_the_largest_share_alone():
    done = levelled(
        {"total_m2": 66_667}, [Share("甲", {"total_m2": 33_334}), Share("乙", {"total_m2": 33_332})]
    )

    assert [share.area("total_m2") for share in done] == [33_335, 33_332]
    assert all(set(share.areas) <= set(SHARE_KEYS) for share in done)


def test_a_class_the_project_states_is_split_when_a_person_splits():
    split = [Share("甲", {"total_m2": 60_000}), Share("乙", {"total_m2": 40_000})]

    assert share_problems(WHOLE, split) == []
    assert [problem.key for problem in split_refusals(WHOLE, split)] == ["arable_m2"]
