from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from projects.rules import Entered, LandAreas, ProjectFacts, ReportedFact, StoredProject, Verdict, compare
from tests.projects.lists import WORDS

FACTS = ProjectFacts(
    name="瓮安县水库",
    code="2601-522725-02-05-198702",
    unit_code="522725",
    owner_unit="水务局",
    list_category="PROVINCIAL",
    investment_yuan=Decimal("1000000.00"),
    planned_start="2026.9",
    land=LandAreas(total_m2=392_207, entered={"total_m2": Entered("588.31", "mu")}),
    reported={"feasibility": ReportedFact("可研批复", "A05", "未批复", None, "not_done")},
)


def stored(facts=FACTS, *, number=1, adopted=False, **more) -> StoredProject:
    return StoredProject(number, facts, adopted, facts.name, **more)


def verdict(row, **found):
    return compare(row, by_code=found.get("by_code"), by_name=found.get("by_name"), words=WORDS)


def test_what_nobody_knows_is_new():
    assert verdict(FACTS).verdict is Verdict.NEW


def test_the_same_row_again_changes_nothing():
    assert verdict(FACTS, by_code=stored(), by_name=stored()).verdict is Verdict.UNCHANGED


def test_a_blank_never_erases():
    row = ProjectFacts(name=FACTS.name, unit_code=FACTS.unit_code)

    assert verdict(row, by_name=stored()).verdict is Verdict.UNCHANGED


def test_changes_are_shown_as_people_entered_them():
    row = replace(
        FACTS,
        list_category="NATIONAL",
        investment_yuan=Decimal(2_500_000),
        land=LandAreas(total_m2=400_000, entered={"total_m2": Entered("600", "mu")}),
        reported={"feasibility": ReportedFact("可研批复", "A05", "2026.9.1", date(2026, 9, 1), "done")},
    )

    found = verdict(row, by_code=stored())

    assert found.verdict is Verdict.CHANGED
    assert [(change.label, change.before, change.after) for change in found.changes] == [
        ("清单类别", "省重点", "国家重大"),
        ("总投资", "100 万元", "250 万元"),
        ("总面积", "588.31 亩", "600 亩"),
        ("可研批复", "未批复", "2026.9.1"),
    ]


def test_code_and_name_of_two_projects_are_a_conflict():
    found = verdict(FACTS, by_code=stored(replace(FACTS, name="另一个")), by_name=stored(number=2))

    assert found.verdict is Verdict.CONFLICT
    assert "项目代码是“另一个”的，名称却是“瓮安县水库”的" in found.reasons[0]


@pytest.mark.parametrize("field", ["list_category", "priority_class", "track", "name"])
def test_what_the_office_decided_about_an_adopted_project_is_not_moved(field):
    row = replace(FACTS, **{field: "RESERVE"})
    known = replace(FACTS, priority_class="KEY", track="batch")

    assert verdict(row, by_code=stored(known, adopted=True)).verdict is Verdict.CONFLICT
    assert verdict(row, by_code=stored(known)).verdict is Verdict.CHANGED


def test_a_county_may_still_change_the_areas_of_an_adopted_project():
    row = replace(FACTS, land=LandAreas(total_m2=400_000))

    assert verdict(row, by_code=stored(adopted=True)).verdict is Verdict.CHANGED


def test_a_code_that_appears_is_a_change_and_another_code_is_a_conflict():
    assert verdict(FACTS, by_name=stored(replace(FACTS, code=""))).verdict is Verdict.CHANGED
    other = replace(FACTS, code="2601-522725-02-05-000000")
    assert verdict(FACTS, by_name=stored(other)).verdict is Verdict.CONFLICT


def test_anothers_project_is_a_conflict():
    found = verdict(FACTS, by_code=stored(replace(FACTS, unit_code="522702")))

    assert found.verdict is Verdict.CONFLICT
    assert "其他县（市）" in found.reasons[0]


@pytest.mark.parametrize(
    ("text", "on", "status", "expected"),
    [
        ("2026.9.1", date(2026, 9, 1), "done", Verdict.CONFLICT),
        ("2026.8.11", date(2026, 8, 11), "done", Verdict.CHANGED),
        ("未批复", None, "not_done", Verdict.CONFLICT),
        ("是", None, "done", Verdict.CHANGED),
    ],
)
def test_a_conclusion_that_the_office_recorded_is_not_overwritten(text, on, status, expected):
    row = replace(FACTS, reported={"feasibility": ReportedFact("可研批复", "A05", text, on, status)})
    known = stored(replace(FACTS, reported={}), decided={"feasibility": date(2026, 8, 11)})

    assert verdict(row, by_code=known).verdict is expected
