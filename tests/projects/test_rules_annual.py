from __future__ import annotations

from datetime import date

import pytest

from projects.rules.annual import (
    CellChange,
    Criterion,
    coverage,
    difference,
    maturity,
    obstacles,
    proposed_route,
    should_live_on_stock,
)

TODAY = date(2026, 11, 23)
MU_6600 = 4_400_000


def test_a_difference_tells_new_gone_and_changed_rows_with_their_cells():
    older = {1: {"name": "甲", "area": "1"}, 2: {"name": "乙", "area": "2"}, 3: {"name": "丙", "area": "3"}}
    newer = {1: {"name": "甲", "area": "1"}, 2: {"name": "乙", "area": "5"}, 4: {"name": "丁", "area": "4"}}

    found = difference(older, newer, label="name")

    assert [(row.key, row.label) for row in found.joined] == [(4, "丁")]
    assert [(row.key, row.label) for row in found.left] == [(3, "丙")]
    assert [(row.key, row.cells) for row in found.changed] == [(2, (CellChange("area", "2", "5"),))]


def test_a_list_compared_with_itself_differs_in_nothing():
    state = {1: {"name": "甲"}}

    assert difference(state, dict(state), label="name").is_empty


@pytest.mark.parametrize(
    ("track", "new_m2", "route"),
    [
        ("single_site", 100, "PLAN"),
        ("batch", None, "PLAN"),
        ("batch", 0, "STOCK"),
        ("no_requisition", 100, "STOCK"),
    ],
)
def test_a_project_asks_for_quota_unless_it_takes_no_new_land(track, new_m2, route):
    assert proposed_route(track=track, new_construction_m2=new_m2) == route


@pytest.mark.parametrize(
    ("priority", "route", "expected"),
    [
        ("ORDINARY", "PLAN", True),
        ("RESERVE", "PLAN", True),
        ("URGENT", "PLAN", False),
        ("ORDINARY", "STOCK", False),
    ],
)
def test_general_projects_that_ask_for_quota_are_looked_at_again(priority, route, expected):
    assert should_live_on_stock(priority_class=priority, route=route) is expected


def test_the_quota_goes_to_the_classes_in_their_order_until_it_is_used_up():
    asked = {"RESERVE": 500_000, "URGENT": 3_000_000, "ORDINARY": 900_000, "KEY": 2_000_000}

    rows = coverage(quota_m2=MU_6600, demand=asked)

    assert [(row.priority_class, row.covered_m2, row.gap_m2) for row in rows] == [
        ("URGENT", 3_000_000, 0),
        ("KEY", 1_400_000, 600_000),
        ("ORDINARY", 0, 900_000),
        ("RESERVE", 0, 500_000),
    ]
    assert sum(row.gap_m2 for row in rows) == sum(asked.values()) - MU_6600


def test_a_quota_taken_back_below_nothing_covers_nothing():
    assert coverage(quota_m2=-1, demand={"": 5})[0].covered_m2 == 0


def test_the_facts_of_a_project_propose_its_problems_and_the_usual_measures():
    found = obstacles(
        priority_class="ORDINARY",
        route="PLAN",
        pbf_m2=10_000,
        arable_m2=20_000,
        forest_m2=0,
        eco_redline_m2=None,
        new_construction_m2=30_000,
    )

    assert [row.problem for row in found] == [
        "占用永久基本农田 1.0000 公顷，须报国务院批准",
        "占用耕地 2.0000 公顷，占补平衡待落实",
        "需新增建设用地计划指标 3.0000 公顷",
    ]
    assert found[-1].measure.startswith("优先盘活批而未供")


def test_maturity_counts_what_is_settled_and_names_what_is_lacking():
    rows = [Criterion("A03", "预审", 60), Criterion("A04", "立项", 40), Criterion("", "成熟线", 80)]

    half, whole = maturity(rows, {"A03"}), maturity(rows, {"A03", "A04", "B01"})

    assert (half.points, half.is_mature, half.lacking) == (60, False, ("立项",))
    assert (whole.points, whole.is_mature, whole.met) == (100, True, ("预审", "立项"))
