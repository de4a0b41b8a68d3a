"""Honest time: what happened and what was typed are two days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from deadlines.rules import WorkingCalendar


def is_entered_late(
    *, occurred_on: date, entered_on: date, grace_days: int, calendar: WorkingCalendar
) -> bool:
    """Whether a fact was typed more than `grace_days` working days after the day it happened.

    Typed the same or the next working day is in time with a grace of one; days off add nothing.

    Source: mechanisms.md, Honest time (补录).
    """
    return calendar.count(occurred_on, entered_on) > grace_days


def median(numbers: Iterable[int]) -> float | None:
    """The middle of the numbers, the mean of the two middle ones; None of none."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; `percent` is None of none."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.part / self.whole) if self.whole else None
