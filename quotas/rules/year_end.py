"""What happens to quota that was not used in time (articles 8, 15 and 20; R9, R10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Drawn:
    """Quota a county drew from the pool and what it used of it within its term, in m²."""

    county: str
    amount: int
    used: int

    @property
    def wasted(self) -> int:
        return max(self.amount - self.used, 0)


@dataclass(frozen=True, slots=True)
class PlanYearEnd:
    """The close of a plan year. `lapsed` is `unallocated` plus all that came back unused."""

    unallocated: int
    wasted: dict[str, int]
    lapsed: int
    opening: int

    @property
    def negative_list(self) -> list[str]:
        """Counties that wasted quota they had asked for, by code."""
        return sorted(self.wasted)


def close_plan_year(
    *, pool_total: int, drawn: Iterable[Drawn], waste_returns_to_pool: bool = True
) -> PlanYearEnd:
    """The pool's plan quota on 31 December: it lapses, nothing is carried over.

    What a county drew and did not use comes back first and lapses with the rest, unless
    `waste_returns_to_pool` is off; either way the county goes on the negative list.

    Source: S4, annex 3, articles 15 and 20; ambiguity 16 of domain.md 3.4.
    """
    rows = list(drawn)
    unallocated = pool_total - sum(row.amount for row in rows)
    wasted: dict[str, int] = {}
    for row in rows:
        if row.wasted:
            wasted[row.county] = wasted.get(row.county, 0) + row.wasted
    returned = sum(wasted.values()) if waste_returns_to_pool else 0
    return PlanYearEnd(unallocated=unallocated, wasted=wasted, lapsed=unallocated + returned, opening=0)


@dataclass(frozen=True, slots=True)
class Clawback:
    """What an unused transfer of boundary scale costs the county at the plan evaluation."""

    unused: int
    deduction: int

    @property
    def is_pending(self) -> bool:
        """Waiting for the plan evaluation to be deducted; else the office only warns."""
        return self.deduction > 0


def clawback_of_scale(*, drawn: int, approved_in_time: int, frozen_or_taken: int) -> Clawback:
    """The deduction for scale not used in time: what was frozen or taken by the province.

    Not the whole transfer (ambiguity 5). Unused but not frozen: a warning, no deduction.

    Source: S4, annex 3, article 8.
    """
    return Clawback(unused=max(drawn - approved_in_time, 0), deduction=frozen_or_taken)
