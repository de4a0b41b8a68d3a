"""What a workbook was downloaded as, and how each of its rows stands against that.

The base of a comparison is the list as downloaded, overlaid with what earlier uploads of the same
workbook have settled: so the same file twice changes nothing, and a second edit of a cell is no
conflict with one's own first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import User
from accounts.rights import Right, allowed
from core.units import AreaUnit
from officefiles.marks import TemplateMark
from officefiles.values import fold
from projects.models import ImportDraft, ListDownload, Submission
from projects.rules.cells import CELL_KEYS, cells_of, shown_cell
from projects.rules.choices import Vocabulary
from projects.rules.columns import BY_KEY
from projects.rules.facts import ListRow
from projects.rules.three_way import CellVerdict, Choice, Standing, Take

_ROW_KEY = re.compile(r"^R(\d{1,18})$", re.ASCII)
_CELL_KEYS = frozenset(CELL_KEYS)


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A project as downloaded: its cells, and what the computed columns said."""

    cells: Mapping[str, str]
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """What is known of a workbook that came back.

    Attributes:
        rows: base by project.
        names: of the projects that were downloaded, for naming those that are missing.
        choices: by project and key.
        is_office: handed in by somebody who may correct projects.
    """

    download: ListDownload
    rows: Mapping[int, BaseRow]
    names: Mapping[int, str]
    choices: Mapping[int, Mapping[str, Choice]]
    is_office: bool

    def project_ids(self, rows: Sequence[ListRow]) -> dict[int, int]:
        """Row number → project, for the rows that say who they are.

        A row that was copied to write a new project below it carries its key twice: the one that
        still has the project's name or code is the project.
        """
        claims: dict[int, list[ListRow]] = defaultdict(list)
        for row in rows:
            found = _ROW_KEY.match(row.key)
            if found and int(found[1]) in self.rows:
                claims[int(found[1])].append(row)
        return {row.row: pk for pk, claimants in claims.items() for row in self._owners(pk, claimants)}

    def _owners(self, pk: int, claimants: list[ListRow]) -> list[ListRow]:
        if len(claimants) == 1:
            return claimants
        cells = self.rows[pk].cells
        alike = [
            row
            for row in claimants
            if fold(row.facts.name) == fold(cells.get("name", ""))
            or (row.facts.code and fold(row.facts.code) == fold(cells.get("code", "")))
        ]
        return alike if len(alike) == 1 else claimants


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """One cell with its three values for reading, and what was chosen."""

    verdict: CellVerdict
    label: str
    base: str
    stored: str
    uploaded: str

    @property
    def key(self) -> str:
        return self.verdict.key

    @property
    def standing(self) -> str:
        return self.verdict.standing.value

    @property
    def take(self) -> str:
        return self.verdict.take.value if self.verdict.take else ""

    @property
    def writes(self) -> bool:
        return self.verdict.writes

    @property
    def is_open(self) -> bool:
        return self.verdict.is_open

    @property
    def is_choosable(self) -> bool:
        return self.verdict.is_choosable

    def as_dict(self) -> dict[str, Any]:
        """For the API and for a preview that is kept; `cell` are the exact texts."""
        return {
            "key": self.key,
            "label": self.label,
            "standing": self.standing,
            "base": self.base,
            "stored": self.stored,
            "uploaded": self.uploaded,
            "take": self.take,
            "writes": self.writes,
            "is_open": self.is_open,
            "is_choosable": self.is_choosable,
            "cell": {"stored": self.verdict.stored, "uploaded": self.verdict.uploaded},
        }


def cell_label(key: str) -> str:
    """The word for a column in messages: as our own template prints it."""
    return BY_KEY[key].spec.label


def preview_cell(
    verdict: CellVerdict, words: Vocabulary, unit_names: dict[str, str], area_unit: AreaUnit
) -> PreviewCell:
    """A verdict with its values in words, areas in the unit of the workbook."""
    values = (verdict.base, verdict.stored, verdict.uploaded)
    base, stored, uploaded = (
        shown_cell(verdict.key, text, choices=words, unit_names=unit_names, area_unit=area_unit)
        for text in values
    )
    return PreviewCell(verdict, cell_label(verdict.key), base, stored, uploaded)


def download_of(*, mark: TemplateMark | None, actor: User) -> ListDownload | None:
    """The download a workbook says it comes from, if the actor may know of it. One query at most."""
    if mark is None or not mark.is_keyed:
        return None
    return ListDownload.objects.visible_to(actor).defer("rows").filter(key=mark.key).first()


def round_trip_of(*, draft: ImportDraft, actor: User) -> RoundTrip | None:
    """The base of a draft that came back; None for any other. Two queries."""
    if draft.download_id is None:
        return None
    download = ListDownload.objects.get(pk=draft.download_id)
    rows = {row["id"]: BaseRow(row["cells"], row["told"]) for row in download.rows}
    names = {pk: row.cells.get("name", "") for pk, row in rows.items()}
    settled = Submission.objects.filter(download=download, state=Submission.State.CONFIRMED).order_by("pk")
    for synced in settled.values_list("synced", flat=True):
        for pk, cells in synced.items():
            known = rows.get(int(pk), BaseRow({}))
            rows[int(pk)] = replace(known, cells={**known.cells, **cells})
    return RoundTrip(
        download=download,
        rows=rows,
        names=names,
        choices=choices_of(draft),
        is_office=allowed(actor, Right.EDIT_PROJECT),
    )


def choices_of(draft: ImportDraft) -> dict[int, dict[str, Choice]]:
    """What the draft's owner has chosen, by project and key."""
    return {
        int(pk): {
            key: Choice(Take(chosen["take"]), chosen["stored"], chosen["uploaded"])
            for key, chosen in cells.items()
        }
        for pk, cells in draft.choices.items()
    }


def uploaded_cells(row: ListRow, keys: Sequence[str]) -> dict[str, str | None]:
    """What a row of the file says in each of its columns; None where it is no value."""
    stated = cells_of(row.facts)
    return {key: stated.get(key) or ("" if key in row.blank else None) for key in keys if key in _CELL_KEYS}


def is_edit(verdict: CellVerdict) -> bool:
    """Whether somebody changed the cell in the file."""
    return verdict.standing is not Standing.THEIRS
