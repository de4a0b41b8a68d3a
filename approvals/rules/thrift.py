"""Whether a project uses its land thriftily: what its facts measure beside the standards of its use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

M2_PER_HA = 10_000
YUAN_PER_WAN = 10_000
HUNDREDTH = Decimal("0.01")


class ThriftVerdict(StrEnum):
    """Values stand in addresses."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"met": "符合", "missed": "不符合", "unknown": "缺少数据"}[self.value]


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """A project's land, money and buildings; areas in m², None is not stated."""

    land_m2: int | None = None
    investment_yuan: Decimal | None = None
    floor_area_m2: int | None = None
    counted_floor_m2: int | None = None
    base_m2: int | None = None
    green_m2: int | None = None
    office_m2: int | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """What a use must show in one measure: at least, at most, each of them or both."""

    measure: str
    least: Decimal | None
    most: Decimal | None
    basis: str


@dataclass(frozen=True, slots=True)
class ThriftFinding:
    """One standard beside what was measured; `value` rounded to hundredths for the reader."""

    standard: Standard
    value: Decimal | None
    verdict: ThriftVerdict


def measured(measure: str, facts: BuildFacts) -> Decimal | None:
    """投资强度 in 万元/公顷, 容积率, shares in %, 建筑面积 in m², 用地规模 in 公顷; exact.

    None without its facts.
    """
    if measure == "FLOOR_AREA":
        return None if facts.floor_area_m2 is None else Decimal(facts.floor_area_m2)
    if not facts.land_m2:
        return None
    land = Decimal(facts.land_m2)
    if measure == "LAND_AREA":
        return land / M2_PER_HA
    if measure == "INVESTMENT":
        money = facts.investment_yuan
        return None if money is None else money * M2_PER_HA / YUAN_PER_WAN / land
    part = {
        "FLOOR_RATIO": facts.counted_floor_m2 if facts.counted_floor_m2 is not None else facts.floor_area_m2,
        "BUILDING_SHARE": facts.base_m2,
        "GREEN_SHARE": facts.green_m2,
        "OFFICE_SHARE": facts.office_m2,
    }[measure]
    if part is None:
        return None
    return Decimal(part) / land * (1 if measure == "FLOOR_RATIO" else 100)


def review_thrift(facts: BuildFacts, standards: Iterable[Standard]) -> list[ThriftFinding]:
    """Each standard that asks for something, with its verdict; a value equal to its limit is met.

    Source: S2-12.
    """
    return [
        _found(standard, measured(standard.measure, facts))
        for standard in standards
        if standard.least is not None or standard.most is not None
    ]


def _found(standard: Standard, value: Decimal | None) -> ThriftFinding:
    if value is None:
        return ThriftFinding(standard, None, ThriftVerdict.UNKNOWN)
    missed = (standard.least is not None and value < standard.least) or (
        standard.most is not None and value > standard.most
    )
    verdict = ThriftVerdict.MISSED if missed else ThriftVerdict.MET
    return ThriftFinding(standard, value.quantize(HUNDREDTH, ROUND_HALF_UP), verdict)


def whole_verdict(findings: Iterable[ThriftFinding]) -> ThriftVerdict:
    """Missed if one is missed, else unknown if one is, else met; without standards unknown."""
    verdicts = {finding.verdict for finding in findings}
    if ThriftVerdict.MISSED in verdicts:
        return ThriftVerdict.MISSED
    return ThriftVerdict.MET if verdicts == {ThriftVerdict.MET} else ThriftVerdict.UNKNOWN
