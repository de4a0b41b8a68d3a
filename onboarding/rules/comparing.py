"""Does a stored step say what its cell in the ledger says? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from onboarding.rules.stated import BEGINNINGS, Cell, Said

CELL_WORDS = {
    Said.NOTHING: "未写",
    Said.OPEN: "未办",
    Said.RUNNING: "在办",
    Said.DONE: "已办",
    Said.NOT_INVOLVED: "不涉及",
}


@dataclass(frozen=True, slots=True)
class StoredStep:
    """A step as the database has it; `status` is a value of approvals.rules.Status."""

    status: str
    began_on: date | None
    ended_on: date | None


def cell_of(key: str, step: StoredStep) -> Cell:
    """What the column `key` would say of a stored step."""
    if step.status == "NOT_INVOLVED":
        return Cell(Said.NOT_INVOLVED)
    if key in BEGINNINGS:
        if step.began_on is not None:
            return Cell(Said.DONE, step.began_on)
        return Cell(Said.DONE if step.status == "DONE" else Said.OPEN, step.ended_on)
    if step.status == "DONE":
        return Cell(Said.DONE, step.ended_on)
    return Cell(Said.RUNNING if step.status in ("RUNNING", "PAUSED") else Said.OPEN)


def agrees(stated: Cell, stored: Cell) -> bool:
    """Whether nothing of what the ledger states is otherwise in the database.

    A step that the ledger calls not done may be one that the track does not ask for. A day counts
    only where the ledger states one.
    """
    if stated.said is Said.NOTHING:
        return True
    if stated.is_dated and stated.on != stored.on:
        return False
    idle = (Said.OPEN, Said.NOT_INVOLVED)
    return stated.said is stored.said or (stated.said is Said.OPEN and stored.said in idle)


def stored_words(cell: Cell) -> str:
    """A cell as a person reads it: the day, else the word."""
    return cell.on.isoformat() if cell.on is not None else CELL_WORDS[cell.said]
