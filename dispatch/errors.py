"""What the weekly round refuses."""

from __future__ import annotations

from core.errors import DomainError


class WeekSkipped(DomainError):
    """The week has no working day, so nothing is reported."""

    code = "week_skipped"


class WeekNotBegun(DomainError):
    """A week that has not begun cannot be frozen."""

    code = "week_not_begun"


class RoundNotFrozen(DomainError):
    """A county's ledger is cut out of the prefecture's, which does not exist yet."""

    code = "round_not_frozen"


class ReasonMissing(DomainError):
    """A frozen round is opened again for a stated reason only."""

    code = "reason_missing"


class RoundClosesTooEarly(DomainError):
    """The new last day has passed already."""

    code = "round_closes_too_early"


class RoundIsFrozen(DomainError):
    """What was reported in a frozen round stays as it is until the office opens it again."""

    code = "round_is_frozen"


class NothingSaid(DomainError):
    """A report confirms that nothing changed, or says what did."""

    code = "nothing_said"


class RuleOutOfOrder(DomainError):
    """A dated rule follows the newest one of its kind."""

    code = "rule_out_of_order"


class TargetsRefused(DomainError):
    """A goal or a table of targets that cannot be taken in as it is."""

    code = "targets_refused"


class AppraisalRefused(DomainError):
    """A score sheet, an excuse or an objection that cannot be taken as it is."""

    code = "appraisal_refused"


class AbsenceOutOfOrder(DomainError):
    """An absence ends on the day it begins, or later."""

    code = "absence_out_of_order"


class AbsenceOverlaps(DomainError):
    """Nobody is away twice on a day."""

    code = "absence_overlaps"


class DeputyUnfit(DomainError):
    """Another active person stands in."""

    code = "deputy_unfit"


class CircularNotReady(DomainError):
    """A circular is drafted, then approved, then issued; each once."""

    code = "circular_not_ready"


class CopiesMissing(DomainError):
    """A circular goes to somebody."""

    code = "copies_missing"
