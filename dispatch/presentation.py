"""A frozen ledger as the page shows it: its own columns, whatever the product's are by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from core.units import AreaUnit, format_area
from deadlines.rules import Lamp
from dispatch.models import LedgerSnapshot
from dispatch.rules.differences import Difference, RowChange
from dispatch.rules.ledger import ColumnKind
from ui.parts import Fact

StoredColumn = Mapping[str, str]
EMPTY = "/"


@dataclass(frozen=True, slots=True)
class Heading:
    """One cell of the header."""

    label: str
    columns: int
    rows: int
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """Two rows of headings: groups and single columns above, a group's columns below."""

    upper: Sequence[Heading]
    lower: Sequence[Heading]


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell in words; `lamp` where it is a light, `url` where it leads somewhere."""

    text: str
    is_number: bool = False
    is_name: bool = False
    lamp: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page."""

    project_id: int
    cells: Sequence[Shown]


def header_of(columns: Sequence[StoredColumn]) -> Header:
    """The merged header of the frozen columns."""
    upper: list[Heading] = []
    lower: list[Heading] = []
    for group, found in groupby(columns, key=lambda column: column["group"]):
        members = list(found)
        if group:
            upper.append(Heading(group, len(members), 1))
            lower.extend(Heading(column["label"], 1, 1, _is_number(column)) for column in members)
        else:
            upper.extend(Heading(column["label"], 1, 2, _is_number(column)) for column in members)
    return Header(upper, lower)


def widths_of(columns: Sequence[StoredColumn]) -> list[str]:
    """How wide each column is on paper: narrow, usual, long, name."""
    return [_WIDTHS.get(column["key"], _width_of(column)) for column in columns]


_LONG = ("code", "owner_unit", "approval_no", "problem", "coordination", "next_step", "progress", "remark")
_WIDTHS = dict.fromkeys(_LONG, "long")


def _width_of(column: StoredColumn) -> str:
    kinds = {ColumnKind.NAME: "name", ColumnKind.NUMBER: "narrow", ColumnKind.COUNT: "narrow"}
    return kinds.get(ColumnKind(column["kind"]), "usual")


def _is_number(column: StoredColumn) -> bool:
    return ColumnKind(column["kind"]) in (ColumnKind.AREA, ColumnKind.MONEY, ColumnKind.COUNT)


def lines_of(columns: Sequence[StoredColumn], rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Frozen rows in words."""
    return [
        Line(
            int(row["project"]),
            [_shown(column, cell) for column, cell in zip(columns, row["cells"], strict=True)],
        )
        for row in rows
    ]


def _shown(column: StoredColumn, cell: object) -> Shown:
    kind = ColumnKind(column["kind"])
    is_number = _is_number(column)
    if cell is None:
        return Shown(EMPTY, is_number=is_number)
    if kind is ColumnKind.AREA:
        return Shown(format_area(int(str(cell)), AreaUnit.HA), is_number=True)
    if kind is ColumnKind.MONEY:
        return Shown(f"{Decimal(str(cell)):,}", is_number=True)
    if kind is ColumnKind.LAMP:
        return Shown(Lamp(str(cell)).label, lamp=str(cell))
    return Shown(str(cell), is_number=is_number, is_name=kind is ColumnKind.NAME)


def sum_lines(columns: Sequence[StoredColumn], totals: Mapping[str, Any]) -> list[Shown]:
    """The 合计 row under the same columns."""
    shown = []
    for position, column in enumerate(columns):
        if position == 0:
            shown.append(Shown("合计"))
        elif column["kind"] == ColumnKind.AREA:
            shown.append(
                Shown(format_area(totals["areas"].get(column["key"], 0), AreaUnit.HA), is_number=True)
            )
        elif column["kind"] == ColumnKind.NAME:
            shown.append(Shown(f"{totals['count']} 个项目"))
        else:
            shown.append(Shown(""))
    return shown


def figures_of(ledger: LedgerSnapshot) -> list[Fact]:
    """The figures above the table, as frozen."""
    totals = ledger.totals
    return [
        Fact("项目", totals["count"], "个"),
        Fact("用地总面积", format_area(totals["areas"]["total_m2"], AreaUnit.HA), "公顷"),
        Fact("其中耕地", format_area(totals["areas"]["arable_m2"], AreaUnit.HA), "公顷"),
        Fact("逾期", totals["lamps"][Lamp.RED.value], "个"),
        Fact("预警", totals["lamps"][Lamp.AMBER.value], "个"),
        Fact("暂停", totals["lamps"][Lamp.PAUSE.value], "个"),
        Fact("数据日期", ledger.taken_on.isoformat()),
    ]


# --- two ledgers beside each other --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangedCell:
    """One cell in words, before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """One project that differs."""

    project_id: int
    name: str
    unit: str
    lamp_before: str
    lamp_after: str
    is_worse: bool = False
    cells: Sequence[ChangedCell] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """What the comparison shows."""

    new: Sequence[ChangedRow] = field(default_factory=tuple)
    gone: Sequence[ChangedRow] = field(default_factory=tuple)
    turned: Sequence[ChangedRow] = field(default_factory=tuple)
    changed: Sequence[ChangedRow] = field(default_factory=tuple)


def changes_of(found: Difference) -> Changed:
    """A difference in words, its cells as the ledger shows them."""
    return Changed(
        new=[_changed_row(row) for row in found.new],
        gone=[_changed_row(row) for row in found.gone],
        turned=[_changed_row(row) for row in found.turned],
        changed=[_changed_row(row) for row in found.changed],
    )


def _changed_row(row: RowChange) -> ChangedRow:
    cells = [
        ChangedCell(
            cell.column["label"], _shown(cell.column, cell.old).text, _shown(cell.column, cell.new).text
        )
        for cell in row.cells
    ]
    return ChangedRow(
        row.project_id, row.name, row.unit, row.lamp_before, row.lamp_after, row.is_worse, cells
    )
