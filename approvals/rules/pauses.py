"""Pauses that ask to be looked at: lawful each, and too long, too many, late or without proof."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from approvals.rules.late import is_entered_late
from deadlines.rules import WorkingCalendar, latest_day_before

HEARING = "HEARING"
HEARING_NOTICE_DAYS = 7


class PauseFlag(StrEnum):
    """What is to be asked about a pause. Values stand in addresses."""

    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    ENTERED_LATE = "entered_late"
    END_PASSED = "end_passed"
    NO_END = "no_end"
    NO_PAPER = "no_paper"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    PauseFlag.TOO_LONG: "时间过长",
    PauseFlag.TOO_MANY: "次数过多",
    PauseFlag.ENTERED_LATE: "事后补录",
    PauseFlag.END_PASSED: "已过预计结束",
    PauseFlag.NO_END: "未定预计结束",
    PauseFlag.NO_PAPER: "无凭证文件",
}


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """One pause as the review reads it.

    promise, kind: which promise it stopped, and why: together they are counted. usual_days: working
    days; None asks about no length. usual_number: None asks about no number.
    """

    pk: int
    promise: int
    kind: str
    first_on: date
    last_on: date | None
    entered_on: date
    expected_end_on: date | None
    has_paper: bool
    usual_days: int | None = None
    usual_number: int | None = None


@dataclass(frozen=True, slots=True)
class PauseReview:
    """days: working days so far, both ends included. number: the how-manieth of its kind."""

    days: int
    number: int
    flags: tuple[PauseFlag, ...]

    @property
    def labels(self) -> list[str]:
        return [flag.label for flag in self.flags]


def review_pauses(
    pauses: Iterable[PauseFacts], *, today: date, grace_days: int, calendar: WorkingCalendar
) -> Mapping[int, PauseReview]:
    """What is to be asked about each pause, by its pk.

    Args:
        pauses: all pauses of the promises they belong to, else they are counted too few.
        grace_days: working days within which an entry is in time.

    Source: mechanisms.md, feature 2 (too long, too many or added after the fact; proof behind each).
    """
    found: dict[int, PauseReview] = {}
    numbers: dict[tuple[int, str], int] = {}
    for pause in sorted(pauses, key=lambda row: (row.first_on, row.pk)):
        key = (pause.promise, pause.kind)
        numbers[key] = numbers.get(key, 0) + 1
        days = calendar.count(pause.first_on - timedelta(days=1), pause.last_on or today)
        late = is_entered_late(
            occurred_on=pause.first_on, entered_on=pause.entered_on, grace_days=grace_days, calendar=calendar
        )
        flags = tuple(_flags(pause, days=days, number=numbers[key], is_late=late, today=today))
        found[pause.pk] = PauseReview(days, numbers[key], flags)
    return found


def _flags(pause: PauseFacts, *, days: int, number: int, is_late: bool, today: date) -> Iterable[PauseFlag]:
    is_open = pause.last_on is None
    if pause.usual_days is not None and days > pause.usual_days:
        yield PauseFlag.TOO_LONG
    if pause.usual_number is not None and number > pause.usual_number:
        yield PauseFlag.TOO_MANY
    if is_late:
        yield PauseFlag.ENTERED_LATE
    if is_open and pause.expected_end_on is not None and pause.expected_end_on < today:
        yield PauseFlag.END_PASSED
    if is_open and pause.expected_end_on is None:
        yield PauseFlag.NO_END
    if not pause.has_paper:
        yield PauseFlag.NO_PAPER


def usual_end(first_on: date, usual_days: int | None, calendar: WorkingCalendar) -> date | None:
    """The last day of a pause of the usual length, both ends included; None where none is usual."""
    if not usual_days:
        return None
    return calendar.nth_working_day(first_on - timedelta(days=1), usual_days)


def notice_due(kind_code: str, first_on: date, calendar: WorkingCalendar) -> date | None:
    """By when those concerned must have been told of an event; None where no law says.

    Source: 行政许可法 48(一), seven working days before a hearing; golden D37.
    """
    if kind_code != HEARING:
        return None
    return latest_day_before(event=first_on, working_days=HEARING_NOTICE_DAYS, calendar=calendar)
