"""The law counted day by day, as a clerk would with a wall calendar: slow and obvious.

Written apart from the rules on purpose: it shares no arithmetic with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from deadlines.published import published_calendar
from deadlines.rules import BOTH_LINES, LineName, Pause, WorkingCalendar

ONE_DAY = timedelta(days=1)
FAR = date(2034, 12, 31)
CALENDAR: WorkingCalendar = published_calendar(last_year=FAR.year)


@dataclass(frozen=True)
class Count:
    """Where a count by hand ends: the days counted, and the last one if all were found."""

    days: list[date]
    due: date | None


def works(day: date) -> bool:
    if day in CALENDAR.makeup_days:
        return True
    return day.weekday() < 5 and day not in CALENDAR.holidays


def stands_still(day: date, pauses: Sequence[Pause], name: LineName) -> bool:
    return any(name in p.stops and p.first <= day and (p.last is None or day <= p.last) for p in pauses)


def count_by_hand(
    start: date, n: int, pauses: Sequence[Pause], name: LineName, qualifies: Callable[[date], bool]
) -> Count:
    """Walk from the day after `start`; n of 0 looks for the first day from `start` itself."""
    day = start - ONE_DAY if n == 0 else start
    wanted, days = max(n, 1), list[date]()
    while len(days) < wanted:
        day += ONE_DAY
        if day > FAR:
            return Count(days if n else [], None)
        if qualifies(day) and not stands_still(day, pauses, name):
            days.append(day)
    return Count(days if n else [], days[-1])


def first_working(day: date, pauses: Sequence[Pause], name: LineName) -> date | None:
    while not works(day) or stands_still(day, pauses, name):
        day += ONE_DAY
        if day > FAR:
            return None
    return day


starts = st.dates(min_value=date(2024, 11, 1), max_value=date(2027, 3, 31))
limits = st.integers(min_value=0, max_value=45)
lines_stopped = st.sampled_from(
    [
        BOTH_LINES,
        frozenset({LineName.COMMITTED}),
        frozenset({LineName.STATUTORY}),
        frozenset[LineName](),
    ]
)


@st.composite
def pauses_near(draw: st.DrawFn, start: date, *, open_ones: bool = True) -> list[Pause]:
    """Up to four pauses around a limit: nested, touching, equal, before the start, after the end."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = start + timedelta(days=draw(st.integers(-10, 70)))
        length = draw(st.none() if open_ones and draw(st.integers(0, 5)) == 0 else st.integers(0, 25))
        found.append(
            Pause(
                first=first,
                last=None if length is None else first + timedelta(days=length),
                reason=draw(st.sampled_from(["会议", "听证", "检测"])),
                stops=draw(lines_stopped),
            )
        )
    return found
