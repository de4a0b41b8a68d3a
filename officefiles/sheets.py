"""What a workbook holds once it has been read: plain values, whatever the file format was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

# bool before Decimal in every isinstance chain: a tick box is not a number.
CellValue = str | Decimal | date | bool | None


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A block of merged cells, 1-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Rows and columns are counted from 1, as the person at the screen sees them.

    Attributes:
        rows: values from row 1 on; a row ends with its last filled cell.
        uncached: formula cells that were saved without a result.
        broken: cells whose formula ended in an error, with its text (`#REF!`).
    """

    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    hidden: bool = False
    merges: tuple[MergedRange, ...] = ()
    uncached: frozenset[tuple[int, int]] = frozenset()
    broken: Mapping[tuple[int, int], str] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    def value(self, row: int, column: int) -> CellValue:
        """The value at a place; None beyond the filled area."""
        if not 0 < row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 0 < column <= len(cells) else None

    def numbered_rows(self) -> Iterator[tuple[int, tuple[CellValue, ...]]]:
        return enumerate(self.rows, start=1)


@dataclass(frozen=True, slots=True)
class Workbook:
    filename: str
    sheets: tuple[Sheet, ...]

    @property
    def visible_sheets(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if not sheet.hidden)

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def column_letters(column: int) -> str:
    """`1` → `A`, `28` → `AB`."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """`(7, 9)` → `I7`."""
    return f"{column_letters(column)}{row}"
