"""What the outbox refuses."""

from __future__ import annotations

from core.errors import DomainError


class DeliveryNotResendable(DomainError):
    """The mail has left, or is still being tried."""

    code = "delivery_not_resendable"


class MailServerUnreachable(Exception):
    """No connection to the mail server; nothing was claimed, and the next round tries again."""


class RobotKeyUnknown(DomainError):
    """What was given cannot be the key of such a robot."""

    code = "robot_key_unknown"
