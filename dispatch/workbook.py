"""A frozen ledger as an Excel workbook. Rows in, bytes out; asks nobody anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import groupby

from core.units import AreaUnit, from_m2
from deadlines.rules import Lamp
from dispatch.rules.ledger import (
    AREA_KEYS,
    COLUMNS,
    FREEZE_COLUMNS,
    Cell,
    Column,
    ColumnKind,
    Row,
    Sums,
    sums_of,
)
from dispatch.rules.periods import Period
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, Subtotal, write_ledger

EMPTY = "/"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CELL_KINDS = {
    ColumnKind.NUMBER: CellKind.CENTRED,
    ColumnKind.TEXT: CellKind.TEXT,
    ColumnKind.NAME: CellKind.TEXT,
    ColumnKind.AREA: CellKind.HA,
    ColumnKind.MONEY: CellKind.MONEY,
    ColumnKind.STEP: CellKind.DATE,
    ColumnKind.DAY: CellKind.DATE,
    ColumnKind.COUNT: CellKind.INTEGER,
    ColumnKind.LAMP: CellKind.CENTRED,
}
_WIDTHS = {
    "name": 32.0,
    "owner_unit": 20.0,
    "code": 24.0,
    "unit": 10.0,
    "problem": 26.0,
    "coordination": 26.0,
    "next_step": 26.0,
    "progress": 26.0,
    "remark": 20.0,
}


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """What stands above the rows."""

    period: Period
    unit: str
    taken_on: date
    version: int = 1

    @property
    def suffix(self) -> str:
        """Later versions say so in the name; the first as the office is used to it."""
        return f"_第{self.version}版" if self.version > 1 else ""

    @property
    def title(self) -> str:
        return f"{self.unit}{self.period.year}年重点项目用地要素保障工作台账（{self.period.short_label}）"

    @property
    def subtitle(self) -> str:
        day = f"{self.taken_on.year}年{self.taken_on.month}月{self.taken_on.day}日"
        return f"填报单位（盖章）：{self.unit}　　填报时间：{day}　　单位：公顷"

    @property
    def filename(self) -> str:
        """As the office names it (domain.md 6.1)."""
        return (
            f"{self.unit}_重点项目用地保障{self.period.adjective}台账_{self.period.label}_"
            f"{self.taken_on:%Y%m%d}{self.suffix}.xlsx"
        )


def ledger_workbook(
    *, head: LedgerHead, rows: Sequence[Row], unit_names: dict[str, str], written: Callable[[int], None]
) -> bytes:
    """The workbook of a ledger: rows by unit, a 小计 after each of several units, a 合计 at the end.

    Sums are added up in m² and converted last; they are values, not formulas.

    Args:
        rows: sorted by unit.
        unit_names: code → name for the 小计 rows.
        written: told after each row how many there are.
    """
    layout = LedgerLayout(
        title=head.title,
        subtitle=head.subtitle,
        columns=tuple(_ledger_column(column) for column in COLUMNS),
        sheet_name=head.period.short_label,
        freeze_columns=FREEZE_COLUMNS,
        total_label="",
    )
    target = BytesIO()
    write_ledger(target, layout=layout, rows=_lines(rows, unit_names, written))
    return target.getvalue()


def _lines(
    rows: Sequence[Row], unit_names: dict[str, str], written: Callable[[int], None]
) -> Iterator[Sequence[LedgerValue] | Subtotal]:
    by_unit = [(code, list(group)) for code, group in groupby(rows, key=lambda row: row.unit_code)]
    count = 0
    for code, group in by_unit:
        for row in group:
            yield [_value(column, cell) for column, cell in zip(COLUMNS, row.cells, strict=True)]
            count += 1
            written(count)
        if len(by_unit) > 1:
            yield Subtotal(_sum_line("小计", unit_names.get(code, code), sums_of(group)))
    yield Subtotal(_sum_line("合计", "", sums_of(rows)))


def _sum_line(label: str, unit: str, sums: Sums) -> list[LedgerValue]:
    line: list[LedgerValue] = [None] * len(COLUMNS)
    for index, column in enumerate(COLUMNS):
        if column.key in AREA_KEYS:
            line[index] = from_m2(sums.areas[column.key], AreaUnit.HA)
        elif column.key == "unit":
            line[index] = unit
        elif column.key == "name":
            line[index] = f"{sums.count} 个项目"
    line[0] = label
    return line


def _value(column: Column, cell: Cell) -> LedgerValue:
    if cell is None:
        return EMPTY
    if column.kind is ColumnKind.AREA and isinstance(cell, int):
        return from_m2(cell, AreaUnit.HA)
    if column.kind is ColumnKind.MONEY:
        return Decimal(cell)
    if column.kind is ColumnKind.LAMP:
        return Lamp(str(cell)).label
    if column.kind in (ColumnKind.STEP, ColumnKind.DAY) and _DAY.fullmatch(str(cell)):
        return date.fromisoformat(str(cell))
    return cell


def _ledger_column(column: Column) -> LedgerColumn:
    path = (column.group, column.label) if column.group else (column.label,)
    return LedgerColumn(path, _CELL_KINDS[column.kind], _WIDTHS.get(column.key))
