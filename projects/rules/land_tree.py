"""The dictionary of areas as a tree: in which order and how deep a reader meets the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GRAIN: Final = "supp_grain_kg"


@dataclass(frozen=True, slots=True)
class Branch:
    """A heading with its figures: (field of `LandUse`, depth below the heading)."""

    label: str
    note: str
    figures: tuple[tuple[str, int], ...]


TREE: tuple[Branch, ...] = (
    Branch(
        "地类",
        "总面积 = 农用地 + 建设用地 + 未利用地",
        (
            ("total_m2", 0),
            ("agri_m2", 1),
            ("arable_m2", 2),
            ("paddy_m2", 3),
            ("irrigated_m2", 3),
            ("dry_m2", 3),
            ("pbf_m2", 3),
            ("orchard_m2", 2),
            ("forest_m2", 2),
            ("grass_m2", 2),
            ("other_agri_m2", 2),
            ("construction_m2", 1),
            ("unused_m2", 1),
        ),
    ),
    Branch("转用和征收", "征收面积不大于集体土地", (("new_construction_m2", 0), ("requisition_m2", 0))),
    Branch("权属", "国有 + 集体 = 总面积", (("state_m2", 0), ("collective_m2", 0))),
    Branch(
        "空间位置",
        "开发边界内 + 外 = 总面积",
        (
            ("in_ugb_m2", 0),
            ("out_ugb_m2", 0),
            ("eco_redline_m2", 0),
            ("reserve_m2", 0),
            ("forest_forestry_m2", 0),
        ),
    ),
    Branch(
        "另列",
        "不计入总面积",
        (
            ("advance_m2", 0),
            ("temp_m2", 0),
            ("supp_area_m2", 0),
            ("supp_paddy_m2", 1),
            (GRAIN, 1),
        ),
    ),
)
