"""From where the present request comes, and what it has already put into the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


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
