"""Who approves a project's land: the table of domain.md 1.2, at its edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import projects
from projects.rules.facts import LandAreas
from projects.rules.levels import LevelFacts, LevelRule, level_facts, propose_level, read_level_rules

TABLE = Path(projects.__file__).parent / "reference" / "approval_rules.csv"
RULES = read_level_rules(TABLE.read_text(encoding="utf-8").splitlines())
TODAY = date(2026, 11, 22)
GUIZHOU = frozenset({"520000", "522700", "522701"})
HUBEI = frozenset({"420000", "422800"})
HA = 10_000
NOTHING = LevelFacts(track="batch", regions=GUIZHOU, pbf_m2=0, arable_m2=0, other_m2=0)


def proposed(facts, *, on=TODAY, rules=RULES):
    return propose_level(facts, rules=rules, on=on)


@pytest.mark.parametrize(
    ("facts", "level", "key"),
    [
        (replace(NOTHING, pbf_m2=1), "STATE_COUNCIL", "pbf"),
        (replace(NOTHING, arable_m2=35 * HA), "PREFECTURE", "guizhou-batch"),
        (replace(NOTHING, arable_m2=35 * HA + 1), "STATE_COUNCIL", "arable-35ha"),
        (replace(NOTHING, other_m2=70 * HA), "PREFECTURE", "guizhou-batch"),
        (replace(NOTHING, other_m2=70 * HA + 1), "STATE_COUNCIL", "other-70ha"),
        (replace(NOTHING, arable_m2=35 * HA, other_m2=70 * HA), "PREFECTURE", "guizhou-batch"),
        (replace(NOTHING, regions=HUBEI), "PROVINCE", "others"),
        (replace(NOTHING, track="single_site"), "PROVINCE", "others"),
        (replace(NOTHING, track=""), "PROVINCE", "others"),
        (replace(NOTHING, track="no_requisition"), "NONE", "existing-land"),
        (replace(NOTHING, track="no_requisition", pbf_m2=1), "STATE_COUNCIL", "pbf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_table_decides_row_by_row(facts, level, key):
    found = proposed(facts)

    assert (found.level, found.rule.key) == (level, key)


def test_the_delegation_of_guizhou_holds_from_its_day_on():
    assert proposed(NOTHING, on=date(2025, 9, 10)).level == "PROVINCE"
    assert proposed(NOTHING, on=date(2025, 9, 11)).level == "PREFECTURE"


def test_a_row_that_ended_is_not_asked_on_its_last_day():
    ended = [replace(rule, effective_to=TODAY) if rule.key == "guizhou-batch" else rule for rule in RULES]

    assert proposed(NOTHING, rules=ended).level == "PROVINCE"


def test_no_row_no_proposal():
    assert proposed(NOTHING, rules=[]) is None


def test_the_reason_names_the_figure_and_the_threshold():
    found = proposed(replace(NOTHING, arable_m2=350_001))

    assert found.reason == "征收永农以外耕地 35.0001 公顷，超过 35.0000 公顷"
    assert found.value_m2 == 350_001
    assert found.rule.clause == "土地管理法第四十六条"


@pytest.mark.parametrize(
    ("land", "track", "expected", "assumption"),
    [
        (LandAreas(total_m2=10, arable_m2=6, pbf_m2=2, requisition_m2=9), "batch", (2, 4, 3), ""),
        (LandAreas(total_m2=10, arable_m2=6, pbf_m2=0, requisition_m2=4), "batch", (0, 4, 0), ""),
        (LandAreas(total_m2=10, arable_m2=6, pbf_m2=0, collective_m2=8), "batch", (0, 6, 2), "按集体土地计"),
        (LandAreas(total_m2=10, arable_m2=6, pbf_m2=0, state_m2=3), "batch", (0, 6, 1), "减国有土地"),
        (LandAreas(total_m2=10, arable_m2=6, pbf_m2=0), "batch", (0, 6, 4), "按全部用地计"),
        (LandAreas(total_m2=10, arable_m2=6, pbf_m2=0), "no_requisition", (0, 0, 0), "按 0 计"),
        (LandAreas(total_m2=10, arable_m2=2, pbf_m2=5, requisition_m2=9), "batch", (5, 0, 4), ""),
    ],
)
def test_requisition_by_class_is_derived(land, track, expected, assumption):
    facts = level_facts(land, track=track, regions=())

    assert (facts.pbf_m2, facts.arable_m2, facts.other_m2) == expected
    assert assumption in "；".join(facts.assumptions)
    assert bool(assumption) == bool(facts.assumptions)


def test_without_any_area_there_is_nothing_to_ask():
    assert level_facts(LandAreas(), track="batch", regions=()) is None
    assert level_facts(LandAreas(total_m2=0), track="batch", regions=()) is None


areas = st.integers(0, 200 * HA)


@given(areas, areas, areas, st.sampled_from(["batch", "single_site"]))
def test_more_land_never_lowers_the_level(pbf, arable, other, track):
    """Property: growing any figure moves the decision up or leaves it."""
    order = {"PREFECTURE": 0, "PROVINCE": 1, "STATE_COUNCIL": 2}
    facts = LevelFacts(track=track, regions=GUIZHOU, pbf_m2=pbf, arable_m2=arable, other_m2=other)
    before = order[proposed(facts).level]

    for name in ("pbf_m2", "arable_m2", "other_m2"):
        grown = replace(facts, **{name: getattr(facts, name) + 1})
        assert order[proposed(grown).level] >= before


@given(areas, areas, areas, areas)
def test_the_derived_parts_never_exceed_what_is_requisitioned(total, arable, pbf, taken):
    """Property: what the table is asked about outside of permanent farmland is requisitioned land."""
    land = LandAreas(total_m2=total or 1, arable_m2=arable, pbf_m2=pbf, requisition_m2=taken)

    facts = level_facts(land, track="batch", regions=())

    assert 0 <= facts.arable_m2 + facts.other_m2 <= max(taken, 0)


def test_rows_are_asked_by_position_whatever_their_order():
    late = LevelRule(key="late", position=2, level="PROVINCE", clause="乙")
    early = LevelRule(key="early", position=1, level="PREFECTURE", clause="甲")

    assert proposed(NOTHING, rules=[late, early]).rule.key == "early"
