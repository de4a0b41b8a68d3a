"""Land and money, exactly. Areas are whole square metres; every conversion rounds half up.

1 公顷 = 15 亩 = 10,000 m²; 1 万亩 = 10,000 亩; 1 平方公里 = 100 公顷 (domain.md 8).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

M2_PER_HA = 10_000


class AreaUnit(StrEnum):
    """The units in which offices write land."""

    M2 = "m2"
    MU = "mu"
    HA = "ha"
    WANMU = "wanmu"
    KM2 = "km2"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    AreaUnit.M2: "平方米",
    AreaUnit.MU: "亩",
    AreaUnit.HA: "公顷",
    AreaUnit.WANMU: "万亩",
    AreaUnit.KM2: "平方公里",
}

# Square metres in `numerator / denominator` of a unit: 亩 is 2000/3 m² and stays a fraction
# so that nothing is rounded before the last step.
_RATIO: dict[AreaUnit, tuple[int, int]] = {
    AreaUnit.M2: (1, 1),
    AreaUnit.MU: (2_000, 3),
    AreaUnit.HA: (M2_PER_HA, 1),
    AreaUnit.WANMU: (20_000_000, 3),
    AreaUnit.KM2: (1_000_000, 1),
}

# Decimals shown: 公顷 4 (an approval's precision), 亩 2, 万亩 2 (domain.md 8).
PLACES = {AreaUnit.M2: 0, AreaUnit.MU: 2, AreaUnit.HA: 4, AreaUnit.WANMU: 2, AreaUnit.KM2: 4}


_STEPS = {places: Decimal(1).scaleb(-places) for places in range(-6, 13)}


def round_half_up(value: Decimal, places: int = 0) -> Decimal:
    """Round as the office and Excel do: 0.5 goes away from zero."""
    return value.quantize(_STEPS[places], rounding=ROUND_HALF_UP)


def to_m2(value: Decimal, unit: AreaUnit) -> int:
    """Whole square metres of `value` in `unit`.

    Raises:
        TypeError: `value` is a float; a float has lost the figure that was entered.
    """
    if isinstance(value, float):
        raise TypeError("areas are Decimal or int, never float")
    numerator, denominator = _RATIO[unit]
    return int(round_half_up(Decimal(value) * numerator / denominator))


def from_m2(m2: int, unit: AreaUnit, places: int | None = None) -> Decimal:
    """`m2` in `unit`, rounded half up to `places` (default: the unit's usual decimals)."""
    numerator, denominator = _RATIO[unit]
    exact = Decimal(m2) * denominator / numerator
    return round_half_up(exact, PLACES[unit] if places is None else places)


def format_area(m2: int, unit: AreaUnit, places: int | None = None) -> str:
    """`from_m2` with thousands separators, without the unit's name.

    A small area is never printed as nought: where the usual decimals would do that, as many more
    follow as its first two figures need: 1 m² is 0.0015 亩.

    Source: S1-05, 值小到 0.0007 万亩.
    """
    shown = from_m2(m2, unit, places)
    if not shown and m2:
        numerator, denominator = _RATIO[unit]
        exact = Decimal(m2) * denominator / numerator
        return f"{round_half_up(exact, 1 - exact.adjusted()).normalize():,f}"
    return f"{shown:,}"


def yuan_to_wan(yuan: Decimal, places: int = 2) -> Decimal:
    """元 to 万元."""
    return round_half_up(yuan / 10_000, places)
