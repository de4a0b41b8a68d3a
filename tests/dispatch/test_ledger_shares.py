"""A project across counties in the ledger: a row in each, its areas added up, itself counted once."""

from __future__ import annotations

from datetime import date

import pytest

from deadlines.selectors import working_calendar
from dispatch.rules.ledger import ledger_row, sums_of
from dispatch.rules.periods import Period
from dispatch.selectors.ledgers import project_facts
from projects.models import LandShare
from tests.factories import ProjectFactory, organisation

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def shared():
    project = ProjectFactory(
        name="跨县公路", land={"total_m2": 100_000, "arable_m2": 30_000, "forest_m2": 5_000}
    )
    for code, total, arable in (("522701", 60_000, 10_000), ("522725", 40_000, 20_000)):
        LandShare.objects.create(
            project=project, organisation=organisation(code), total_m2=total, arable_m2=arable
        )
    return project


def rows_of(code):
    facts = project_facts(organisation=organisation(code), today=TODAY, calendar=working_calendar())
    return [ledger_row(one, position=place, week=Period(2026, 47)) for place, one in enumerate(facts, 1)]


def test_each_county_has_its_row_and_the_total_counts_once(shared):
    ProjectFactory(land={"total_m2": 7_000})

    rows = rows_of("522700")

    assert [row.unit_code for row in rows] == ["522701", "522701", "522725"]
    sums = sums_of(rows)
    assert sums.count == 2
    assert sum(sums.lamps.values()) == 2
    assert (sums.areas["total_m2"], sums.areas["arable_m2"]) == (107_000, 30_000)


def test_a_class_that_is_not_split_stands_with_the_leading_county(shared):
    assert sums_of(rows_of("522700")).areas["forest_m2"] == 5_000
    assert sums_of(rows_of("522725")).areas["forest_m2"] == 0


@pytest.mark.parametrize(("code", "total"), [("522701", 60_000), ("522725", 40_000)])
def test_a_countys_own_ledger_has_its_own_part(shared, code, total):
    [row] = rows_of(code)

    assert sums_of([row]).areas["total_m2"] == total
    assert row.project_id == shared.pk


def test_other_counties_have_no_row(shared):
    assert rows_of("522722") == []


def test_the_queries_are_the_same_for_one_shared_project_and_twenty(shared):
    from tests.queries import queries_of

    few = queries_of(lambda: rows_of("522700"))
    for number in range(19):
        more = ProjectFactory(name=f"跨县水渠{number}")
        for code in ("522701", "522725"):
            LandShare.objects.create(project=more, organisation=organisation(code), total_m2=5_000)

    assert queries_of(lambda: rows_of("522700")) == few
