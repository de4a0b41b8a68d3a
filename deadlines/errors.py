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
