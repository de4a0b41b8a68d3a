"""What a limit is: how long, in which unit, and what its end means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deadlines.rules.calendar import ONE_DAY, WorkingCalendar


class Unit(StrEnum):
    """What a limit is counted in. Values are those of the step catalogue and the tables."""

    WORKING_DAY = "wd"
    CALENDAR_DAY = "cd"
    MONTH = "month"
    YEAR = "year"

    @property
    def label(self) -> str:
        return _UNIT_LABELS[self]

    @property
    def counted_in(self) -> Unit:
        """What used and remaining are counted in: working days, else calendar days."""
        return Unit.WORKING_DAY if self is Unit.WORKING_DAY else Unit.CALENDAR_DAY


class LineKind(StrEnum):
    """What the end of a limit means.

    MAX: act until then. MIN: wait until then (公告不少于). VALIDITY: a paper is good until then.
    DEEMED_CONSENT: silence until then is consent.
    """

    MAX = "max"
    MIN = "min"
    VALIDITY = "validity"
    DEEMED_CONSENT = "deemed_consent"

    @property
    def label(self) -> str:
        return _KIND_LABELS[self]


class LineName(StrEnum):
    """The two lines of a deadline: what the office promised and what the law demands."""

    COMMITTED = "committed"
    STATUTORY = "statutory"

    @property
    def label(self) -> str:
        return _LINE_LABELS[self]


_UNIT_LABELS = {
    Unit.WORKING_DAY: "个工作日",
    Unit.CALENDAR_DAY: "日",
    Unit.MONTH: "个月",
    Unit.YEAR: "年",
}
_KIND_LABELS = {
    LineKind.MAX: "办理期限",
    LineKind.MIN: "最短期间",
    LineKind.VALIDITY: "有效期",
    LineKind.DEEMED_CONSENT: "逾期视为同意",
}
_LINE_LABELS = {LineName.COMMITTED: "承诺线", LineName.STATUTORY: "法定线"}


@dataclass(frozen=True, slots=True)
class Line:
    """One limit: `limit` plus a granted `extension`, both in `unit`, counted as one run.

    A reference line (`is_reference`) is shown and never turns a lamp: its basis is unconfirmed.

    Source: 行政许可法 42, 43 (extension runs on without a break); domain.md 2.2.
    """

    limit: int
    unit: Unit = Unit.WORKING_DAY
    kind: LineKind = LineKind.MAX
    extension: int = 0
    is_reference: bool = False

    def __post_init__(self) -> None:
        if self.limit < 0 or self.extension < 0:
            raise ValueError(f"a limit cannot be negative: {self.limit} + {self.extension}")

    @property
    def total(self) -> int:
        return self.limit + self.extension


@dataclass(frozen=True, slots=True)
class Counting:
    """How the office counts; dated settings, so they are passed in.

    roll_nonworking_start: what arrives on a day off counts as received on the next working day.
    start_day_counts: the day of the event is day 1 instead of day 0 (limits in days only).

    Source: 民法典 201; rulings and domain.md 2.2 for the defaults.
    """

    roll_nonworking_start: bool = False
    start_day_counts: bool = False

    def day_zero(self, *, start: date, unit: Unit, calendar: WorkingCalendar) -> date:
        """The day after which counting begins."""
        day = calendar.on_or_after(start) if self.roll_nonworking_start else start
        if self.start_day_counts and unit in (Unit.WORKING_DAY, Unit.CALENDAR_DAY):
            return day - ONE_DAY
        return day


DEFAULT_COUNTING = Counting()
