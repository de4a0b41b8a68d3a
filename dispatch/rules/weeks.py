"""The ISO week as the office counts it, and its reporting day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from deadlines.rules import WorkingCalendar, reporting_day

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """One ISO week; around New Year its year may differ from the calendar's."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds `day`."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> Week:
        """The week written as 2026-W47.

        Raises:
            ValueError: not written so, or the year has no such week.
        """
        written = _WRITTEN.fullmatch(text.strip())
        if written is None:
            raise ValueError(f"{text!r} is not a week such as 2026-W47")
        week = cls(int(written[1]), int(written[2]))
        _ = week.monday  # a week 53 that the year does not have is refused here
        return week

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @property
    def label(self) -> str:
        return f"{self.year}年第{self.number}周"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> Week:
        return Week.of(self.monday - timedelta(days=1))

    def due_on(self, calendar: WorkingCalendar) -> date | None:
        """The reporting day; None when the week has no working day and is skipped.

        Raises:
            CalendarGap: the week lies outside of the calendar.
        """
        return reporting_day(week_of=self.monday, calendar=calendar)
