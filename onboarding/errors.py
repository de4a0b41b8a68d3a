"""What bringing in refuses."""

from __future__ import annotations

from core.errors import DomainError


class LedgerLate(DomainError):
    """The ledger is of a day that has not come."""

    code = "ledger_late"


class WrongState(DomainError):
    """Taken, undone or signed off already."""

    code = "bringing_state"


class NothingToTake(DomainError):
    """No row of the ledger can be brought in."""

    code = "nothing_to_bring_in"


class WorkedOn(DomainError):
    """Something was done with what was brought in, so it cannot be taken back whole."""

    code = "brought_in_worked_on"


class NotReconciled(DomainError):
    """Totals differ and nothing says why."""

    code = "not_reconciled"


class SameHands(DomainError):
    """Who brought in does not sign it off."""

    code = "signed_by_the_same"


class NoDayToBegin(DomainError):
    """Live needs the day from which."""

    code = "no_day_to_begin"


class PeopleRefused(DomainError):
    """The sheet names nobody, too many, or somebody who cannot be."""

    code = "people_refused"
