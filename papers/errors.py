"""Refusals of a paper. Each says what is wrong with the file and what to do."""

from __future__ import annotations

from core.errors import DomainError


class PaperRefused(DomainError):
    """Common ancestor of everything that is wrong with the file itself."""

    code = "paper_refused"


class PaperEmpty(PaperRefused):
    """No bytes."""

    code = "paper_empty"


class PaperTooLarge(PaperRefused):
    """More bytes than the setting allows."""

    code = "paper_too_large"


class PaperKindUnknown(PaperRefused):
    """An extension that is not on the list: programs, scripts, containers, old formats."""

    code = "paper_kind_unknown"


class PaperIsSomethingElse(PaperRefused):
    """The content is not what the extension says."""

    code = "paper_is_something_else"


class PaperDamaged(PaperRefused):
    """Truncated or altered bytes."""

    code = "paper_damaged"


class PaperEncrypted(PaperRefused):
    """A password protects it: nobody could read it, and nothing could check it."""

    code = "paper_encrypted"


class PaperHasProgram(PaperRefused):
    """Macros, scripts or links that run something when the file is opened."""

    code = "paper_has_program"


class PaperIsClassified(PaperRefused):
    """Its name carries a mark of secrecy; this system may not hold state secrets."""

    code = "paper_is_classified"


class PaperInFuture(DomainError):
    """A paper dated after today."""

    code = "paper_in_future"


class PaperHandedInAlready(DomainError):
    """The very same bytes already hang on the same thing."""

    code = "paper_handed_in_already"


class PaperNotCurrent(DomainError):
    """Another version has taken its place, or it was withdrawn."""

    code = "paper_not_current"


class NotOwnPaper(DomainError):
    """Somebody else's paper, and the actor is not of the bureau."""

    code = "not_own_paper"


class WithdrawalNeedsReason(DomainError):
    """Withdrawn without a word of why."""

    code = "withdrawal_needs_reason"
