"""The weekly reporting day."""

from __future__ import annotations

from datetime import date, timedelta

from deadlines.rules.calendar import WorkingCalendar

THURSDAY = 3
DAYS_OF_A_WEEK = 7


def reporting_day(*, week_of: date, calendar: WorkingCalendar, weekday: int = THURSDAY) -> date | None:
    """The reporting day of the ISO week that holds `week_of`.

    The weekday itself; when that is off, the last working day before it in the same week,
    else the first after it in the same week; None when the week has no working day.

    Args:
        weekday: Monday is 0; the office's setting.

    Raises:
        CalendarGap: the week reaches out of the calendar.

    Source: S1 (每周四); rulings, "Deadline"; golden D32.
    """
    monday = week_of - timedelta(days=week_of.weekday())
    days = [monday + timedelta(days=offset) for offset in range(DAYS_OF_A_WEEK)]
    nearest_first = [*reversed(days[: weekday + 1]), *days[weekday + 1 :]]
    return next((day for day in nearest_first if calendar.is_working(day)), None)
