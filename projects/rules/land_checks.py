"""Whether a project's areas agree with each other (domain.md 1.4) and with common sense."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.units import AreaUnit, from_m2, to_m2
from projects.rules.facts import LandAreas, Severity

LABELS: dict[str, str] = {
    "total_m2": "总面积",
    "agri_m2": "农用地",
    "arable_m2": "耕地",
    "paddy_m2": "水田",
    "irrigated_m2": "水浇地",
    "dry_m2": "旱地",
    "pbf_m2": "永久基本农田",
    "orchard_m2": "园地",
    "forest_m2": "林地",
    "forest_forestry_m2": "林地（林业口径）",
    "grass_m2": "草地",
    "other_agri_m2": "其他农用地",
    "construction_m2": "建设用地",
    "unused_m2": "未利用地",
    "new_construction_m2": "新增建设用地",
    "requisition_m2": "征收面积",
    "state_m2": "国有土地",
    "collective_m2": "集体土地",
    "in_ugb_m2": "城镇开发边界内面积",
    "out_ugb_m2": "城镇开发边界外面积",
    "eco_redline_m2": "生态保护红线内面积",
    "reserve_m2": "自然保护地内面积",
    "advance_m2": "先行用地",
    "temp_m2": "临时用地",
    "supp_area_m2": "补充耕地",
    "supp_paddy_m2": "补充水田",
    "supp_grain_kg": "补充粮食产能",
}
# Part, whole, and whether a larger part is impossible or merely odd. 永农 may exceed 耕地 because
# old delimitations hold other land; 林地 of the forest map differs from that of the land survey.
_PARTS: tuple[tuple[str, str, Severity], ...] = (
    ("agri_m2", "total_m2", Severity.ERROR),
    ("arable_m2", "total_m2", Severity.ERROR),
    ("arable_m2", "agri_m2", Severity.ERROR),
    ("paddy_m2", "arable_m2", Severity.ERROR),
    ("irrigated_m2", "arable_m2", Severity.ERROR),
    ("dry_m2", "arable_m2", Severity.ERROR),
    ("pbf_m2", "arable_m2", Severity.WARNING),
    ("pbf_m2", "total_m2", Severity.ERROR),
    ("orchard_m2", "agri_m2", Severity.ERROR),
    ("forest_m2", "agri_m2", Severity.WARNING),
    ("forest_m2", "total_m2", Severity.WARNING),
    ("forest_forestry_m2", "total_m2", Severity.WARNING),
    ("grass_m2", "agri_m2", Severity.ERROR),
    ("other_agri_m2", "agri_m2", Severity.ERROR),
    ("construction_m2", "total_m2", Severity.ERROR),
    ("unused_m2", "total_m2", Severity.ERROR),
    ("new_construction_m2", "total_m2", Severity.ERROR),
    ("requisition_m2", "total_m2", Severity.WARNING),
    ("requisition_m2", "collective_m2", Severity.ERROR),
    ("state_m2", "total_m2", Severity.ERROR),
    ("collective_m2", "total_m2", Severity.ERROR),
    ("in_ugb_m2", "total_m2", Severity.ERROR),
    ("out_ugb_m2", "total_m2", Severity.ERROR),
    ("eco_redline_m2", "total_m2", Severity.ERROR),
    ("reserve_m2", "total_m2", Severity.ERROR),
    ("supp_paddy_m2", "supp_area_m2", Severity.ERROR),
)
SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("total_m2", ("agri_m2", "construction_m2", "unused_m2")),
    ("agri_m2", ("arable_m2", "orchard_m2", "forest_m2", "grass_m2", "other_agri_m2")),
    ("arable_m2", ("paddy_m2", "irrigated_m2", "dry_m2")),
    ("total_m2", ("state_m2", "collective_m2")),
    ("total_m2", ("in_ugb_m2", "out_ugb_m2")),
)


@dataclass(frozen=True, slots=True)
class AreaLimits:
    """What no project of a county reaches, and what makes one suspect the unit. In m².

    The largest county of the prefecture has some 3,000 km²; the largest projects a few hundred
    公顷. 1,000 is a usual slip between 亩 and 公顷.
    """

    county_m2: int = 3_100 * 1_000_000
    suspicious_m2: int = 1_000 * 10_000
    tiny_m2: int = 10


DEFAULT_AREA_LIMITS = AreaLimits()


@dataclass(frozen=True, slots=True)
class LandProblem:
    """A problem of one field, without the place it came from."""

    key: str
    message: str
    suggestion: str
    severity: Severity


def land_problems(land: LandAreas, *, limits: AreaLimits = DEFAULT_AREA_LIMITS) -> list[LandProblem]:
    """Everything that is wrong or odd with the areas of one project. Areas that were not stated
    take part in no comparison."""
    return [*_sizes(land, limits), *_parts(land), *_sums(land), *_conversion(land)]


def land_refusals(land: LandAreas, *, changed: Collection[str]) -> list[LandProblem]:
    """What a person at the form may not store: errors, and sums that do not add up.

    A workbook's sums only warn, because half a list is better than none; who types the figures
    can put them right at once. A sum whose figures are all as they were (`changed` names none of
    them) is left alone, so that an old slip does not bar every other correction.
    """
    errors = [problem for problem in land_problems(land) if problem.severity is Severity.ERROR]
    touched = [(whole, parts) for whole, parts in SUMS if {whole, *parts} & set(changed)]
    return [*errors, *_sums(land, touched)]


def _sizes(land: LandAreas, limits: AreaLimits) -> list[LandProblem]:
    problems = []
    for key, area in land.stated():
        if area < 0:
            problems.append(LandProblem(key, f"{LABELS[key]}不能小于 0", "请核对数值", Severity.ERROR))
        elif area > limits.county_m2:
            problems.append(
                LandProblem(
                    key, f"{LABELS[key]}超过全县面积：{shown(land, key)}", "请核对数值和单位", Severity.ERROR
                )
            )
    total = land.total_m2
    if total is None or not 0 <= total <= limits.county_m2:
        return problems
    if total == 0:
        problems.append(LandProblem("total_m2", "总面积为 0", "请核对数值", Severity.WARNING))
    elif total > limits.suspicious_m2 or total < limits.tiny_m2:
        size = from_m2(total, AreaUnit.HA)
        problems.append(
            LandProblem(
                "total_m2",
                f"面积异常：{shown(land, 'total_m2')}，合 {size:,} 公顷",
                "请核对单位是亩还是公顷",
                Severity.WARNING,
            )
        )
    return problems


def _parts(land: LandAreas) -> list[LandProblem]:
    problems = []
    areas = dict(land.stated())
    for part, whole, severity in _parts_of(tuple(areas)):
        area, most = areas[part], areas[whole]
        if area <= most:
            continue
        if area <= most + tolerance(land, (part, whole)):
            continue
        problems.append(
            LandProblem(
                part,
                f"{LABELS[part]}大于{LABELS[whole]}：{LABELS[part]} {shown(land, part)}，"
                f"{LABELS[whole]} {shown(land, whole)}",
                "请核对两个数",
                severity,
            )
        )
    return problems


@lru_cache(maxsize=1_000)
def _parts_of(stated: tuple[str, ...]) -> tuple[tuple[str, str, Severity], ...]:
    """The pairs of which both areas are stated; nearly all rows of a list state the same."""
    return tuple(pair for pair in _PARTS if pair[0] in stated and pair[1] in stated)


def _conversion(land: LandAreas) -> list[LandProblem]:
    """新增建设用地 is what is converted, so never more than there is to convert."""
    new, agri, unused = land.new_construction_m2, land.agri_m2, land.unused_m2
    if new is None or agri is None or unused is None:
        return []
    if new <= agri + unused:
        return []
    if new <= agri + unused + tolerance(land, ("new_construction_m2", "agri_m2", "unused_m2")):
        return []
    return [
        LandProblem(
            "new_construction_m2",
            f"新增建设用地 {shown(land, 'new_construction_m2')}，大于农用地与未利用地之和",
            "新增建设用地等于转用的农用地加未利用地，请核对",
            Severity.WARNING,
        )
    ]


def _sums(land: LandAreas, sums: Iterable[tuple[str, tuple[str, ...]]] = SUMS) -> list[LandProblem]:
    problems = []
    for whole, parts in sums:
        areas = [land.get(key) for key in (whole, *parts)]
        if any(area is None for area in areas):
            continue
        stated, *others = (area or 0 for area in areas)
        gap = abs(stated - sum(others))
        if gap and gap > tolerance(land, (whole, *parts)):
            names = "、".join(LABELS[key] for key in parts)
            unit = _unit(land, whole)
            total = from_m2(sum(others), unit)
            problems.append(
                LandProblem(
                    whole,
                    f"{LABELS[whole]} {shown(land, whole)}，与{names}之和 {total.normalize():f} 不一致",
                    "请核对各地类面积",
                    Severity.WARNING,
                )
            )
    return problems


def tolerance(land: LandAreas, keys: tuple[str, ...]) -> int:
    """How far sums of these areas may be apart from rounding alone, in m².

    0.0001 公顷 for each term, or half of the last decimal in which the figures were entered,
    whichever is more. Two areas in the same unit and of the same row compare exactly where both
    are whole m².
    """
    if len(keys) == 2:
        return 0 if _unit(land, keys[0]) is _unit(land, keys[1]) else 1
    unit = _unit(land, keys[0])
    decimals = max((_decimals(land.entered[key].value) for key in keys if key in land.entered), default=4)
    half = to_m2(Decimal(5).scaleb(-decimals - 1), unit)
    return max(1, half) * len(keys)


def _decimals(text: str) -> int:
    return len(text.partition(".")[2]) if text.replace(".", "").isdigit() else 4


def _unit(land: LandAreas, key: str) -> AreaUnit:
    entered = land.entered.get(key)
    return AreaUnit(entered.unit) if entered else AreaUnit.HA


def shown(land: LandAreas, key: str) -> str:
    """A figure as it was entered, with its unit; areas in 公顷 where they were not typed."""
    if key == "supp_grain_kg":
        return f"{land.get(key) or 0:,} 公斤"
    entered = land.entered.get(key)
    if entered:
        return f"{entered.value} {AreaUnit(entered.unit).label}"
    return f"{from_m2(land.get(key) or 0, AreaUnit.HA)} 公顷"
