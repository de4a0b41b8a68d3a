from __future__ import annotations

import pytest

from projects.rules import Entered, LandAreas, Severity, land_problems
from projects.rules.land_checks import land_refusals

HA = 10_000


def problems(**areas):
    return [(problem.key, problem.severity.value) for problem in land_problems(LandAreas(**areas))]


def test_the_approval_of_xifeng_agrees_with_itself():
    """The real approval quoted in domain.md 1.4."""
    assert problems(
        total_m2=6_278, agri_m2=5_729, arable_m2=2_790, paddy_m2=6, irrigated_m2=0, dry_m2=2_784,
        orchard_m2=1_932, forest_m2=401, grass_m2=0, other_agri_m2=606, construction_m2=549, unused_m2=0,
        new_construction_m2=5_729,
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("areas", "found"),
    [
        ({"total_m2": HA, "arable_m2": HA + 1}, [("arable_m2", "error")]),
        ({"total_m2": HA, "arable_m2": HA}, []),
        ({"agri_m2": HA, "arable_m2": 2 * HA}, [("arable_m2", "error")]),
        ({"arable_m2": HA, "pbf_m2": 2 * HA}, [("pbf_m2", "warning")]),
        ({"total_m2": HA, "pbf_m2": 2 * HA}, [("pbf_m2", "error")]),
        ({"agri_m2": HA, "forest_m2": 2 * HA}, [("forest_m2", "warning")]),
        ({"total_m2": HA, "new_construction_m2": 2 * HA}, [("new_construction_m2", "error")]),
        ({"total_m2": HA, "eco_redline_m2": 2 * HA}, [("eco_redline_m2", "error")]),
        ({"total_m2": HA, "requisition_m2": 2 * HA}, [("requisition_m2", "warning")]),
        (
            {"total_m2": 10 * HA, "agri_m2": 5 * HA, "construction_m2": HA, "unused_m2": 0},
            [("total_m2", "warning")],
        ),
        ({"arable_m2": 3 * HA, "paddy_m2": HA, "irrigated_m2": HA, "dry_m2": HA}, []),
        ({"total_m2": -1}, [("total_m2", "error")]),
        ({}, []),
    ],
)
def test_parts_and_wholes(areas, found):
    assert problems(**areas) == found


def test_sums_may_differ_by_the_rounding_of_what_was_entered():
    """0.33 + 0.33 + 0.33 亩 against 1.00: a hundredth for four figures is rounding."""
    entered = {key: Entered("0.33", "mu") for key in ("agri_m2", "construction_m2", "unused_m2")}
    entered["total_m2"] = Entered("1.00", "mu")
    third = 220

    off = LandAreas(total_m2=667, agri_m2=third, construction_m2=third, unused_m2=third, entered=entered)
    more = LandAreas(total_m2=700, agri_m2=third, construction_m2=third, unused_m2=third, entered=entered)

    assert land_problems(off) == []
    assert [problem.severity for problem in land_problems(more)] == [Severity.WARNING]


def test_areas_are_shown_as_entered():
    land = LandAreas(
        total_m2=6_667,
        arable_m2=13_333,
        entered={"total_m2": Entered("10", "mu"), "arable_m2": Entered("20", "mu")},
    )

    assert land_problems(land)[0].message == "耕地大于总面积：耕地 20 亩，总面积 10 亩"


@pytest.mark.parametrize(
    ("areas", "found"),
    [
        ({"total_m2": HA, "state_m2": HA + 1}, [("state_m2", "error")]),
        ({"total_m2": HA, "collective_m2": HA + 1}, [("collective_m2", "error")]),
        ({"collective_m2": HA, "requisition_m2": HA + 1}, [("requisition_m2", "error")]),
        ({"total_m2": 3 * HA, "state_m2": HA, "collective_m2": HA}, [("total_m2", "warning")]),
        ({"total_m2": 2 * HA, "state_m2": HA, "collective_m2": HA}, []),
        ({"total_m2": 3 * HA, "in_ugb_m2": HA, "out_ugb_m2": HA}, [("total_m2", "warning")]),
        ({"total_m2": HA, "in_ugb_m2": HA + 1}, [("in_ugb_m2", "error")]),
        ({"total_m2": HA, "forest_forestry_m2": HA + 1}, [("forest_forestry_m2", "warning")]),
        ({"supp_area_m2": HA, "supp_paddy_m2": HA + 1}, [("supp_paddy_m2", "error")]),
        ({"total_m2": HA, "advance_m2": 2 * HA, "temp_m2": 3 * HA, "supp_area_m2": 4 * HA}, []),
        (
            {"agri_m2": HA, "unused_m2": 0, "new_construction_m2": 2 * HA},
            [("new_construction_m2", "warning")],
        ),
    ],
)
def test_ownership_boundary_and_what_stands_beside_the_whole(areas, found):
    assert problems(**areas) == found


def refusals(changed, **areas):
    return [problem.key for problem in land_refusals(LandAreas(**areas), changed=changed)]


def test_who_types_a_sum_must_make_it_add_up():
    areas = {"total_m2": 3 * HA, "state_m2": HA, "collective_m2": HA}

    assert refusals({"state_m2"}, **areas) == ["total_m2"]
    assert refusals({"total_m2"}, **areas) == ["total_m2"]


def test_an_old_slip_does_not_bar_other_corrections():
    areas = {"total_m2": 3 * HA, "state_m2": HA, "collective_m2": HA, "advance_m2": HA}

    assert refusals({"advance_m2"}, **areas) == []


def test_permanent_farmland_beyond_arable_is_never_refused():
    assert refusals({"pbf_m2"}, arable_m2=HA, pbf_m2=2 * HA) == []
