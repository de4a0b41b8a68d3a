"""Keeping the calendar ahead of the clock."""

from __future__ import annotations

from datetime import date

from deadlines import services
from deadlines.models import CalendarRevision, CalendarYear
from deadlines.provisional import statutory_holidays
from deadlines.published import published_year, published_years

YEARS_AHEAD = 2
SHIPPED_SOURCE = "产品内置：国务院办公厅历年放假安排（chinesecalendar）"
PROVISIONAL_SOURCE = "法定节日推算，待国务院办公厅通知发布后更新"


def ensure_provisional_years(*, today: date) -> list[CalendarRevision]:
    """Fill in, provisionally, whatever year up to two years ahead nobody has entered. Safe to repeat."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    ahead = range(today.year, today.year + YEARS_AHEAD + 1)
    return [load_provisional(year=year, today=today) for year in ahead if year not in known]


def load_provisional(*, year: int, today: date) -> CalendarRevision:
    """Load the thirteen statutory days of a year that waits for its notice."""
    return services.load_year(
        days=services.YearDays(year=year, holidays=statutory_holidays(year), makeup_days={}),
        status=CalendarYear.Status.PROVISIONAL,
        notice_no="",
        source=PROVISIONAL_SOURCE,
        actor=None,
        today=today,
    )


def load_shipped(*, year: int, notice_no: str, today: date) -> CalendarRevision:
    """Load a year that chinesecalendar has published.

    Raises:
        KeyError: it does not know the year.
    """
    arrangement = published_year(year)
    return services.load_year(
        days=services.YearDays(year=year, holidays=arrangement.holidays, makeup_days=arrangement.makeup_days),
        status=CalendarYear.Status.OFFICIAL,
        notice_no=notice_no,
        source=SHIPPED_SOURCE,
        actor=None,
        today=today,
    )


def is_shipped(year: int) -> bool:
    return year in published_years()
