"""Quarters of the calendar year, in each of which the council meets once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """2026年第四季度. `number` is 1 to 4."""

    year: int
    number: int

    @property
    def first_on(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def following(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def last_on(self) -> date:
        return self.following.first_on - ONE_DAY

    @property
    def label(self) -> str:
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"


def quarter_of(day: date) -> Quarter:
    """The quarter in which a day lies. Source: domain.md 11, 自然季."""
    return Quarter(day.year, (day.month + 2) // 3)
