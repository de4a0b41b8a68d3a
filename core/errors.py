"""Errors a person can act on. Anything else is a bug and travels up to the error tracker."""

from __future__ import annotations


class DomainError(Exception):
    """The system refuses, for a reason the reader can understand and put right.

    Subclasses live in the app that raises them and set `code`, a stable slug that clients
    may match on.

    Args:
        message: one Chinese sentence for the person at the screen: what is wrong, then what
            to do. No ids, no class names, no exclamation mark.
        facts: machine-readable values behind the sentence. The API returns them and tests
            assert on them.
    """

    code = "refused"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts
