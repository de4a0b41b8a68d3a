"""Three values of a cell: what follows, and that no edit is lost whatever both sides did."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import AreaUnit, to_m2
from projects.rules.cells import CELL_KEYS, cell_form, cells_of, same_cell, shown_cell
from projects.rules.facts import Entered, LandAreas, ProjectFacts, ReportedFact
from projects.rules.three_way import Choice, Standing, Take, judge, locked_keys, standing_of
from tests.projects.lists import WORDS

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("base", "stored", "uploaded", "standing"),
    [
        ("甲", "甲", "甲", Standing.UNCHANGED),
        ("甲", "乙", "甲", Standing.THEIRS),
        ("甲", "甲", "乙", Standing.OURS),
        ("甲", "乙", "乙", Standing.UNCHANGED),
        ("甲", "乙", "丙", Standing.CONFLICT),
        ("甲", "甲", "", Standing.OURS),
        ("甲", "乙", "", Standing.CONFLICT),
        ("", "乙", "丙", Standing.CONFLICT),
        ("甲", "", "甲", Standing.THEIRS),
        ("甲", "甲", None, Standing.UNREAD),
    ],
    ids=[
        *("nobody", "system", "file", "both alike", "both apart"),
        *("emptied", "emptied and changed", "both filled in", "system emptied", "no value"),
    ],
)
def test_three_values_give_one_standing(base, stored, uploaded, standing):
    assert standing_of("remark", base=base, stored=stored, uploaded=uploaded, locked=False) is standing


def test_an_edit_of_a_locked_cell_is_said_and_not_done():
    [cell] = judge(
        base={"track": "batch"},
        stored={"track": "batch"},
        uploaded={"track": "single_site"},
        locked={"track"},
        choices={},
    )

    assert (cell.standing, cell.writes, cell.is_choosable) == (Standing.LOCKED, False, False)


def test_a_locked_cell_that_nobody_edited_is_not_mentioned():
    assert (
        judge(
            base={"track": "batch"},
            stored={"track": "single_site"},
            uploaded={"track": "single_site"},
            locked={"track"},
            choices={},
        )
        == ()
    )


def test_a_choice_counts_while_both_values_stand():
    cells = {"base": {"remark": "甲"}, "uploaded": {"remark": "丙"}, "locked": NOBODY}
    choices = {"remark": Choice(Take.OURS, stored="乙", uploaded="丙")}

    [taken] = judge(stored={"remark": "乙"}, choices=choices, **cells)
    [moved] = judge(stored={"remark": "丁"}, choices=choices, **cells)

    assert (taken.writes, taken.is_open) == (True, False)
    assert (moved.writes, moved.is_open) == (False, True)


def test_a_column_taken_out_of_the_file_says_nothing():
    assert judge(base={"remark": "甲"}, stored={"remark": "甲"}, uploaded={}, locked=NOBODY, choices={}) == ()


@pytest.mark.parametrize(
    ("one", "other", "key"),
    [("12.5ha", "187.5mu", "total_m2"), ("Ａ厂", "a 厂", "name"), ("", "", "remark")],
    ids=["units", "width and case", "blank"],
)
def test_the_same_thing_in_other_words_is_the_same(one, other, key):
    assert same_cell(key, one, other)


def test_a_word_that_only_looks_alike_is_another():
    assert not same_cell("remark", "甲", "乙")
    assert not same_cell("total_m2", "12.5ha", "12.5mu")


def test_the_office_decides_and_a_county_may_fill_in():
    stored = {"name": "甲", "track": "batch", "priority_class": ""}

    county = locked_keys(stored=stored, adopted=True, decided={"feasibility"}, is_office=False)
    office = locked_keys(stored=stored, adopted=True, decided={"feasibility"}, is_office=True)
    waiting = locked_keys(stored=stored, adopted=False, decided=(), is_office=False)

    assert {"name", "track", "feasibility", "unit"} <= county
    assert "priority_class" not in county
    assert office == {"unit", "track", "feasibility"}
    assert waiting == {"unit"}


# --- through a workbook and back ---------------------------------------------------------------


def test_a_row_becomes_its_cells():
    facts = ProjectFacts(
        name="甲 项目",
        unit_code="522701",
        priority_class="KEY",
        investment_yuan=Decimal("12000"),
        planned_start="2026年9月30日",
        planned_finish="2026年第四季度",
        remark="无",
        land=LandAreas(total_m2=667, arable_m2=5, entered={"total_m2": Entered("1", "mu")}),
        reported={
            "feasibility": ReportedFact("可研批复", "A05", "2026.3.1", date(2026, 3, 1), "done"),
            "obstacle": ReportedFact("主要问题", "", "缺资金"),
        },
    )

    assert cells_of(facts) == {
        "name": "甲 项目",
        "unit": "522701",
        "priority_class": "KEY",
        "investment_yuan": "12000.00",
        "planned_start": "2026-09-30",
        "planned_finish": "2026年第四季度",
        "total_m2": "1mu",
        "arable_m2": "0.0005ha",
        "feasibility": "2026-03-01",
        "obstacle": "缺资金",
    }


def test_a_figure_typed_in_mu_is_printed_as_it_was_typed():
    assert cell_form("total_m2", "1mu", unit=AreaUnit.MU, choices=WORDS) == Decimal(1)
    assert cell_form("total_m2", "0.0667ha", unit=AreaUnit.MU, choices=WORDS) == Decimal("1.0005")
    assert shown_cell("total_m2", "1mu", choices=WORDS) == "1 亩"


@given(m2=st.integers(0, 10**9), unit=st.sampled_from([AreaUnit.MU, AreaUnit.HA]))
def test_any_area_printed_in_either_unit_reads_back_as_itself(m2, unit):
    land = LandAreas(total_m2=m2)
    text = cells_of(ProjectFacts(land=land))["total_m2"]

    printed = cell_form("total_m2", text, unit=unit, choices=WORDS)

    assert isinstance(printed, Decimal)
    assert to_m2(printed, unit) == m2
    assert same_cell("total_m2", text, f"{printed:f}{unit.value}")


def test_codes_words_and_dates_are_printed_for_people():
    assert cell_form("track", "batch", unit=AreaUnit.HA, choices=WORDS) == "批次用地"
    assert cell_form("feasibility", "2026-03-01", unit=AreaUnit.HA, choices=WORDS) == date(2026, 3, 1)
    assert cell_form("feasibility", "未批复", unit=AreaUnit.HA, choices=WORDS) == "未批复"
    assert cell_form("investment_yuan", "12000.00", unit=AreaUnit.HA, choices=WORDS) == Decimal("1.2")
    assert cell_form("remark", "", unit=AreaUnit.HA, choices=WORDS) is None


# --- any edits on both sides -------------------------------------------------------------------

KEYS = [key for key in CELL_KEYS if key in ("remark", "owner_unit", "name", "industry", "track", "obstacle")]
VALUES = st.sampled_from(["", "甲", "乙", "丙"])
ROW = st.fixed_dictionaries(dict.fromkeys(KEYS, VALUES))
SIDES = st.tuples(ROW, ROW, ROW)


@given(
    sides=SIDES,
    locked=st.sets(st.sampled_from(KEYS)),
    takes=st.dictionaries(st.sampled_from(KEYS), st.sampled_from(Take)),
)
def test_no_edit_is_lost_and_nothing_is_overwritten_unasked(sides, locked, takes):
    base, stored, uploaded = sides
    choices = {key: Choice(take, stored[key], uploaded[key]) for key, take in takes.items()}

    verdicts = {
        v.key: v for v in judge(base=base, stored=stored, uploaded=uploaded, locked=locked, choices=choices)
    }
    after = {**stored, **{key: uploaded[key] for key, v in verdicts.items() if v.writes}}

    for key in KEYS:
        edited_here, moved_there = uploaded[key] != base[key], stored[key] != base[key]
        verdict = verdicts.get(key)
        if edited_here and uploaded[key] != stored[key]:
            # The edit is written, chosen away, waiting for a choice, or reported as ignored.
            assert verdict is not None
            assert verdict.writes or verdict.take is Take.THEIRS or verdict.is_open or key in locked
        if moved_there and after[key] != stored[key]:
            # What others stored meanwhile gives way only where a person said so.
            assert takes[key] is Take.OURS
        if key in locked:
            assert after[key] == stored[key]


@given(sides=SIDES, takes=st.fixed_dictionaries({key: st.sampled_from(Take) for key in KEYS}))
def test_the_same_file_again_changes_nothing(sides, takes):
    base, stored, uploaded = sides
    choices = {key: Choice(take, stored[key], uploaded[key]) for key, take in takes.items()}
    first = judge(base=base, stored=stored, uploaded=uploaded, locked=NOBODY, choices=choices)
    after = {**stored, **{v.key: v.uploaded for v in first if v.writes}}
    base_after = {**base, **{v.key: v.uploaded for v in first if v.is_settled}}

    second = judge(base=base_after, stored=after, uploaded=uploaded, locked=NOBODY, choices={})

    assert not any(v.writes or v.is_open for v in second)
