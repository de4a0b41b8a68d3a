"""What a working ledger says of each project's steps, and whether the database says the same."""

from __future__ import annotations

from onboarding.rules.comparing import CELL_WORDS, StoredStep, agrees, cell_of, stored_words
from onboarding.rules.stated import (
    Cell,
    Said,
    StatedPause,
    StatedStep,
    Statement,
    read_cells,
    read_statement,
)

__all__ = [
    "CELL_WORDS",
    "Cell",
    "Said",
    "StatedPause",
    "StatedStep",
    "Statement",
    "StoredStep",
    "agrees",
    "cell_of",
    "read_cells",
    "read_statement",
    "stored_words",
]
