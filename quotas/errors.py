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
