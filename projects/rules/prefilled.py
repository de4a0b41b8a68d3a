"""A list to be taken along: which columns it has, what is grey in it, how each cell is printed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.units import AreaUnit
from officefiles.writing.prefilled import PrefilledColumn, PrefilledRow, PrefilledSpec, PrefilledValue
from projects.rules.cells import CELL_KEYS, cell_form
from projects.rules.choices import Vocabulary
from projects.rules.columns import BY_KEY, Kind
from projects.rules.list_reading import LIST_NAME, TEMPLATE_VERSION

# As many rows as an upload may have (officefiles.containers).
LARGEST_LIST: Final = 20_000
# Who the row is, and what the product fills in; then what people fill in.
TOLD_COLUMNS: Final = ("row_key", "serial", "number", "status")
_FIRST: Final = ("name", "code", "unit")
# Printed whether or not a project has them: the columns of the template.
_ALWAYS: Final = frozenset(
    {
        *_FIRST,
        *("list_category", "priority_class", "track", "level", "owner_unit", "industry", "investment_yuan"),
        *("total_m2", "agri_m2", "arable_m2", "pbf_m2", "forest_m2", "construction_m2", "unused_m2"),
        *("new_construction_m2", "planned_start", "planned_finish", "remark", "site_study", "prereview"),
        *("project_approval", "feasibility", "design", "environment", "water_soil", "forest_permit"),
        *("prenotice", "county_request", "obstacle"),
    }
)
_WIDTHS: Final = {
    "row_key": 8,
    "serial": 6,
    "number": 16,
    "status": 10,
    "name": 34,
    "code": 27,
    "owner_unit": 26,
    "remark": 24,
    "obstacle": 28,
}


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A project as it is taken along: its cells by key, what the product says of it, what is grey."""

    project_id: int
    cells: Mapping[str, str]
    told: Mapping[str, str]
    locked: Collection[str] = ()


def printed_columns(filled: Collection[str]) -> list[str]:
    """Keys of the columns of a list in which the cells `filled` are stated."""
    rest = [key for key in CELL_KEYS if key not in _FIRST and (key in _ALWAYS or key in filled)]
    return [*TOLD_COLUMNS, *_FIRST, *rest]


def prefilled_list(
    *,
    key: str,
    title: str,
    unit_name: str,
    columns: Sequence[str],
    area_unit: AreaUnit,
    row_count: int,
    day: date,
    choices: Vocabulary,
) -> PrefilledSpec:
    """The workbook around the rows: headings with their units, drop-downs, the key it is known by."""
    return PrefilledSpec(
        kind=LIST_NAME,
        version=TEMPLATE_VERSION,
        key=key,
        title=title,
        subtitle=f"填报单位：{unit_name}　　填报时间：{day.year}年{day.month}月{day.day}日"
        f"　　单位：{area_unit.label}、万元　　说明：灰底单元格由州局核定或系统填写，修改不会采用",
        columns=tuple(_column(name, area_unit) for name in columns),
        words={BY_KEY[name].spec.label: choices[name].offered for name in columns if name in choices},
        row_count=row_count,
        freeze_columns=len(TOLD_COLUMNS) + 1,
    )


def _column(key: str, area_unit: AreaUnit) -> PrefilledColumn:
    column = BY_KEY[key]
    heading = column.spec.label
    if column.kind is Kind.AREA:
        heading = f"{heading}（{area_unit.label}）"
    elif column.kind is Kind.MONEY:
        heading = f"{heading}（万元）"
    elif column.kind is Kind.GRAIN:
        heading = f"{heading}（公斤）"
    return PrefilledColumn(
        heading=heading,
        width=_WIDTHS.get(key, 13),
        options=column.spec.label if column.kind is Kind.CHOICE else "",
        is_locked=key in TOLD_COLUMNS or key == "unit",
        is_hidden=key == "row_key",
        is_figure=column.kind in (Kind.AREA, Kind.MONEY, Kind.GRAIN),
    )


def prefilled_rows(
    rows: Iterable[TakenRow],
    *,
    columns: Sequence[str],
    area_unit: AreaUnit,
    unit_names: Mapping[str, str],
    choices: Vocabulary,
) -> Iterator[PrefilledRow]:
    """The rows as printed, in the order they were taken."""
    for serial, row in enumerate(rows, start=1):
        grey = frozenset(place for place, key in enumerate(columns) if key in row.locked)
        values = [_value(row, key, serial, area_unit, unit_names, choices) for key in columns]
        yield PrefilledRow(values, grey)


def _value(
    row: TakenRow,
    key: str,
    serial: int,
    area_unit: AreaUnit,
    unit_names: Mapping[str, str],
    choices: Vocabulary,
) -> PrefilledValue:
    if key == "row_key":
        return f"R{row.project_id}"
    if key == "serial":
        return serial
    if key in row.told:
        return row.told[key]
    text = row.cells.get(key, "")
    if key == "unit":
        return unit_names.get(text, text)
    return cell_form(key, text, unit=area_unit, choices=choices)
