"""When silence is consent, which answers count, and what a round comes to. From values alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)


class Verdict(StrEnum):
    """A department's answer."""

    AGREE = "AGREE"
    CONDITIONAL = "CONDITIONAL"
    DISAGREE = "DISAGREE"
    NOT_INVOLVED = "NOT_INVOLVED"
    MORE_NEEDED = "MORE_NEEDED"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_final(self) -> bool:
        """Whether it ends the request; asking for more material does not."""
        return self is not Verdict.MORE_NEEDED


_LABELS = {
    Verdict.AGREE: "同意",
    Verdict.CONDITIONAL: "有条件同意",
    Verdict.DISAGREE: "不同意",
    Verdict.NOT_INVOLVED: "不涉及",
    Verdict.MORE_NEEDED: "需补充材料",
}


class StartsAt(StrEnum):
    """Which event is day 0 of the limit for an answer."""

    RECEIPT = "RECEIPT"
    SENDING = "SENDING"


class Ending(StrEnum):
    """How a request came to its end."""

    ANSWERED = "ANSWERED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"


def answer_gaps(*, verdict: Verdict, text: str, conditions: str) -> str:
    """What an answer lacks, as a sentence for the department; empty when nothing is missing."""
    if verdict is Verdict.CONDITIONAL and not conditions.strip():
        return "有条件同意须逐条写明条件。"
    if verdict is Verdict.DISAGREE and not text.strip():
        return "不同意须写明理由和依据。"
    if verdict is Verdict.MORE_NEEDED and not text.strip():
        return "需补充材料的，须写明补充哪些材料。"
    return ""


def day_zero(*, starts_at: StartsAt, sent_on: date, received_on: date | None) -> date:
    """The day from which the limit counts, itself not counted.

    Counting from the receipt, an unregistered receipt leaves the day of sending.

    Source: S4 二(一)2 接到征求意见后; domain.md 4, 默示同意.
    """
    if starts_at is StartsAt.SENDING or received_on is None:
        return sent_on
    return received_on


def effective_on(due_on: date) -> date:
    """The day at whose 00:00 silence becomes consent: the next calendar day, worked or not.

    Source: rulings, Deadline; golden D10.
    """
    return due_on + ONE_DAY


def has_lapsed(*, may_lapse: bool, due_on: date | None, today: date) -> bool:
    """Whether silence is consent on `today`, whenever the system notices.

    Args:
        may_lapse: the kind of round; nothing but an opinion on a site may lapse.
        due_on: the last day for an answer; None while the clock stands still.
    """
    return may_lapse and due_on is not None and today >= effective_on(due_on)


def is_late(*, due_on: date | None, today: date) -> bool:
    """Whether an answer given on `today` comes after the last day for it."""
    return due_on is not None and today > due_on


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that is over. `verdict`: of an answer in time; None where there was none."""

    ending: Ending
    verdict: Verdict | None = None


class Outcome(StrEnum):
    """What a round comes to as a whole."""

    CONSENT = "CONSENT"
    CONDITIONAL = "CONDITIONAL"
    OBJECTED = "OBJECTED"
    NONE = "NONE"

    @property
    def label(self) -> str:
        return {
            "CONSENT": "均无不同意见",
            "CONDITIONAL": "有条件同意，须落实条件",
            "OBJECTED": "有不同意见，须协调",
            "NONE": "没有有效意见",
        }[self.value]


def outcome_of(requests: Iterable[Ended]) -> Outcome:
    """The gravest word wins; silence that lapsed counts as consent, what was withdrawn not at all."""
    words = [_word(ended) for ended in requests if ended.ending is not Ending.WITHDRAWN]
    if not words:
        return Outcome.NONE
    if Verdict.DISAGREE in words:
        return Outcome.OBJECTED
    if Verdict.CONDITIONAL in words:
        return Outcome.CONDITIONAL
    return Outcome.CONSENT


def _word(ended: Ended) -> Verdict | None:
    return Verdict.AGREE if ended.ending is Ending.LAPSED else ended.verdict
