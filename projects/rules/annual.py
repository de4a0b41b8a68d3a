"""The year's list and its quota, from values alone: what changed, where land comes from, how far
the quota reaches, what stands in a project's way. No Django, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.units import AreaUnit, format_area

# The order in which the year's quota goes to the classes (S3-03, S3-04); "" is not yet classed.
ORDER = ("URGENT", "KEY", "ORDINARY", "RESERVE", "")
PLAN, STOCK, DIRECT = "PLAN", "STOCK", "DIRECT"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that differs, in the words of the page."""

    field: str
    old: str
    new: str


def changed_cells(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[CellChange, ...]:
    """The cells of a row that differ, in the row's order."""
    return tuple(
        CellChange(field, old.get(field, ""), value)
        for field, value in new.items()
        if old.get(field, "") != value
    )


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one project did between two states of a list."""

    key: int
    label: str
    cells: tuple[CellChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two states of a list compared: new rows, gone rows, rows with changed cells."""

    joined: tuple[RowChange, ...]
    left: tuple[RowChange, ...]
    changed: tuple[RowChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.joined or self.left or self.changed)


def difference(
    older: Mapping[int, Mapping[str, str]],
    newer: Mapping[int, Mapping[str, str]],
    *,
    label: str,
) -> Difference:
    """Compare two states, each row by its key. `label` names the cell that a row is called by."""
    both = [key for key in newer if key in older]
    changed = ((key, changed_cells(older[key], newer[key])) for key in both)
    return Difference(
        joined=tuple(RowChange(key, row[label]) for key, row in newer.items() if key not in older),
        left=tuple(RowChange(key, row[label]) for key, row in older.items() if key not in newer),
        changed=tuple(RowChange(key, newer[key][label], cells) for key, cells in changed if cells),
    )


def proposed_route(*, track: str, new_construction_m2: int | None) -> str:
    """Where a project's land comes from as long as nobody has settled it.

    A project on stock land alone, or one that states no new construction land, asks for no quota.
    """
    if track == "no_requisition" or new_construction_m2 == 0:
        return STOCK
    return PLAN


def should_live_on_stock(*, priority_class: str, route: str) -> bool:
    """A general or reserve project that asks for new quota: to be looked at again.

    Source: S3-04, 一般项目靠盘活，能不占不占.
    """
    return route == PLAN and priority_class in ("ORDINARY", "RESERVE")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the quota reaches into one class, all in m²."""

    priority_class: str
    demand_m2: int
    covered_m2: int

    @property
    def gap_m2(self) -> int:
        return self.demand_m2 - self.covered_m2


def coverage(*, quota_m2: int, demand: Mapping[str, int]) -> list[Coverage]:
    """Spend the quota on the classes in their order until it is used up (S3-04).

    Classes that ask for nothing are left out; a class of another name comes last.
    """
    left = max(quota_m2, 0)
    classes = [*ORDER, *(name for name in demand if name not in ORDER)]
    rows = []
    for name in classes:
        asked = demand.get(name, 0)
        if asked:
            covered = min(left, asked)
            left -= covered
            rows.append(Coverage(name, asked, covered))
    return rows


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What a project's facts say will need care, with the measure that is usual for it."""

    problem: str
    measure: str


def obstacles(
    *,
    priority_class: str,
    route: str,
    pbf_m2: int | None,
    arable_m2: int | None,
    forest_m2: int | None,
    eco_redline_m2: int | None,
    new_construction_m2: int | None,
) -> list[Obstacle]:
    """What to propose for the guarantee plan; a person edits it before it counts.

    Source: domain.md 1.2 and 3.1; Land Administration Law 35, 44, 46.
    """
    found = []
    if eco_redline_m2:
        found.append(
            Obstacle(
                f"涉及生态保护红线 {_ha(eco_redline_m2)} 公顷",
                "优化选址避让；确需占用的，组织不可避让论证或有限人为活动认定",
            )
        )
    if pbf_m2:
        found.append(
            Obstacle(
                f"占用永久基本农田 {_ha(pbf_m2)} 公顷，须报国务院批准",
                "优化选址避让；确需占用的，组织踏勘论证，落实补划地块",
            )
        )
    if arable_m2:
        found.append(
            Obstacle(f"占用耕地 {_ha(arable_m2)} 公顷，占补平衡待落实", "落实补充耕地指标，先补后占")
        )
    if forest_m2:
        found.append(
            Obstacle(f"涉及林地 {_ha(forest_m2)} 公顷，使用林地手续待办", "提前对接林业部门，同步办理")
        )
    if new_construction_m2 and route == PLAN:
        found.append(_quota_obstacle(new_construction_m2, priority_class, route))
    return found


def _quota_obstacle(m2: int, priority_class: str, route: str) -> Obstacle:
    measure = "优先安排年度新增指标"
    if should_live_on_stock(priority_class=priority_class, route=route):
        measure = "优先盘活批而未供和闲置土地，确有不足再安排新增指标"
    return Obstacle(f"需新增建设用地计划指标 {_ha(m2)} 公顷", measure)


def _ha(m2: int) -> str:
    return format_area(m2, AreaUnit.HA)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a done step is worth; an empty code holds the mark from which a project is mature."""

    step_code: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Maturity:
    """A project's points with what earned and what lacks them."""

    points: int
    mature_from: int
    met: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def is_mature(self) -> bool:
        return self.points >= self.mature_from


def maturity(criteria: Iterable[Criterion], settled: Sequence[str] | frozenset[str]) -> Maturity:
    """Points of a project whose steps `settled` are done or not needed (S2-05)."""
    rows = list(criteria)
    counted = [row for row in rows if row.step_code]
    met = [row for row in counted if row.step_code in settled]
    most = sum(row.points for row in counted)
    mark = next((row.points for row in rows if not row.step_code), most)
    return Maturity(
        points=sum(row.points for row in met),
        mature_from=mark,
        met=tuple(row.label for row in met),
        lacking=tuple(row.label for row in counted if row.step_code not in settled),
    )
