"""Which desk a matter belongs to: questions to the bureau, requests upward, what follows an approval."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Desk(StrEnum):
    """Where matters are raised and answered. Values stand in addresses."""

    QUESTIONS = "questions"
    UPWARD = "upward"
    AFTER = "after-approval"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {Desk.QUESTIONS: "业务咨询", Desk.UPWARD: "向上汇报", Desk.AFTER: "批后事项"}
KINDS_OF_DESK: Mapping[Desk, tuple[str, ...]] = {
    Desk.QUESTIONS: ("QUESTION",),
    Desk.UPWARD: ("GUIDANCE", "SUPPORT"),
    Desk.AFTER: ("PUBLICATION", "VILLAGE_NOTICE", "DISCLOSURE", "PETITION"),
}


def desk_of(kind: str) -> Desk:
    """The desk of a kind of matter."""
    return next(desk for desk, kinds in KINDS_OF_DESK.items() if kind in kinds)
