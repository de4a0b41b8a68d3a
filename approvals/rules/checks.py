"""组卷检查: whether a set of papers may go out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class PaperState(StrEnum):
    """How one paper of the list stands. Values are those of the tables."""

    OK = "OK"
    MISSING = "MISSING"
    PROMISED = "PROMISED"


class SetResult(StrEnum):
    """What the check says of the set. Values are those of the tables."""

    READY = "READY"
    PROMISED = "PROMISED"
    NOT_READY = "NOT_READY"


def set_result(states: Iterable[str]) -> SetResult:
    """A missing paper holds the set back; promised ones let it go, said so; else it is complete.

    Source: mechanisms.md S1-17 (组卷质量), S0-16 (容缺).
    """
    found = set(states)
    if PaperState.MISSING in found:
        return SetResult.NOT_READY
    return SetResult.PROMISED if PaperState.PROMISED in found else SetResult.READY
