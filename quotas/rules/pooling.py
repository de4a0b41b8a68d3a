"""What of a county's quota goes to the prefecture's pool (R1 of domain.md 3.2).

All amounts are whole units: m² for land (four decimals of a hectare), kg for grain.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.units import round_half_up


@dataclass(frozen=True, slots=True)
class Share:
    """How a usable amount splits. `pooled` + `kept` is always `usable`."""

    usable: int
    pooled: int
    kept: int


@dataclass(frozen=True, slots=True)
class Unused:
    """What is left of a year's boundary scale, and by how much the county overdrew it."""

    transferred: int
    over_used: int


def usable_amount(*, gross: int, deduction: int, province: int) -> int:
    """What a stock-in leaves to the county and the pool.

    The statutory deduction and the province's share come off first; what they exceed the
    gross by is not a debt.

    Source: S4, annex 3, article 10.
    """
    return max(gross - deduction - province, 0)


def pooled_share(*, usable: int, rate: Decimal) -> Share:
    """Split `usable` by `rate` (0.10 for farmland, 0.20 for the annual plan; a dated row).

    The pool's part is rounded half up to a whole unit and the county keeps the rest, so that
    the two always add up.

    Source: S4, annex 3, articles 10 and 16.
    """
    pooled = int(round_half_up(usable * rate))
    return Share(usable=usable, pooled=pooled, kept=usable - pooled)


def unused_scale(*, available: int, used: int) -> Unused:
    """What of a year's boundary scale moves to the pool at the year's end: all that is unused.

    A county that used more than it had transfers nothing, and the excess is reported.

    Source: S4, annex 3, article 4.
    """
    return Unused(transferred=max(available - used, 0), over_used=max(used - available, 0))
