"""What the services of a project's land and site refuse."""

from __future__ import annotations

from core.errors import DomainError


class OfficeDecides(DomainError):
    """The bureau settled this at adoption; the county may propose, not change."""

    code = "office_decides"


class SharesDisagree(DomainError):
    """The counties' areas do not add up to the project's."""

    code = "shares_disagree"


class ShareOutsidePrefecture(DomainError):
    """A share belongs to a county or park of the project's prefecture."""

    code = "share_outside_prefecture"


class ReasonForDifference(DomainError):
    """Whoever decides otherwise than the rule proposes says why."""

    code = "reason_for_difference"


class RuleChangedMeanwhile(DomainError):
    """The proposal is no longer the one that was read."""

    code = "rule_changed_meanwhile"


class SiteNotOpen(DomainError):
    """The attempt is decided, or another one is still open."""

    code = "site_not_open"


class OutcomeImpossible(DomainError):
    """What was found speaks against the outcome."""

    code = "outcome_impossible"


class SchemeOutOfOrder(DomainError):
    """A scheme is submitted, then answered."""

    code = "scheme_out_of_order"


class RungOutOfOrder(DomainError):
    """The order before new land is asked rung by rung."""

    code = "rung_out_of_order"


class EvidenceMissing(DomainError):
    """The statement needs a paper."""

    code = "evidence_missing"


class StatementIncomplete(DomainError):
    """A statement lacks what makes it one: a reason, an area, a number."""

    code = "statement_incomplete"


class DayInFuture(DomainError):
    """What happened cannot lie after today."""

    code = "day_in_future"


class AdjustmentOpen(DomainError):
    """A case for the same restricted area is under way."""

    code = "adjustment_open"


class RowRefused(DomainError):
    """What was typed for a new project is what an import would refuse."""

    code = "row_refused"


class ProjectNotNew(DomainError):
    """The project is on the list already, or conflicts with one that is."""

    code = "project_not_new"


class BoundaryRefused(DomainError):
    """The file holds no boundary that can be relied on."""

    code = "boundary_refused"


class BoundaryUnexplained(DomainError):
    """What is odd about a boundary wants a word of explanation."""

    code = "boundary_unexplained"


class ShareIncomplete(DomainError):
    """A sharing says what was given, to whom and for what."""

    code = "share_incomplete"
