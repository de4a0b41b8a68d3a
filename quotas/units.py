"""In which unit a page prints amounts: 公顷 or 亩, 公斤 or 万公斤. All four are exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.units import AreaUnit, from_m2, to_m2
from quotas.rules import Instrument

# 1 m² is 0.0015 亩 and 0.0001 公顷, 1 kg is 0.0001 万公斤: four decimals print every whole unit.
EXACT_PLACES = 4
KG_PER_WAN = 10_000


class Shown(StrEnum):
    """The reader's choice."""

    LARGE = "large"
    SMALL = "small"

    @property
    def label(self) -> str:
        return {"large": "公顷、万公斤", "small": "亩、公斤"}[self]


@dataclass(frozen=True, slots=True)
class Unit:
    """How one instrument's amounts are printed and entered."""

    instrument: Instrument
    shown: Shown

    @property
    def label(self) -> str:
        if self.instrument.is_land:
            return "公顷" if self.shown is Shown.LARGE else "亩"
        return "万公斤" if self.shown is Shown.LARGE else "公斤"

    def of(self, amount: int) -> Decimal:
        """`amount` (m², kg) in this unit, exactly."""
        if self.instrument.is_land:
            return from_m2(amount, AreaUnit.HA if self.shown is Shown.LARGE else AreaUnit.MU, EXACT_PLACES)
        return Decimal(amount) / KG_PER_WAN if self.shown is Shown.LARGE else Decimal(amount)

    def print(self, amount: int) -> str:
        """With thousands separators; small units of grain without decimals."""
        if not self.instrument.is_land and self.shown is Shown.SMALL:
            return f"{amount:,}"
        return f"{self.of(amount):,.{EXACT_PLACES}f}"

    def read(self, value: Decimal) -> int:
        """Whole m² or kg of an entered `value`, half a unit up."""
        if self.instrument.is_land:
            return to_m2(value, AreaUnit.HA if self.shown is Shown.LARGE else AreaUnit.MU)
        factor = KG_PER_WAN if self.shown is Shown.LARGE else 1
        return int((value * factor).to_integral_value(rounding="ROUND_HALF_UP"))


def chosen(word: str | None) -> Shown:
    """The reader's choice in the address; anything else is hectares."""
    return Shown(word) if word in (Shown.LARGE, Shown.SMALL) else Shown.LARGE
