"""What of a project's demand is covered: counted from the movements, whatever made them."""

from __future__ import annotations

from datetime import date

import pytest

from quotas import rules, selectors
from quotas.models import Account
from quotas.services.ledger import Transfer, open_accounts, post_movements, reversal_of
from tests.factories import ProjectFactory, organisation
from tests.queries import queries_of

DAY = date(2026, 11, 20)
AREA, PADDY, PLAN = (
    rules.Instrument.FARMLAND_AREA,
    rules.Instrument.FARMLAND_PADDY,
    rules.Instrument.ANNUAL_PLAN,
)


def account(place: str, instrument: str = AREA) -> Account:
    unit = organisation("522701").pk
    key = selectors.AccountKey(instrument, place, unit, unit)
    return open_accounts([key])[key]


def move(project_id: int | None, source: str, target: str, amount: int, kind: str):
    ends = account(source), account(target)
    transfer = Transfer(kind, *ends, amount, "测试", project_id=project_id)
    return post_movements([transfer], entered_by=None, occurred_on=DAY)[0]


LANDS = {
    "arable land where nothing else is stated": (
        rules.Land("single_site", arable_m2=500, paddy_m2=200),
        {AREA: 500, PADDY: 200},
    ),
    "what is to be made up for": (rules.Land("batch", arable_m2=500, supp_area_m2=700), {AREA: 700}),
    "nothing to make up for": (rules.Land("batch", arable_m2=500, supp_area_m2=0), {}),
    "a batch outside the boundary": (
        rules.Land("batch", out_ugb_m2=90, new_construction_m2=100),
        {rules.Instrument.UGB_SCALE: 90, PLAN: 100},
    ),
    "a single site stands outside by its nature": (rules.Land("single_site", out_ugb_m2=90), {}),
    "land that is state-owned": (rules.Land("no_requisition", arable_m2=5, new_construction_m2=9), {}),
}


@pytest.mark.parametrize(("land", "asked"), LANDS.values(), ids=LANDS)
def test_demand_is_read_from_the_land(land: rules.Land, asked: dict[rules.Instrument, int]) -> None:
    assert rules.demand_of(land) == asked


@pytest.mark.django_db
def test_held_quota_covers_and_only_posted_quota_is_hooked_up() -> None:
    project = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 1_000})
    move(None, "SOURCE", "AVAILABLE", 5_000, "STOCK_IN")
    move(project.pk, "AVAILABLE", "RESERVED", 900, "HOLD")
    [line] = selectors.coverage_of_project(project_id=project.pk).lines
    assert (line.need, line.posted, line.reserved, line.missing) == (1_000, 0, 900, 100)

    move(project.pk, "AVAILABLE", "RESERVED", 100, "HOLD")
    covered = selectors.coverage_of_project(project_id=project.pk)
    assert (covered.is_covered, covered.is_posted) == (True, False)

    move(project.pk, "RESERVED", "USED", 1_000, "POST")
    posted = selectors.coverage_of_project(project_id=project.pk)
    assert posted.is_posted
    assert [movement.kind for movement in posted.lines[0].movements] == ["POST", "HOLD", "HOLD"]


@pytest.mark.django_db
def test_a_reversed_entry_and_a_release_cover_nothing() -> None:
    project = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 1_000})
    move(None, "SOURCE", "AVAILABLE", 5_000, "STOCK_IN")
    move(project.pk, "AVAILABLE", "RESERVED", 300, "HOLD")
    move(project.pk, "RESERVED", "AVAILABLE", 300, "RELEASE")
    posted = move(project.pk, "AVAILABLE", "USED", 1_000, "POST")
    post_movements([reversal_of(posted, reason="记错")], entered_by=None, occurred_on=DAY)

    coverage = selectors.coverage_of_project(project_id=project.pk)

    assert [line.missing for line in coverage.missing] == [1_000]
    assert coverage.missing[0].sentence == (
        "补充耕地数量需 0.1000 公顷，已挂钩 0.0000 公顷，已预占 0.0000 公顷，尚缺 0.1000 公顷"
    )


@pytest.mark.django_db
def test_a_gate_may_ask_for_one_pool_alone() -> None:
    project = ProjectFactory(land={"total_m2": 9_000, "arable_m2": 0, "new_construction_m2": 700})

    coverage = selectors.coverage_of_project(project_id=project.pk)

    assert not coverage.is_covered
    assert coverage.of_pool(rules.Pool.FARMLAND).is_covered


@pytest.mark.django_db
def test_many_projects_cost_as_many_queries_as_one() -> None:
    ids = [ProjectFactory().pk for _ in range(20)]

    one = queries_of(lambda: selectors.coverage_of_projects(project_ids=ids[:1]))

    assert queries_of(lambda: selectors.coverage_of_projects(project_ids=ids)) == one == 2


@pytest.mark.django_db
def test_the_dossier_shows_what_is_covered_and_what_is_missing(section, client) -> None:
    project = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 1_000})
    move(None, "SOURCE", "AVAILABLE", 5_000, "STOCK_IN")
    move(project.pk, "AVAILABLE", "RESERVED", 900, "HOLD")
    client.force_login(section)

    page = client.get(f"/projects/{project.pk}/?tab=quota").content.decode()

    assert "有缺口" in page
    assert "0.0900 公顷" in page
    assert "0.0100 公顷" in page


@pytest.mark.django_db
def test_a_need_that_nothing_was_entered_for_says_so(section, client) -> None:
    project = ProjectFactory(land={"total_m2": 10_000, "arable_m2": 1_000})
    client.force_login(section)

    page = client.get(f"/projects/{project.pk}/?tab=quota").content.decode()

    assert "有缺口" in page
    assert "没有分录。" in page
