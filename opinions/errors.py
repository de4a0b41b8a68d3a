"""What the rounds of opinions refuse."""

from __future__ import annotations

from core.errors import DomainError


class RoundNotDraft(DomainError):
    code = "round_not_draft"


class RoundEmpty(DomainError):
    code = "round_empty"


class RoundStillOpen(DomainError):
    code = "round_still_open"


class RequestClosed(DomainError):
    code = "request_closed"


class AnswerIncomplete(DomainError):
    code = "answer_incomplete"


class DayOutOfOrder(DomainError):
    code = "day_out_of_order"


class ReasonMissing(DomainError):
    code = "reason_missing"


class NotOwnDepartment(DomainError):
    code = "not_own_department"


class NotOwnRound(DomainError):
    code = "not_own_round"


class NothingToSupply(DomainError):
    code = "nothing_to_supply"


class LapseUnlawful(DomainError):
    code = "lapse_unlawful"


class TooManyPapers(DomainError):
    code = "too_many_papers"


class LinkRefused(Exception):
    """The link opens nothing; why is nobody's business (altered, expired, used, revoked, another's)."""
