"""In which order an agenda takes its topics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CLASSES = ("URGENT", "KEY", "ORDINARY", "RESERVE")


def class_rank(priority_class: str) -> int:
    """急需, 重点, 一般, 预备; a topic without a class, or without a project, comes last."""
    return CLASSES.index(priority_class) if priority_class in CLASSES else len(CLASSES)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A topic that waits for a meeting. `days_stuck`: calendar days since it was stuck."""

    topic_id: int
    priority_class: str
    days_stuck: int


def agenda_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """By class, within it the longest stuck first; equal ones in the order in which they were raised."""
    return sorted(candidates, key=lambda c: (class_rank(c.priority_class), -c.days_stuck, c.topic_id))
