"""What follows from a site decision, the order before new land, 标准地."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.siting import (
    Given,
    Rung,
    industrial_word,
    outcome_refusal,
    read_ladder,
    read_standard_land,
    rung_refusal,
    scheme_steps,
    site_state,
)

PARK = Rung("in-park", "进入开发区（园区）", 10, ends_search=False)
UNSUPPLIED = Rung("approved-unsupplied", "批而未供土地", 20, ends_search=True)
FACTORY = Rung("standard-factory", "标准厂房", 30, ends_search=True)
RUNGS = (FACTORY, PARK, UNSUPPLIED)
CODES = ("in-park", "approved-unsupplied", "standard-factory")


def answers(*words):
    return [Given(code, word, 400 if word == "PARTLY" else None) for code, word in zip(CODES, words)]  # noqa: B905


@pytest.mark.parametrize(
    ("outcome", "scheme", "settled", "again"),
    [
        ("", "", False, False),
        ("CONFORMS", "", True, False),
        ("IMPOSSIBLE", "", False, True),
        ("CONSISTENT", "NEEDED", False, False),
        ("CONSISTENT", "SUBMITTED", False, False),
        ("CONSISTENT", "APPROVED", True, False),
        ("CONSISTENT", "REFUSED", False, True),
    ],
)
def test_each_outcome_has_its_follow_up(outcome, scheme, settled, again):
    state = site_state(outcome=outcome, scheme=scheme)

    assert (state.is_settled, state.may_try_again) == (settled, again)
    assert state.follow_up


def test_a_site_in_conflict_cannot_be_said_to_conform():
    assert "生态保护红线" in outcome_refusal("CONFORMS", conflicts=["生态保护红线"])
    assert outcome_refusal("CONSISTENT", conflicts=["生态保护红线"]) == ""
    assert outcome_refusal("IMPOSSIBLE", conflicts=["生态保护红线"]) == ""
    assert outcome_refusal("CONFORMS", conflicts=[]) == ""


def test_a_scheme_is_approved_only_after_it_was_submitted():
    assert scheme_steps("NEEDED") == ("SUBMITTED",)
    assert "APPROVED" in scheme_steps("SUBMITTED")
    assert scheme_steps("APPROVED") == scheme_steps("REFUSED") == scheme_steps("") == ()


@pytest.mark.parametrize(
    ("given_words", "next_code", "met_by", "may_apply"),
    [
        ((), "in-park", None, False),
        (("UNMET",), "approved-unsupplied", None, False),
        (("MET",), "approved-unsupplied", None, False),
        (("MET", "MET"), None, "approved-unsupplied", False),
        (("MET", "UNMET"), "standard-factory", None, False),
        (("MET", "UNMET", "MET"), None, "standard-factory", False),
        (("MET", "UNMET", "UNMET"), None, None, True),
        (("UNMET", "UNMET", "PARTLY"), None, None, True),
    ],
)
def test_the_order_before_new_land(given_words, next_code, met_by, may_apply):
    reading = read_ladder(RUNGS, answers(*given_words), need_m2=1_000)

    assert (reading.next.code if reading.next else None) == next_code
    assert (reading.met_by.code if reading.met_by else None) == met_by
    assert reading.may_apply is may_apply


def test_partial_answers_together_may_meet_the_need():
    given_answers = [
        Given("in-park", "MET"),
        Given("approved-unsupplied", "PARTLY", 700),
        Given("standard-factory", "PARTLY", 300),
    ]

    assert read_ladder(RUNGS, given_answers, need_m2=1_000).met_by == FACTORY
    assert read_ladder(RUNGS, given_answers, need_m2=1_001).left_m2 == 1
    assert read_ladder(RUNGS, given_answers, need_m2=None).may_apply


def test_a_rung_cannot_be_skipped():
    assert "进入开发区" in rung_refusal(RUNGS, [], "standard-factory", need_m2=None)
    assert rung_refusal(RUNGS, [], "in-park", need_m2=None) == ""


def test_an_answer_is_not_moved_under_later_ones():
    given_answers = answers("MET", "UNMET")

    assert "批而未供土地" in rung_refusal(RUNGS, given_answers, "in-park", need_m2=None)
    assert rung_refusal(RUNGS, given_answers, "approved-unsupplied", need_m2=None) == ""


def test_after_the_need_is_met_nothing_more_is_asked():
    assert "已能满足" in rung_refusal(RUNGS, answers("MET", "MET"), "standard-factory", need_m2=None)
    assert "刷新" in rung_refusal(RUNGS, [], "nonsense", need_m2=None)


@given(st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(["MET", "PARTLY", "UNMET"])), max_size=8))
def test_new_land_is_never_reached_out_of_order(attempts):
    """Property: whatever is tried in whatever order, new land is reached only over every rung."""
    kept: dict[str, Given] = {}
    for code, word in attempts:
        if not rung_refusal(RUNGS, list(kept.values()), code, need_m2=1_000):
            kept[code] = Given(code, word, 400 if word == "PARTLY" else None)

    reading = read_ladder(RUNGS, kept.values(), need_m2=1_000)

    assert list(kept) == list(CODES)[: len(kept)]
    assert not reading.may_apply or (set(kept) == set(CODES) and reading.met_by is None)


def test_industry_is_known_by_its_words():
    words = ("工业", "制造")

    assert industrial_word(words, name="某某装备制造项目", industry="") == "制造"
    assert industrial_word(words, name="某某水库", industry="工业") == "工业"
    assert industrial_word(words, name="某某水库", industry="水利") == ""


@pytest.mark.parametrize(
    ("area", "in_park", "ugb", "expected"),
    [
        ("PARKS", True, None, True),
        ("PARKS", False, 5_000, False),
        ("PARKS_AND_TOWNS", False, 5_000, True),
        ("PARKS_AND_TOWNS", False, 0, False),
        ("EVERYWHERE", False, None, True),
    ],
)
def test_where_new_industrial_land_must_be_standard_land(area, in_park, ugb, expected):
    reading = read_standard_land(
        area=area, word="制造", is_in_park=in_park, in_ugb_m2=ugb, new_construction_m2=1_000, stated=False
    )

    assert reading.is_expected is expected
    assert bool(reading.problem) is expected


@pytest.mark.parametrize(("word", "new"), list(product(["", "制造"], [0, 1_000, None])))
def test_standard_land_is_asked_of_new_industrial_land_alone(word, new):
    reading = read_standard_land(
        area="PARKS", word=word, is_in_park=True, in_ugb_m2=None, new_construction_m2=new, stated=True
    )

    assert reading.is_expected is (word == "制造" and new != 0)
    assert reading.problem == ""
