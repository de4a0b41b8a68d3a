from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from upkeep.rules import is_late, next_moment, superfluous

TODAY = date(2026, 11, 22)
OFFICE = ZoneInfo("Asia/Shanghai")


def night(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, 30, tzinfo=OFFICE)


def test_a_year_of_nights_shrinks_to_the_last_days_and_the_first_of_each_month() -> None:
    nights = [night(TODAY - timedelta(days=n)) for n in range(400)]

    gone = superfluous(nights, today=TODAY, keep_days=30, keep_months=12)

    kept = sorted(set(nights) - set(gone), reverse=True)
    assert kept[:30] == nights[:30]
    assert kept[29] == night(date(2026, 10, 24))
    assert kept[30:] == [night(date(2026, month, 1)) for month in range(10, 0, -1)] + [
        night(date(2025, 12, 1))
    ]
    assert gone == sorted(gone)


def test_the_newest_three_stay_however_old_they_are() -> None:
    nights = [night(date(2020, 1, day)) for day in range(1, 9)]

    assert superfluous(nights, today=TODAY, keep_days=7, keep_months=1) == nights[:-3]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (datetime(2026, 11, 22, 1, 29, tzinfo=OFFICE), datetime(2026, 11, 22, 1, 30, tzinfo=OFFICE)),
        (datetime(2026, 11, 22, 1, 30, tzinfo=OFFICE), datetime(2026, 11, 23, 1, 30, tzinfo=OFFICE)),
    ],
    ids=["a minute before", "on the minute"],
)
def test_the_next_backup_is_always_ahead(after: datetime, expected: datetime) -> None:
    assert next_moment(after=after, at=time(1, 30)) == expected


def test_never_is_late_and_the_last_minute_is_not() -> None:
    now = night(TODAY)

    assert is_late(None, now=now, hours=26)
    assert not is_late(now - timedelta(hours=26), now=now, hours=26)
    assert is_late(now - timedelta(hours=26, seconds=1), now=now, hours=26)
