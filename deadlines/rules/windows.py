"""Windows in which silence speaks: deemed consent, and acceptance after a silent office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from deadlines.rules.calendar import ONE_DAY, WorkingCalendar
from deadlines.rules.due import due_of
from deadlines.rules.lines import DEFAULT_COUNTING, Counting, Line, LineKind, LineName
from deadlines.rules.pauses import Pause


class ConsentStatus(StrEnum):
    WITHIN_LIMIT = "within_limit"
    ANSWERED = "answered"
    DEEMED_CONSENT = "deemed_consent"
    ANSWERED_LATE = "answered_late"

    @property
    def label(self) -> str:
        return _CONSENT_LABELS[self]


_CONSENT_LABELS = {
    ConsentStatus.WITHIN_LIMIT: "反馈期内",
    ConsentStatus.ANSWERED: "已反馈",
    ConsentStatus.DEEMED_CONSENT: "逾期未反馈，视为同意",
    ConsentStatus.ANSWERED_LATE: "逾期，已视为同意",
}


@dataclass(frozen=True, slots=True)
class ConsentWindow:
    """A request for an opinion. `due` is the last day for an answer, None under an open pause.

    `effective_on`: the day at whose 00:00 silence becomes consent, day off or not.
    """

    due: date | None
    effective_on: date | None
    is_provisional: bool

    def status_on(self, day: date, *, answered_on: date | None = None) -> ConsentStatus:
        """What holds on `day`. A late answer is kept as such and changes nothing."""
        answered = answered_on if answered_on is not None and answered_on <= day else None
        if answered is not None and (self.due is None or answered <= self.due):
            return ConsentStatus.ANSWERED
        if self.effective_on is None or day < self.effective_on:
            return ConsentStatus.WITHIN_LIMIT
        return ConsentStatus.DEEMED_CONSENT if answered is None else ConsentStatus.ANSWERED_LATE


def consent_window(
    *,
    received: date,
    limit: Line,
    calendar: WorkingCalendar,
    pauses: Sequence[Pause] = (),
    counting: Counting = DEFAULT_COUNTING,
) -> ConsentWindow:
    """Until when a department may answer and from when its silence is consent.

    Raises:
        CalendarGap: the count needs a day outside of the calendar.

    Source: S4 二(一)2; rulings, "Deadline"; golden D10, D41.
    """
    due = due_of(
        line=limit,
        start=received,
        calendar=calendar,
        pauses=pauses,
        name=LineName.STATUTORY,
        counting=counting,
    )
    return ConsentWindow(due=due.on, effective_on=due.earliest_next, is_provisional=due.is_provisional)


class AcceptanceStatus(StrEnum):
    ACCEPTED = "accepted"
    NOTICE_PENDING = "notice_pending"
    CORRECTING = "correcting"
    DEEMED_ACCEPTED = "deemed_accepted"


@dataclass(frozen=True, slots=True)
class CorrectionWindow:
    """Incomplete papers, the office's one notice of what is missing, and what follows from it.

    notice_deadline: the last day for the notice.
    is_notice_in_time: False also while no notice was given.
    accepted_on: the day the handling limit starts from: of the complete papers after a notice
        in time, else of the first papers; None while the applicant still corrects.
    deemed_accepted_on: the same when it follows from silence; None after a notice in time.
    deemed_accepted_from: the first day on which the silence is certain; None after a notice in time.
    statutory_due: the end of the handling limit; None while accepted_on is.
    """

    notice_deadline: date
    is_notice_in_time: bool
    accepted_on: date | None
    deemed_accepted_on: date | None
    deemed_accepted_from: date | None
    statutory_due: date | None
    is_provisional: bool

    def status_on(self, day: date) -> AcceptanceStatus:
        """What holds on `day`, as far as the facts given here had happened by then."""
        if self.is_notice_in_time:
            is_complete = self.accepted_on is not None and self.accepted_on <= day
            return AcceptanceStatus.ACCEPTED if is_complete else AcceptanceStatus.CORRECTING
        if self.deemed_accepted_from is not None and day >= self.deemed_accepted_from:
            return AcceptanceStatus.DEEMED_ACCEPTED
        return AcceptanceStatus.NOTICE_PENDING


NOTICE_LIMIT = Line(limit=5, kind=LineKind.MAX)


def correction_window(
    *,
    received: date,
    handling: Line,
    calendar: WorkingCalendar,
    notified_on: date | None = None,
    completed_on: date | None = None,
    notice_limit: Line = NOTICE_LIMIT,
    pauses: Sequence[Pause] = (),
    counting: Counting = DEFAULT_COUNTING,
) -> CorrectionWindow:
    """When an application counts as accepted, and when it must then be decided.

    Told in time (the last day included), the applicant corrects, and the limit runs from the
    day the papers are complete. Told late or not at all, the papers count as accepted on the
    day they were received; that is certain from the day after the window.

    Args:
        received: the day the first, incomplete papers came in.
        notified_on: the day of the one notice that lists everything missing.
        completed_on: the day the missing papers came in; without effect unless told in time.

    Raises:
        CalendarGap: the count needs a day outside of the calendar.

    Source: 行政许可法 32(四), 42; golden D18.
    """
    window = due_of(line=notice_limit, start=received, calendar=calendar, counting=counting)
    deadline = window.on
    if deadline is None:  # no pauses were handed in, so the end is always known
        raise ValueError("a notice window cannot be paused")
    in_time = notified_on is not None and notified_on <= deadline
    accepted_on = completed_on if in_time else received
    due, is_provisional = None, window.is_provisional
    if accepted_on is not None:
        ends = due_of(
            line=handling,
            start=accepted_on,
            calendar=calendar,
            pauses=pauses,
            name=LineName.STATUTORY,
            counting=counting,
        )
        due, is_provisional = ends.on, is_provisional or ends.is_provisional
    return CorrectionWindow(
        notice_deadline=deadline,
        is_notice_in_time=in_time,
        accepted_on=accepted_on,
        deemed_accepted_on=None if in_time else received,
        deemed_accepted_from=None if in_time else deadline + ONE_DAY,
        statutory_due=due,
        is_provisional=is_provisional,
    )
