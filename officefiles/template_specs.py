"""What a list template consists of. Plain values; `officefiles.writing.write_template` prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

TemplateValue = str | int | Decimal | date | None


class Entry(StrEnum):
    """What may be typed into a column."""

    TEXT = "text"
    CHOICE = "choice"
    AREA = "area"
    MONEY = "money"
    PAST_DATE = "past_date"
    SERIAL = "serial"
    LOCKED = "locked"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column of a template.

    Attributes:
        heading: as printed, with its unit: `用地总面积（公顷）`.
        hint: shown as a comment on the heading.
        words: for CHOICE, the title of its options in `TemplateSpec.words`.
        formula: for FORMULA, with `{row}` for the row's number.
        fixed: for LOCKED, what stands in every row.
        required: the heading carries a star.
        unique: a second identical entry is refused by the spreadsheet itself.
    """

    heading: str
    entry: Entry = Entry.TEXT
    width: float = 14
    hint: str = ""
    words: str = ""
    formula: str = ""
    fixed: str = ""
    required: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """A template: one sheet with a title, a line above the table, headings and empty rows.

    Attributes:
        kind, version: written into the hidden dictionary sheet and checked at upload.
        words: title → options of the drop-downs.
        filled: rows that are there already, in the order of the columns.
        rows: how many rows can be filled in.
    """

    kind: str
    version: str
    title: str
    subtitle: str
    columns: tuple[TemplateColumn, ...]
    words: Mapping[str, Sequence[str]]
    today: date
    filled: Sequence[Sequence[TemplateValue]] = field(default_factory=tuple)
    rows: int = 500
    freeze_columns: int = 2
