"""Three values of one cell (as downloaded, as stored now, as uploaded) and what follows from them.

Pure: cells in, verdict out. Source: mechanisms.md, feature 9; domain.md 6.4 (an import never
overwrites a conclusion that the office recorded).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from projects.rules.cells import same_cell
from projects.rules.comparing import OFFICE_OWNED

# Moving a project to another county is no matter of a list; the track decides the steps.
NEVER_BY_FILE: Final = frozenset({"unit"})
DECIDED_WITH_THE_STEPS: Final = frozenset({"track"})


class Standing(StrEnum):
    """How one cell stands."""

    UNCHANGED = "unchanged"  # nobody changed it, or both to the same
    THEIRS = "theirs"  # changed in the system since the download
    OURS = "ours"  # changed in the file
    CONFLICT = "conflict"  # changed in both, differently
    LOCKED = "locked"  # changed in the file, where the office has decided: ignored, and said so
    UNREAD = "unread"  # something stands there that is no value: ignored, and said so


class Take(StrEnum):
    """Whose value a person chose."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was taken, and between which two values: void once either has moved."""

    take: Take
    stored: str
    uploaded: str


@dataclass(frozen=True, slots=True)
class CellVerdict:
    """One cell that is not plainly unchanged, with its three values."""

    key: str
    standing: Standing
    base: str
    stored: str
    uploaded: str
    take: Take | None = None

    @property
    def writes(self) -> bool:
        """Whether confirming writes the file's value."""
        if self.standing is Standing.OURS:
            return self.take is not Take.THEIRS
        return self.standing is Standing.CONFLICT and self.take is Take.OURS

    @property
    def is_open(self) -> bool:
        """Whether a person has still to choose."""
        return self.standing is Standing.CONFLICT and self.take is None

    @property
    def is_choosable(self) -> bool:
        return self.standing in (Standing.CONFLICT, Standing.OURS)

    @property
    def is_settled(self) -> bool:
        """Whether the file's edit is dealt with once this upload is confirmed."""
        return self.is_choosable and not self.is_open


def standing_of(key: str, *, base: str, stored: str, uploaded: str | None, locked: bool) -> Standing:
    """How one cell stands.

    Args:
        base, stored: as downloaded, as stored now; "" for blank.
        uploaded: as in the file; "" where the cell was emptied, which is an edit like any other;
            None where something stands in it that could not be read as a value.
        locked: the file may not change this cell.
    """
    if uploaded is None:
        return Standing.UNREAD
    if same_cell(key, uploaded, stored):
        return Standing.UNCHANGED
    if same_cell(key, uploaded, base):
        return Standing.THEIRS
    if locked:
        return Standing.LOCKED
    return Standing.OURS if same_cell(key, base, stored) else Standing.CONFLICT


def judge(
    *,
    base: Mapping[str, str],
    stored: Mapping[str, str],
    uploaded: Mapping[str, str | None],
    locked: Collection[str],
    choices: Mapping[str, Choice],
) -> tuple[CellVerdict, ...]:
    """The cells of one row that are not plainly unchanged, in the order of `uploaded`.

    Args:
        base, stored: cells by key; what is left out is blank.
        uploaded: the cells of the columns that the file has. A column that was taken out of the
            file says nothing about its cells.
        choices: by key. One that was made between other values than these counts no longer.
    """
    verdicts = []
    for key, cell in uploaded.items():
        before, now = base.get(key, ""), stored.get(key, "")
        if cell == now:
            continue
        standing = standing_of(key, base=before, stored=now, uploaded=cell, locked=key in locked)
        if standing is not Standing.UNCHANGED:
            take = _take(choices.get(key), now, cell or "")
            verdicts.append(CellVerdict(key, standing, before, now, cell or "", take))
    return tuple(verdicts)


def agreed(
    *, base: Mapping[str, str], stored: Mapping[str, str], uploaded: Mapping[str, str | None]
) -> dict[str, str]:
    """The cells that both sides brought to the same value: no matter of this upload, but the base of
    the next. Without them an edit back to what was downloaded would be taken for no edit at all."""
    return {
        key: cell
        for key, cell in uploaded.items()
        if cell is not None
        and same_cell(key, cell, stored.get(key, ""))
        and not same_cell(key, cell, base.get(key, ""))
    }


def _take(choice: Choice | None, stored: str, uploaded: str) -> Take | None:
    if choice is None or (choice.stored, choice.uploaded) != (stored, uploaded):
        return None
    return choice.take


def locked_keys(
    *, stored: Mapping[str, str], adopted: bool, decided: Collection[str], is_office: bool
) -> frozenset[str]:
    """The cells of a project that a file may not change.

    Nobody moves a project to another county by a file, nor rewrites the conclusion of a step that
    the office has decided. Of an adopted project the office's fields are the office's, where they
    are filled in; its track stays even in the office's own file, because steps run by it.

    Args:
        decided: keys of columns whose step the office has concluded.
        is_office: the file is handed in by somebody who may correct projects.
    """
    locked = set(NEVER_BY_FILE) | set(decided)
    if adopted:
        fixed = DECIDED_WITH_THE_STEPS if is_office else OFFICE_OWNED
        locked |= {key for key in fixed if stored.get(key)}
    return frozenset(locked)
