"""A table of targets as a workbook brings it: merged leaders, printed totals, every error with its cell.

Sums are checked, shown side by side and never changed (S1-04, domain.md 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Organisation, OrganisationAlias
from core.units import AreaUnit
from dispatch.rules.targets import COLUMNS, SumCheck, check_columns, check_rows
from officefiles.headings import ColumnSpec
from officefiles.reading import read_workbook
from officefiles.tables import RowKind, Table, TableRow, find_in_workbook
from officefiles.values import clean_text, fold, parse_number

_REPORTED, _KEY = "市州报送用地任务", "年内需开工省级重点项目用地保障任务"
_MONTHS = tuple(f"{first}-{last}月用地总量" for first in range(1, 12) for last in range(first + 1, 13))
SPECS = (
    ColumnSpec("leader", "包联领导", ("包联厅领导", "包联州领导", "包联局领导"), fill_down=True),
    ColumnSpec("office", "责任处室", ("责任科室", "责任单位")),
    ColumnSpec("unit", "市（州）", ("县市", "县（市、区）", "市州", "地区"), required=True),
    ColumnSpec("reported_count", f"{_REPORTED}/宗数", ("报送宗数",), required=True),
    ColumnSpec("reported_area", f"{_REPORTED}/拟用地面积", ("报送拟用地面积", "拟用地面积"), required=True),
    ColumnSpec("key_count", f"{_KEY}/宗数", ("省级重点宗数",), required=True),
    ColumnSpec("key_area", f"{_KEY}/面积", ("省级重点面积",), required=True),
    ColumnSpec("total_area", "用地总量", (*_MONTHS, "年度用地总量", "合计面积"), required=True),
)
COUNTS = ("reported_count", "key_count")


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is wrong, and in which cell."""

    row: int
    cell: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetTarget:
    """A row that can be read. Without `organisation` it is kept as printed, and nothing is counted for it."""

    row: int
    leader: str
    office: str
    area_name: str
    organisation: Organisation | None
    figures: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class TargetPreview:
    """All rows of a table, its printed totals, and every sum beside the printed one."""

    title: str
    unit: AreaUnit
    targets: Sequence[SheetTarget]
    printed: Mapping[str, Decimal]
    problems: Sequence[SheetProblem]
    sums: Sequence[SumCheck]
    rows_off: Sequence[SumCheck]


def read_targets(content: bytes, *, filename: str, tolerance: Decimal, within: str) -> TargetPreview:
    """Judge every row of a table of targets and every sum. Two queries.

    Args:
        within: the path of the prefecture whose counties and parks are meant; the names of others are
            kept as printed.

    Raises:
        WorkbookRefused: the file cannot be read, or has no such table.
    """
    table = find_in_workbook(read_workbook(content, filename=filename), SPECS, called="目标分解表")
    problems: list[SheetProblem] = []
    units = _units(within)
    targets: list[SheetTarget] = []
    for row in table.data_rows():
        figures = _figures(table, row, problems)
        name = clean_text(row.values["unit"])
        if not name:
            problems.append(SheetProblem(row.number, table.cell(row.number, "unit"), "地区没有填写。"))
        elif any(known.area_name == name for known in targets):
            problems.append(SheetProblem(row.number, table.cell(row.number, "unit"), f"{name}重复。"))
        elif figures is not None:
            targets.append(
                SheetTarget(
                    row.number,
                    clean_text(row.values["leader"])[:60],
                    clean_text(row.values["office"])[:60],
                    name[:60],
                    units.get(fold(name)),
                    figures,
                )
            )
    if not targets and not problems:
        problems.append(SheetProblem(table.header.last + 1, "", "表中没有地区。"))
    printed = _printed(table)
    named = table.preamble.area_units
    return TargetPreview(
        title=table.preamble.title[:200],
        unit=named[0] if len(named) == 1 else AreaUnit.WANMU,
        targets=targets,
        printed=printed,
        problems=problems,
        sums=check_columns([row.figures for row in targets], printed, tolerance=tolerance),
        rows_off=check_rows([(row.area_name, row.figures) for row in targets], tolerance=tolerance),
    )


def _figures(table: Table, row: TableRow, problems: list[SheetProblem]) -> dict[str, Decimal] | None:
    found: dict[str, Decimal] = {}
    for key, label in COLUMNS.items():
        number = parse_number(row.values[key]).number if row.values[key] is not None else Decimal(0)
        cell = table.cell(row.number, key)
        if number is None or number < 0:
            problems.append(SheetProblem(row.number, cell, f"{label}须为不小于 0 的数。"))
        elif key in COUNTS and number != int(number):
            problems.append(SheetProblem(row.number, cell, f"{label}须为整数。"))
        elif number != round(number, 6):
            problems.append(SheetProblem(row.number, cell, f"{label}最多六位小数。"))
        else:
            found[key] = number
    return found if len(found) == len(COLUMNS) else None


def _printed(table: Table) -> dict[str, Decimal]:
    totals = [row for row in table.rows if row.kind is RowKind.TOTAL]
    if not totals:
        return {}
    read = {key: parse_number(totals[-1].values[key]).number for key in COLUMNS}
    return {key: number for key, number in read.items() if number is not None}


def _units(within: str) -> dict[str, Organisation]:
    """Counties and parks by every way of writing their name."""
    inside = Organisation.objects.filter(path__startswith=within).reporting_units()
    units = {row.pk: row for row in inside}
    names = {fold(text): row for row in units.values() for text in (row.name, row.short_name)}
    aliases = OrganisationAlias.objects.filter(organisation__in=units).values_list("alias", "organisation_id")
    return {**{fold(alias): units[pk] for alias, pk in aliases}, **names}
