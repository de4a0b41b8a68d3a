"""How long nobody has said anything about a project, and whether that is too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Staleness(StrEnum):
    """Fresh, doubtful, stale; the values are lamps."""

    FRESH = "green"
    DOUBTFUL = "amber"
    STALE = "red"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Days after which a project is doubtful, and stale."""

    amber_after_days: int
    red_after_days: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a project was last looked at and last changed: two things, both shown.

    `days` counts from the later of the two; None when there is neither.
    """

    verified_on: date | None
    changed_on: date | None
    days: int | None
    state: Staleness

    @property
    def words(self) -> str:
        if self.state is Staleness.FRESH:
            is_newer = self.verified_on is not None and self.verified_on >= (self.changed_on or date.min)
            return "情况已核实" if is_newer else "近期有变更"
        since = "从未核实" if self.days is None else f"{self.days} 天无动态"
        return f"{'久未核实' if self.state is Staleness.DOUBTFUL else '情况不明'}（{since}）"


def read_freshness(
    *, verified_on: date | None, changed_on: date | None, today: date, thresholds: Thresholds
) -> Freshness:
    """The state on `today`: doubtful or stale once *more* days than the threshold have passed.

    A change counts as a sign of life as a verification does. Source: S1, 每日跟踪; weekly reports.
    """
    seen = max((day for day in (verified_on, changed_on) if day is not None), default=None)
    days = None if seen is None else max((today - seen).days, 0)
    if days is None or days > thresholds.red_after_days:
        state = Staleness.STALE
    elif days > thresholds.amber_after_days:
        state = Staleness.DOUBTFUL
    else:
        state = Staleness.FRESH
    return Freshness(verified_on, changed_on, days, state)
