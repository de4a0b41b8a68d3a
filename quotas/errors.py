"""What the regulating pool refuses."""

from __future__ import annotations

from core.errors import DomainError


class InsufficientQuota(DomainError):
    """An account would fall below zero."""

    code = "insufficient_quota"


class DifferentInstruments(DomainError):
    """A movement would join accounts of two instruments."""

    code = "different_instruments"


class AlreadyReversed(DomainError):
    """The movement was reversed before, or is a reversal itself."""

    code = "already_reversed"


class RepeatedRequestDiffers(DomainError):
    """The same request key came with another content."""

    code = "repeated_request_differs"


class ReservationClosed(DomainError):
    """The reservation was posted or released before, or is not in the state the verb needs."""

    code = "reservation_closed"


class ReservationNotLocked(DomainError):
    """Quota is posted only from a reservation that the government's approval has locked."""

    code = "reservation_not_locked"


class MoreThanReserved(DomainError):
    """More would be posted or released than the line still sets aside."""

    code = "more_than_reserved"


class NotReservable(DomainError):
    """The lines do not name accounts with quota to set aside."""

    code = "not_reservable"


class AlreadyListed(DomainError):
    """The county stands on the negative list of this pool."""

    code = "already_listed"


class AlreadyRemoved(DomainError):
    """The listing was removed before."""

    code = "already_removed"
