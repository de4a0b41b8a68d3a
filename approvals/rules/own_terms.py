"""Which promise binds where every level may keep a table of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from deadlines.rules import LineKind, Unit


@dataclass(frozen=True, slots=True)
class Term:
    """A length of days. `days` is None where nothing is given."""

    days: int | None
    unit: Unit

    def is_shorter_than(self, other: Term) -> bool:
        """Whether it ends no later than `other` on every calendar, and earlier on most.

        Calendar days are at most as long as the same number of working days; the other way round
        nothing is certain.
        """
        if self.days is None:
            return False
        if other.days is None:
            return True
        if self.unit is other.unit:
            return self.days < other.days
        return self.unit is Unit.CALENDAR_DAY and other.unit is Unit.WORKING_DAY and self.days <= other.days


T = TypeVar("T")


def binding_term(above: Term | None, own: Iterable[tuple[T, Term]]) -> T | None:
    """The level's table that binds: the nearest that is shorter than all above it; None is the catalogue.

    Never looser than the level above, whatever either has changed since.

    Args:
        above: what the catalogue gives.
        own: each level's row with its length, from the top down.

    Source: mechanisms.md, S1-21.
    """
    found: T | None = None
    shortest = above
    for row, term in own:
        if shortest is None or term.is_shorter_than(shortest):
            found, shortest = row, term
    return found


def can_be_shortened(kinds: Iterable[LineKind]) -> bool:
    """Whether a level below may promise less time: never where the law sets a minimum period (公告)."""
    return LineKind.MIN not in set(kinds)
