"""What an application may ask for, once the county's own quota is counted (articles 5, 11, 17)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.units import AreaUnit, format_area
from quotas.rules.eligibility import ARTICLE_11, FarmlandCategory, Reason, Refusal
from quotas.rules.instruments import Instrument, Pool

_CLAUSES = {
    Pool.SCALE: "调节池办法第5条（一）",
    Pool.FARMLAND: ARTICLE_11,
    Pool.PLAN: "调节池办法第17条（二）",
}
_CATEGORIES = {
    "NATIONAL": FarmlandCategory.NATIONAL_MAJOR,
    "PROVINCIAL": FarmlandCategory.PROVINCIAL_KEY_PLAN,
    "FIVE_PLUS_THREE": FarmlandCategory.FIVE_PLUS_THREE,
    "PREFECTURAL": FarmlandCategory.PREFECTURE_DESIGNATED,
}
_SECTOR_WORDS = {
    "能源": ("能源", "电力", "风电", "光伏", "煤", "燃气"),
    "交通": ("交通", "公路", "铁路", "机场", "港口"),
    "水利": ("水利", "水库", "灌溉", "供水"),
    "军事设施": ("军事", "国防"),
    "产业": ("产业", "工业", "制造"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: what the project needs, what the county holds itself, what it asks for (m², kg)."""

    instrument: Instrument
    need: int
    own: int
    amount: int

    @property
    def gap(self) -> int:
        return max(self.need - self.own, 0)


def asking_refusals(lines: Iterable[Asked]) -> list[Refusal]:
    """Lines that ask for more than is lacking, and paddy beyond the area asked for.

    Source: domain.md 3.4, ambiguities 2 and 13; golden case Q12.
    """
    rows = list(lines)
    refusals = [
        Refusal(
            Reason.MORE_THAN_GAP,
            _CLAUSES[row.instrument.pool],
            f"{row.instrument.label}缺口 {shown(row.instrument, row.gap)}，"
            f"申请 {shown(row.instrument, row.amount)}，超过缺口。请先使用本县指标，按缺口申请。",
            figure=str(row.amount - row.gap),
        )
        for row in rows
        if 0 < row.gap < row.amount
    ]
    asked = {row.instrument: row.amount for row in rows}
    area, paddy = asked.get(Instrument.FARMLAND_AREA, 0), asked.get(Instrument.FARMLAND_PADDY, 0)
    if paddy > area:
        refusals.append(
            Refusal(
                Reason.MORE_PADDY_THAN_AREA,
                ARTICLE_11,
                f"申请水田 {shown(Instrument.FARMLAND_PADDY, paddy)}，"
                f"大于耕地数量 {shown(Instrument.FARMLAND_AREA, area)}。请核对后改正。",
                figure=str(paddy - area),
            )
        )
    return refusals


def category_of(list_category: str) -> FarmlandCategory | None:
    """The kind of article 11 that a project's place on the year's list stands for; None is none."""
    return _CATEGORIES.get(list_category)


def sector_of(industry: str) -> str | None:
    """The sector of article 11(1) that an industry as typed belongs to; None when nothing is stated."""
    if not industry.strip():
        return None
    found = (sector for sector, words in _SECTOR_WORDS.items() if any(word in industry for word in words))
    return next(found, industry)


def shown(instrument: Instrument, amount: int) -> str:
    """An amount with its unit, as sentences print it."""
    if instrument.is_land:
        return f"{format_area(amount, AreaUnit.HA)} 公顷"
    return f"{amount:,} 公斤"


def total_of(amounts: Mapping[Instrument, int]) -> str:
    """Several amounts in one line of text."""
    return "、".join(
        f"{instrument.label} {shown(instrument, amount)}" for instrument, amount in amounts.items()
    )
