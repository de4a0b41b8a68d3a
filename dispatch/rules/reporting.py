"""Whether a unit reported in time. From values alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Standing(StrEnum):
    """How a unit stands with a round's report."""

    WAITING = "waiting"
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"

    @property
    def label(self) -> str:
        return {"waiting": "待报", "on_time": "已报", "late": "迟报", "missing": "未报"}[self.value]

    @property
    def lamp(self) -> str:
        return {"waiting": "idle", "on_time": "done", "late": "amber", "missing": "red"}[self.value]

    @property
    def is_named(self) -> bool:
        """Named in the circular."""
        return self in (Standing.LATE, Standing.MISSING)


def standing_of(*, reported_on: date | None, due_on: date | None, today: date) -> Standing:
    """On time up to the end of the reporting day; reported later is late; nothing by then is missing.

    Source: S1 (每周四报送), 迟报记“未报”.
    """
    if reported_on is not None:
        return Standing.LATE if due_on is not None and reported_on > due_on else Standing.ON_TIME
    return Standing.MISSING if due_on is not None and today > due_on else Standing.WAITING
