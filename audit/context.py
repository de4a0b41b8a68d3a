"""From where the present request comes, and what it has already put into the log."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from pghistory import runtime


@dataclass(slots=True)
class Said:
    """`verbs`: what the log has been told while this lasted."""

    address: str | None = None
    verbs: set[str] = field(default_factory=set)


_said: ContextVar[Said | None] = ContextVar("said", default=None)


@contextmanager
def coming_from(address: str | None) -> Iterator[Said]:
    """While this lasts, entries carry the address."""
    said = Said(address)
    token = _said.set(said)
    try:
        yield said
    finally:
        _said.reset(token)


def said_so_far() -> Said:
    """Of the present request; of nobody in a worker or a command."""
    return _said.get() or Said()


def request_id() -> uuid.UUID:
    """The id under which pghistory notes what the present request or job changes; outside one, a new one.

    `pghistory.context` would say the same, and for it put a listener of its own on the connection and
    take it off again.
    """
    known = getattr(runtime._tracker, "value", None)
    return uuid.uuid4() if known is None else known.id
