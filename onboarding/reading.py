"""A working ledger as values: its rows as any list has them, and its printed totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from core.units import to_m2
from officefiles.reading import read_workbook
from officefiles.tables import RowKind, Table, find_in_workbook
from officefiles.values import NumberKind, area_units, parse_number
from projects.models import LandUse
from projects.rules.columns import SPECS
from projects.rules.list_reading import LIST_NAME, ListReading, read_list
from projects.selectors.list_kinds import list_words
from projects.selectors.previews import directory


@dataclass(frozen=True, slots=True)
class PrintedTotal:
    """A total row of the file. `unit_code` is the county of a subtotal, "" of the whole."""

    row: int
    label: str
    unit_code: str
    areas: dict[str, int]

    def stored(self) -> dict[str, object]:
        return {"row": self.row, "label": self.label, "unit": self.unit_code, "areas": self.areas}


@dataclass(frozen=True, slots=True)
class Ledger:
    """counted: areas in m² by row, taken from the cells beside the reading of the list."""

    reading: ListReading
    counted: dict[int, dict[str, int]]
    totals: tuple[PrintedTotal, ...]


def read_ledger(*, content: bytes, filename: str, today: date) -> Ledger:
    """The ledger in a workbook; nothing is compared or stored.

    Raises:
        WorkbookRefused: the file cannot be read or holds no list.
    """
    workbook = read_workbook(content, filename=filename)
    reading = read_list(
        workbook, directory=directory(), own_unit=None, today=today, words=list_words(on=today)
    )
    table = find_in_workbook(workbook, SPECS, called=LIST_NAME)
    return Ledger(
        reading=reading,
        counted={row.number: _areas(table, row.values) for row in table.data_rows()},
        totals=tuple(_totals(table, {row.row: row.facts.unit_code for row in reading.rows})),
    )


def _totals(table: Table, units: dict[int, str]) -> Iterator[PrintedTotal]:
    unit = ""
    for row in table.rows:
        if row.kind is RowKind.DATA:
            unit = units.get(row.number, "")
        elif row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL):
            of = unit if row.kind is RowKind.SUBTOTAL else ""
            label = "小计" if of else "合计"
            yield PrintedTotal(row.number, label, of, _areas(table, row.values))


def _areas(table: Table, values: object) -> dict[str, int]:
    """The row's areas in m², each in the unit of its cell, its heading or the line above the table."""
    stated = table.preamble.area_units
    found: dict[str, int] = {}
    for key, column in table.header.matched.items():
        if key not in LandUse.AREA_FIELDS:
            continue
        read = parse_number(values.get(key))  # type: ignore[attr-defined]
        if read.kind is not NumberKind.NUMBER or read.number is None:
            continue
        written = area_units(read.unit) if read.unit else ()
        unit = written[0] if written else column.area_unit or (stated[0] if stated else None)
        if unit is not None:
            found[key] = to_m2(read.number, unit)
    return found
