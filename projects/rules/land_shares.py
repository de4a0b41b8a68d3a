"""Whether the areas of a project's counties add up to the project's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.units import AreaUnit, format_area
from projects.rules.facts import Severity
from projects.rules.land_checks import LABELS, LandProblem

SHARE_KEYS = (
    "total_m2",
    "agri_m2",
    "arable_m2",
    "pbf_m2",
    "forest_m2",
    "construction_m2",
    "unused_m2",
    "new_construction_m2",
)


@dataclass(frozen=True, slots=True)
class Share:
    """One county's part, in whole m²; a class that was not stated is missing or None."""

    unit: str
    areas: Mapping[str, int | None]

    def area(self, key: str) -> int | None:
        return self.areas.get(key)


def share_problems(whole: Mapping[str, int | None], shares: Sequence[Share]) -> list[LandProblem]:
    """What is wrong with a split: twice the same unit, a unit alone, parts and sums.

    A class that is stated for one unit must be stated for all, and the sum must equal the
    project's figure; figures typed in 亩 may miss it by one m² a unit, which `levelled` takes
    up. Parts and wholes inside one share are checked as the project's are. Source: domain.md 1.4, 11.
    """
    if not shares:
        return []
    problems = [*_units(shares)]
    for key in SHARE_KEYS:
        stated = [share.area(key) for share in shares]
        if all(area is None for area in stated):
            continue
        if any(area is None for area in stated):
            missing = "、".join(share.unit for share in shares if share.area(key) is None)
            problems.append(_problem(key, f"{LABELS[key]}有的县市没有填：{missing}", "没有这一地类的填 0"))
            continue
        total = sum(area or 0 for area in stated)
        expected = whole.get(key)
        if expected is None or abs(total - expected) > len(shares):
            problems.append(_sum_problem(key, total, expected))
    problems.extend(_inside(shares))
    return problems


def split_refusals(whole: Mapping[str, int | None], shares: Sequence[Share]) -> list[LandProblem]:
    """What a person who splits the land may not leave: problems, and a class that stays unsplit.

    A class that the project states later may wait for its split; it then stands with the
    leading county.
    """
    unsplit = [
        key for key in SHARE_KEYS if whole.get(key) and shares and all(s.area(key) is None for s in shares)
    ]
    missing = [
        _problem(key, f"项目填了{LABELS[key]}，各县市都没有填", "请按县市填写，没有的填 0") for key in unsplit
    ]
    return [*share_problems(whole, shares), *missing]


def _units(shares: Sequence[Share]) -> list[LandProblem]:
    units = [share.unit for share in shares]
    if len(units) == 1:
        return [_problem("total_m2", "只有一个县市，不用分摊", "请补上其他县市，或全部删去")]
    twice = sorted({unit for unit in units if units.count(unit) > 1})
    return [_problem("total_m2", f"{'、'.join(twice)}重复", "每个县市只填一行")] if twice else []


def _sum_problem(key: str, total: int, expected: int | None) -> LandProblem:
    shown = f"{format_area(total, AreaUnit.HA)} 公顷（{format_area(total, AreaUnit.MU)} 亩）"
    if expected is None:
        return _problem(key, f"各县市{LABELS[key]}合计 {shown}，项目没有填{LABELS[key]}", "请先填写项目的数")
    own = f"{format_area(expected, AreaUnit.HA)} 公顷（{format_area(expected, AreaUnit.MU)} 亩）"
    return _problem(key, f"各县市{LABELS[key]}合计 {shown}，与项目的 {own}不一致", "请核对各县市的数")


_INSIDE = (
    ("agri_m2", "total_m2"),
    ("arable_m2", "agri_m2"),
    ("arable_m2", "total_m2"),
    ("pbf_m2", "total_m2"),
)


def _inside(shares: Sequence[Share]) -> list[LandProblem]:
    problems = []
    for share in shares:
        for part, whole in _INSIDE:
            area, most = share.area(part), share.area(whole)
            if area is not None and most is not None and area > most:
                problems.append(
                    _problem(part, f"{share.unit}的{LABELS[part]}大于{LABELS[whole]}", "请核对两个数")
                )
    return problems


def _problem(key: str, message: str, suggestion: str) -> LandProblem:
    return LandProblem(key, message, suggestion, Severity.ERROR)


def levelled(whole: Mapping[str, int | None], shares: Sequence[Share]) -> list[Share]:
    """The shares with their sums exact: what rounding left over goes to the largest share.

    Expects shares without problems. Whoever adds up rows then gets the project's figure to the m².
    """
    if not shares:
        return []
    largest = max(range(len(shares)), key=lambda index: shares[index].area("total_m2") or 0)
    areas = [dict(share.areas) for share in shares]
    for key in SHARE_KEYS:
        stated = [area.get(key) for area in areas]
        expected = whole.get(key)
        if expected is not None and all(area is not None for area in stated):
            rest = expected - sum(area or 0 for area in stated)
            areas[largest][key] = (areas[largest][key] or 0) + rest
    return [Share(share.unit, area) for share, area in zip(shares, areas, strict=True)]


def divided(
    whole: Mapping[str, int | None], shares: Sequence[Share], *, leading: str, keys: Sequence[str]
) -> list[Share]:
    """What of the project's figures stands with each unit, so that every sum is exact to the m².

    A class that nobody split stands with the leading unit; so does what the project's figure
    has moved by since the split, until the split is put right. A class that the project does
    not state, nobody states. Shares come back in their order.
    """
    areas: list[dict[str, int | None]] = [{} for _ in shares]
    for key in keys:
        expected = whole.get(key)
        parts = [share.area(key) or 0 for share in shares]
        rest = 0 if expected is None else expected - sum(parts)
        for place, share in enumerate(shares):
            own = parts[place] + (rest if share.unit == leading else 0)
            areas[place][key] = None if expected is None else own
    return [Share(share.unit, area) for share, area in zip(shares, areas, strict=True)]
