"""What the deadline engine refuses."""

from __future__ import annotations

from core.errors import DomainError


class CalendarGap(DomainError):
    """A count needs a year whose working days nobody has published.

    Raised beyond the span of a calendar, and by a strict calendar as soon as a provisional
    year is touched. `facts["year"]` is the first year that is missing.
    """

    code = "calendar_not_published"

    def __init__(self, *, year: int) -> None:
        super().__init__(
            f"{year}年放假安排尚未录入，无法推算工作日；请先在工作日历中录入该年国务院办公厅通知。",
            year=year,
        )
        self.year = year


class DeadlineClosed(DomainError):
    """The promise is kept or cancelled; its numbers stand still."""

    code = "deadline_closed"


class AlreadyPaused(DomainError):
    """A pause is open; a second one would hide the first."""

    code = "already_paused"


class NotPaused(DomainError):
    """There is no open pause to end."""

    code = "not_paused"


class DateOutOfOrder(DomainError):
    """A date lies in the future, before the start, or before what it should follow."""

    code = "date_out_of_order"


class PauseReasonUnlawful(DomainError):
    """The reason may not stop this clock, or nothing proves it."""

    code = "pause_reason_unlawful"


class NoSuchLine(DomainError):
    """The deadline has no such line, or it cannot be extended."""

    code = "no_such_line"


class NoticeUnreadable(DomainError):
    """A pasted notice contradicts itself or the calendar; `facts["problems"]` says where."""

    code = "notice_unreadable"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("通知内容有问题，没有录入；请对照原文核对。", problems=problems)
