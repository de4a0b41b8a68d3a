"""What a round covers: an ISO week, a month, a quarter, a year; and its reporting day."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.rules import WorkingCalendar, reporting_day

THURSDAY = 3
_WRITTEN = re.compile(r"(\d{4})-(?:W(\d{2})|M(\d{2})|Q([1-4])|(Y))")


class PeriodKind(StrEnum):
    """How long a round is."""

    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"

    @property
    def months(self) -> int:
        """How many months it lasts; 0 for the week."""
        return {"WEEK": 0, "MONTH": 1, "QUARTER": 3, "YEAR": 12}[self.value]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One week, month, quarter or year. Around New Year a week's year may differ from the calendar's."""

    year: int
    number: int
    kind: PeriodKind = PeriodKind.WEEK

    @classmethod
    def of(cls, day: date, kind: PeriodKind = PeriodKind.WEEK) -> Period:
        """The period of a kind that holds `day`."""
        if kind is PeriodKind.WEEK:
            year, number, _ = day.isocalendar()
            return cls(year, number)
        return cls(day.year, (day.month - 1) // kind.months + 1, kind)

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period written as 2026-W47, 2026-M11, 2026-Q4 or 2026-Y.

        Raises:
            ValueError: not written so, or the year has no such week or month.
        """
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise ValueError(f"{text!r} is not a period such as 2026-W47")
        year, week, month, quarter, _ = written.groups()
        if week:
            period = cls(int(year), int(week))
        elif month:
            period = cls(int(year), int(month), PeriodKind.MONTH)
        elif quarter:
            period = cls(int(year), int(quarter), PeriodKind.QUARTER)
        else:
            period = cls(int(year), 1, PeriodKind.YEAR)
        _ = period.first  # a week 53 that the year does not have is refused here
        return period

    def __str__(self) -> str:
        return {
            PeriodKind.WEEK: f"{self.year}-W{self.number:02d}",
            PeriodKind.MONTH: f"{self.year}-M{self.number:02d}",
            PeriodKind.QUARTER: f"{self.year}-Q{self.number}",
            PeriodKind.YEAR: f"{self.year}-Y",
        }[self.kind]

    @property
    def short_label(self) -> str:
        """第47周, 11月, 四季度, 全年."""
        return {
            PeriodKind.WEEK: f"第{self.number}周",
            PeriodKind.MONTH: f"{self.number}月",
            PeriodKind.QUARTER: f"第{'一二三四'[(self.number - 1) % 4]}季度",
            PeriodKind.YEAR: "全年",
        }[self.kind]

    @property
    def label(self) -> str:
        return f"{self.year}年{self.short_label}" if self.kind is not PeriodKind.YEAR else f"{self.year}年度"

    @property
    def adjective(self) -> str:
        """周, 月, 季, 年: 周台账."""
        return {"WEEK": "周", "MONTH": "月", "QUARTER": "季", "YEAR": "年"}[self.kind.value]

    @property
    def first(self) -> date:
        if self.kind is PeriodKind.WEEK:
            return date.fromisocalendar(self.year, self.number, 1)
        return date(self.year, (self.number - 1) * self.kind.months + 1, 1)

    @property
    def last(self) -> date:
        if self.kind is PeriodKind.WEEK:
            return self.first + timedelta(days=6)
        month = self.number * self.kind.months
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def before(self) -> Period:
        return Period.of(self.first - timedelta(days=1), self.kind)

    def due_on(
        self, calendar: WorkingCalendar, *, weekday: int = THURSDAY, days_after: int = 0
    ) -> date | None:
        """The reporting day; None when a week has no working day and is skipped.

        A week's by the rule of the reporting weekday. Of the longer periods the last working day, or
        the `days_after`-th working day after their end.

        Raises:
            CalendarGap: the period lies outside of the calendar.

        Source: domain.md 2.2 rule 9.
        """
        if self.kind is PeriodKind.WEEK:
            return reporting_day(week_of=self.first, calendar=calendar, weekday=weekday)
        if days_after:
            return calendar.nth_working_day(self.last, days_after)
        return calendar.previous_working_day(self.last + timedelta(days=1))
