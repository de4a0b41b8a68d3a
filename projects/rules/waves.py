"""Waves of collection: their days in a year, and where a row goes when it comes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class WaveDays:
    """First and last day of a wave, both included."""

    opens_on: date
    closes_on: date


def wave_days(*, year: int, opens_month: int, opens_day: int, closes_month: int, closes_day: int) -> WaveDays:
    """The days of a yearly wave in `year`; one that ends before it begins ends in the next year.

    A day that the month does not have (30 February) is the month's last.

    Source: domain.md 11 (3 月 1–10 日、6 月 21–30 日).
    """
    opens = _day(year, opens_month, opens_day)
    closes = _day(year, closes_month, closes_day)
    return WaveDays(opens, closes if closes >= opens else _day(year + 1, closes_month, closes_day))


def _day(year: int, month: int, day: int) -> date:
    after = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day - 1), after - timedelta(days=1))


def waits_for_county(*, window_needs_gathering: bool, lies_in_a_county: bool) -> bool:
    """Whether a row that comes in goes to its county first: departments' and the county's own alike."""
    return window_needs_gathering and lies_in_a_county
