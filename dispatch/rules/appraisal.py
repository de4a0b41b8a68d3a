"""How figures become points. From values alone. Sources: S2-31, S3-28."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.units import round_half_up


@dataclass(frozen=True, slots=True)
class Scale:
    """All `points` at `full_at` or better, none at `zero_at` or worse, evenly between."""

    key: str
    label: str
    points: int
    full_at: Decimal
    zero_at: Decimal

    def earned(self, value: Decimal) -> Decimal:
        """Points to two places; which end is better follows from the two marks."""
        share = (value - self.zero_at) / (self.full_at - self.zero_at)
        return round_half_up(self.points * min(Decimal(1), max(Decimal(0), share)), 2)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a unit: its figure, of how many cases, how many excused ones were left out.

    `value` and `earned` are None where there was nothing to count: the line does not weigh then.
    """

    key: str
    label: str
    points: int
    value: Decimal | None
    cases: int
    excused: int
    earned: Decimal | None


def item_of(scale: Scale, *, value: Decimal | None, cases: int, excused: int = 0) -> Item:
    """A figure under its scale."""
    earned = None if value is None else scale.earned(value)
    return Item(scale.key, scale.label, scale.points, value, cases, excused, earned)


def total_of(items: Sequence[Item]) -> Decimal:
    """Of a hundred, over the lines that weigh; nothing to count anywhere is a hundred."""
    weighing = [item for item in items if item.earned is not None]
    whole = sum(item.points for item in weighing)
    if not whole:
        return Decimal(100)
    return round_half_up(sum((item.earned or Decimal(0) for item in weighing), Decimal(0)) * 100 / whole, 2)


def share(part: int, whole: int) -> Decimal | None:
    """Per cent to two places; None of nothing."""
    return round_half_up(Decimal(part) * 100 / whole, 2) if whole else None


def places(totals: Sequence[tuple[int, Decimal]]) -> dict[int, int]:
    """Place by key, the highest total first; equal totals share a place."""
    ordered = sorted((total for _, total in totals), reverse=True)
    return {key: ordered.index(total) + 1 for key, total in totals}
