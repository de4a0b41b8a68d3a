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
