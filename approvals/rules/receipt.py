"""Receipt, the one notice of what is missing, and the acceptance that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Receipt:
    """Papers that came in. `notice_until` is the last day for the one notice of what is missing."""

    received_on: date
    notice_until: date
    notified_on: date | None = None

    @property
    def was_told_in_time(self) -> bool:
        return self.notified_on is not None and self.notified_on <= self.notice_until

    def is_deemed_accepted(self, today: date) -> bool:
        """Whether the office's silence has made the papers accepted; certain once the window is over."""
        return not self.was_told_in_time and today > self.notice_until


def binding_acceptance_day(receipt: Receipt, *, accepted_on: date) -> date | None:
    """The only lawful day of acceptance when `accepted_on` is not it; None when it is lawful.

    Told in time, the applicant completes the papers: any day from the notice on. Not told, the
    papers may be accepted within the window; after it they are accepted since their receipt,
    whatever day the office would like.

    Source: 行政许可法 32(四); golden D18.
    """
    if receipt.notified_on is not None and receipt.was_told_in_time:
        return receipt.notified_on if accepted_on < receipt.notified_on else None
    if accepted_on < receipt.received_on or accepted_on > receipt.notice_until:
        return receipt.received_on
    return None
