"""Which days are working days. Pure: dates in, dates out, no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from deadlines.errors import CalendarGap

ONE_DAY = timedelta(days=1)
SATURDAY = 5
MAKEUP_NOTE = "调休上班"
WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WorkingCalendar:
    """Which days count as working days between `first` and `last`, both included.

    Monday to Friday work unless the day is in `holidays`; weekends rest unless the day is in
    `makeup_days` (调休上班). `names` holds the holiday's name of a day. Years in
    `provisional_years` have no published notice yet: the calendar answers, and says that the
    answer may change (`is_provisional`); `strict()` refuses instead.

    Each question is one or two look-ups in a table built once, so build a calendar once per
    request or job and hand it down.

    Raises:
        CalendarGap: every method, when a day outside the span is needed.

    Source: 国务院办公厅 yearly notices; 行政许可法 82; domain.md 2.3.
    """

    first: date
    last: date
    holidays: frozenset[date] = frozenset()
    makeup_days: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, repr=False)
    provisional_years: frozenset[int] = frozenset()
    _base: int = field(init=False, repr=False)
    _counts: list[int] = field(init=False, repr=False)
    _days: list[date] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        both = self.holidays & self.makeup_days
        if both:
            raise ValueError(f"holiday and make-up day at once: {sorted(both)}")
        counts: list[int] = []
        days: list[date] = []
        for ordinal in range(self.first.toordinal(), self.last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day in self.makeup_days or (day.weekday() < SATURDAY and day not in self.holidays):
                days.append(day)
            counts.append(len(days))
        object.__setattr__(self, "_base", self.first.toordinal())
        object.__setattr__(self, "_counts", counts)
        object.__setattr__(self, "_days", days)

    def is_working(self, day: date) -> bool:
        index = self._index(day)
        return self._counts[index] > (self._counts[index - 1] if index else 0)

    def nth_working_day(self, after: date, n: int) -> date:
        """The n-th working day after `after`, which itself is not counted; n is at least 1."""
        index = after.toordinal() - self._base
        if n < 1 or index < 0:
            raise self._refusal(after, n)
        try:
            return self._days[self._counts[index] + n - 1]
        except IndexError:
            raise self._gap_after(after) from None

    def nth_working_day_before(self, day: date, n: int) -> date:
        """The n-th working day before `day`, which itself is not counted; n is at least 1."""
        index = self._index(day)
        if n < 1:
            raise self._refusal(day, n)
        position = (self._counts[index - 1] if index else 0) - n
        if position < 0:
            raise CalendarGap(year=self.first.year - 1)
        return self._days[position]

    def count(self, after: date, until: date) -> int:
        """Working days in (after, until]; negative when `until` lies before `after`."""
        start, end = after.toordinal() - self._base, until.toordinal() - self._base
        if start < 0 or end < 0:
            raise CalendarGap(year=min(after, until).year)
        try:
            return self._counts[end] - self._counts[start]
        except IndexError:
            raise CalendarGap(year=max(self.last + ONE_DAY, min(after, until)).year) from None

    def on_or_after(self, day: date) -> date:
        """`day` when it is a working day, else the next one."""
        return day if self.is_working(day) else self.nth_working_day(day, 1)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.nth_working_day(day, 1)

    def previous_working_day(self, day: date) -> date:
        """The last working day before `day`."""
        return self.nth_working_day_before(day, 1)

    def working_days(self, first: date, last: date) -> Iterator[date]:
        """The working days from `first` to `last`, both included, in order."""
        if last < first:
            return iter(())
        start, end = self._index(first), self._index(last)
        return iter(self._days[self._counts[start - 1] if start else 0 : self._counts[end]])

    def is_provisional(self, day: date) -> bool:
        """Whether the year of `day` waits for its notice; every answer there may change."""
        return day.year in self.provisional_years

    def touches_provisional(self, first: date, last: date) -> bool:
        """Whether any year from `first` to `last` waits for its notice."""
        return any(first.year <= year <= last.year for year in self.provisional_years)

    def name(self, day: date) -> str:
        """The holiday's name, 调休上班 for a make-up day, else an empty string."""
        if day in self.makeup_days:
            return MAKEUP_NOTE
        return self.names.get(day, "")

    def strict(self) -> WorkingCalendar:
        """The same calendar, ending before its first provisional year: it refuses to guess."""
        if not self.provisional_years:
            return self
        return replace(
            self,
            last=min(self.last, date(min(self.provisional_years) - 1, 12, 31)),
            provisional_years=frozenset(),
        )

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._base
        if index < 0:
            raise CalendarGap(year=day.year)
        if index >= len(self._counts):
            raise self._gap_after(day)
        return index

    def _gap_after(self, day: date) -> CalendarGap:
        return CalendarGap(year=max(self.last + ONE_DAY, day).year)

    def _refusal(self, day: date, n: int) -> Exception:
        if n < 1:
            return ValueError(f"n must be at least 1 working day, got {n}")
        return CalendarGap(year=day.year)


@dataclass(frozen=True, slots=True)
class YearArrangement:
    """One year's exceptions: days off with the holiday's name, weekend days worked with theirs.

    A notice may also reach into the December before its year.
    """

    year: int
    holidays: Mapping[date, str]
    makeup_days: Mapping[date, str]


def holiday_note(calendar: WorkingCalendar, day: date) -> str:
    """Why `day` is off, or on against its weekday: holiday name, 周六/周日, 调休上班; else empty."""
    named = calendar.name(day)
    if named or calendar.is_working(day):
        return named
    return WEEKDAY_NAMES[day.weekday()] if day.weekday() >= SATURDAY else "放假"


NOTICE_SEASON = 11  # the State Council announces the next year's holidays in November


def notice_awaited(calendar: WorkingCalendar, today: date) -> int | None:
    """The next year, from November on, while no published notice of it has been entered; else None."""
    year = today.year + 1
    if today.month < NOTICE_SEASON:
        return None
    is_known = calendar.last >= date(year, 12, 31) and year not in calendar.provisional_years
    return None if is_known else year
