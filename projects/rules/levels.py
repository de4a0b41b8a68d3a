"""Who approves a project's land: the dated table of levels, asked row by row.

The table is the office's (`projects.ApprovalRule`); here is only how it is read. Source:
domain.md 1.2, 土地管理法 35, 44, 46.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.units import AreaUnit, format_area
from projects.rules.facts import LandAreas
from projects.rules.tracks import NO_REQUISITION


class Figure(StrEnum):
    """The area that a row of the table looks at."""

    PBF = "PBF"
    ARABLE = "ARABLE"
    OTHER = "OTHER"


FIGURE_WORDS = {
    Figure.PBF: "占用或征收永久基本农田",
    Figure.ARABLE: "征收永农以外耕地",
    Figure.OTHER: "征收其他土地",
}


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One row: applies where track and region fit and the figure, if any, exceeds `over_m2`.

    "" means any track, any region, no figure. In force from `effective_from` up to, not
    including, `effective_to`.
    """

    key: str
    position: int
    level: str
    clause: str
    track: str = ""
    region: str = ""
    figure: str = ""
    over_m2: int | None = None
    note: str = ""
    version: int = 1
    effective_from: date = date.min
    effective_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """What the table is asked about, in whole m².

    Attributes:
        regions: codes of the project's county and of everything above it.
        arable_m2: requisitioned arable land outside permanent basic farmland.
        other_m2: what else is requisitioned.
        assumptions: what was not stated and how it was taken, in words.
    """

    track: str
    regions: frozenset[str]
    pbf_m2: int
    arable_m2: int
    other_m2: int
    assumptions: tuple[str, ...] = ()

    def value(self, figure: str) -> int:
        return {Figure.PBF: self.pbf_m2, Figure.ARABLE: self.arable_m2}.get(Figure(figure), self.other_m2)


@dataclass(frozen=True, slots=True)
class LevelProposal:
    """The level and why: the row that applied, and the figure it looked at."""

    level: str
    rule: LevelRule
    value_m2: int | None
    reason: str
    assumptions: tuple[str, ...] = ()


def propose_level(facts: LevelFacts, *, rules: Iterable[LevelRule], on: date) -> LevelProposal | None:
    """The first row in force on `on`, in the order of positions, that applies; None without one.

    "Exceeds" never includes the threshold itself: 35.0000 公顷 is not more than 35 公顷.
    """
    in_force = sorted((rule for rule in rules if rule.is_in_force(on)), key=lambda r: (r.position, r.key))
    rule = next((rule for rule in in_force if _applies(rule, facts)), None)
    if rule is None:
        return None
    value = facts.value(rule.figure) if rule.figure else None
    return LevelProposal(rule.level, rule, value, _reason(rule, value, facts), facts.assumptions)


def _applies(rule: LevelRule, facts: LevelFacts) -> bool:
    if rule.track and rule.track != facts.track:
        return False
    if rule.region and rule.region not in facts.regions:
        return False
    if not rule.figure:
        return True
    return rule.over_m2 is not None and facts.value(rule.figure) > rule.over_m2


def _reason(rule: LevelRule, value: int | None, facts: LevelFacts) -> str:
    if value is None:
        return rule.note or "以上情形均不具备"
    words = FIGURE_WORDS[Figure(rule.figure)]
    area = f"{format_area(value, AreaUnit.HA)} 公顷"
    if not rule.over_m2:
        return f"{words} {area}"
    return f"{words} {area}，超过 {format_area(rule.over_m2, AreaUnit.HA)} 公顷"


def level_facts(land: LandAreas, *, track: str, regions: Iterable[str]) -> LevelFacts | None:
    """What the stored areas say to the table; None where no area was stated at all.

    Requisition by class is stated nowhere, so it is derived: arable land outside permanent
    basic farmland first, the rest of the requisitioned area after it. Where 征收面积 is missing,
    collective land stands for it, then all that is not state land, then the whole.
    """
    if not any(area for _, area in land.stated()):
        return None
    taken, assumptions = _requisitioned(land, track)
    pbf, arable = land.pbf_m2 or 0, land.arable_m2 or 0
    if land.arable_m2 is None:
        assumptions.append("耕地未填，按 0 计")
    if land.pbf_m2 is None:
        assumptions.append("永久基本农田未填，按 0 计")
    return LevelFacts(
        track=track,
        regions=frozenset(regions),
        pbf_m2=pbf,
        arable_m2=min(max(0, arable - pbf), taken),
        other_m2=max(0, taken - max(arable, pbf)),
        assumptions=tuple(assumptions),
    )


def _requisitioned(land: LandAreas, track: str) -> tuple[int, list[str]]:
    if land.requisition_m2 is not None:
        return land.requisition_m2, []
    if track == NO_REQUISITION:
        return 0, ["征收面积未填，仅存量（国有）地按 0 计"]
    if land.collective_m2 is not None:
        return land.collective_m2, ["征收面积未填，按集体土地计"]
    if land.total_m2 is not None and land.state_m2 is not None:
        return land.total_m2 - land.state_m2, ["征收面积未填，按总面积减国有土地计"]
    return land.total_m2 or land.agri_m2 or 0, ["征收面积和权属未填，按全部用地计"]


def read_level_rules(lines: Iterable[str]) -> Sequence[LevelRule]:
    """The table that the product is delivered with, from its CSV."""
    return [
        LevelRule(
            key=row["key"],
            position=int(row["position"]),
            level=row["level"],
            clause=row["clause"],
            track=row["track"],
            region=row["region"],
            figure=row["figure"],
            over_m2=int(row["over_m2"]) if row["over_m2"] else None,
            note=row["note"],
            effective_from=date.fromisoformat(row["effective_from"]),
        )
        for row in csv.DictReader(lines)
    ]
