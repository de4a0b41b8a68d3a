"""Reads a project list: every row with its facts and everything that is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from core.units import AreaUnit
from officefiles.headings import Column, ColumnSpec
from officefiles.marks import TemplateMark, check_mark, read_mark
from officefiles.sheets import Workbook
from officefiles.tables import Preamble, RowKind, Table, TableRow, find_in_workbook
from officefiles.values import MoneyUnit, NumberKind, as_entered, clean_text, fold, is_blank, parse_number
from projects.errors import AnothersList, CountyColumnMissing, ListEmpty, UnitOfAreaMissing
from projects.rules.choices import Vocabulary
from projects.rules.columns import BY_KEY, EXPECTED, SPECS, Kind
from projects.rules.directory import Directory
from projects.rules.facts import ListRow, Problem, Severity
from projects.rules.row_reading import ListContext, RowReader

LIST_NAME = "项目清单"
TEMPLATE_VERSION = "2026.1"
TOLD: Final = ("number", "status")
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ListReading:
    """A list that was read.

    Attributes:
        header_row: last row of the header.
        problems: of the file as a whole: columns that were not recognised, totals that are wrong.
        missing: labels of columns that a list is expected to have and this file lacks.
        totals_skipped: numbers of the total and subtotal rows.
        mark: what the workbook says of itself, for one that this product printed.
    """

    sheet: str
    header_row: int
    preamble: Preamble
    columns: tuple[Column, ...]
    rows: tuple[ListRow, ...]
    problems: tuple[Problem, ...]
    missing: tuple[str, ...]
    totals_skipped: tuple[int, ...]
    words: Vocabulary
    mark: TemplateMark | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the columns that were recognised, from left to right."""
        return tuple(column.key for column in self.columns if column.key)


def read_list(
    workbook: Workbook,
    *,
    directory: Directory,
    own_unit: str | None,
    today: date,
    words: Vocabulary,
    renamed: Mapping[str, str] = _NOTHING,
) -> ListReading:
    """Read the sheet of `workbook` that holds a project list; nothing is stored.

    Total, subtotal, section and note rows are recognised and not imported; printed totals are
    compared with the rows they cover. Rows without errors are NEW until `compare` has seen what
    is stored.

    Args:
        own_unit: code of the county or park that uploads: it need not fill in the county column,
            and rows of others are errors. None for the bureau and departments.
        today: recorded dates may not lie after it; planned dates may.
        words: what the columns with choices may say.
        renamed: headings that a person has explained: heading → key of the column it means.

    Raises:
        TemplateOutdated: a template of an earlier version.
        TableNotFound, ColumnsMissing: no sheet holds a project list, or one without 项目名称 or
            用地总面积.
        CountyColumnMissing: without `own_unit`, neither a county column nor 填报单位 of a county.
        AnothersList: no county column, and 填报单位 is another county.
        UnitOfAreaMissing: 亩 or 公顷 is stated nowhere.
        ListEmpty: no row below the header.
    """
    check_mark(workbook, kind=LIST_NAME, version=TEMPLATE_VERSION)
    mark = read_mark(workbook)
    table = find_in_workbook(workbook, _specs(renamed), called=LIST_NAME)
    context = _context(table, directory, own_unit, today, words)
    read = _read_keyed_row if mark is not None and mark.is_keyed else _read_row
    rows = [read(context, row) for row in table.data_rows()]
    if not rows:
        raise ListEmpty(
            f"工作表“{table.sheet.name}”的表头下面没有项目，请填写后重新上传。", sheet=table.sheet.name
        )
    rows = _with_duplicates(rows, table)
    return ListReading(
        sheet=table.sheet.name,
        header_row=table.header.last,
        preamble=table.preamble,
        columns=table.columns,
        rows=tuple(rows),
        problems=(*_column_problems(table, context), *_total_problems(table)),
        missing=tuple(spec.label for spec in table.missing if spec.key in EXPECTED),
        totals_skipped=tuple(
            row.number for row in table.rows if row.kind in (RowKind.TOTAL, RowKind.SUBTOTAL)
        ),
        words=words,
        mark=mark,
    )


def _specs(renamed: Mapping[str, str]) -> Sequence[ColumnSpec]:
    if not renamed:
        return SPECS
    return [
        replace(spec, synonyms=(*spec.synonyms, *(text for text, key in renamed.items() if key == spec.key)))
        for spec in SPECS
    ]


def _read_row(context: ListContext, row: TableRow) -> ListRow:
    reader = RowReader(context, row)
    facts = reader.read()
    unit_name = context.directory.label(facts.unit_code) if facts.unit_code else ""
    return ListRow(row.number, facts, unit_name, tuple(reader.problems))


def _read_keyed_row(context: ListContext, row: TableRow) -> ListRow:
    """A row of a workbook that was printed with content: also who it is, and what was emptied."""
    values = row.values
    return replace(
        _read_row(context, row),
        key=clean_text(values.get("row_key")),
        told={key: clean_text(values[key]) for key in TOLD if key in values},
        blank=frozenset(key for key, value in values.items() if is_blank(value)),
    )


def _context(
    table: Table, directory: Directory, own_unit: str | None, today: date, words: Vocabulary
) -> ListContext:
    preamble = table.preamble
    stated = directory.resolve(preamble.reporting_unit).unit if preamble.reporting_unit else None
    if table.column("unit") is None:
        if own_unit is None and stated is None:
            raise CountyColumnMissing(
                f"工作表“{table.sheet.name}”没有“县市”列，分不清项目属于哪个县（市），请补上后重新上传。"
            )
        if own_unit and stated and stated.code != own_unit:
            raise AnothersList(
                f"填报单位是“{preamble.reporting_unit}”，{directory.label(own_unit)}只能报送本地清单，请核对文件。",
                reporting_unit=preamble.reporting_unit,
            )
    return ListContext(
        table=table,
        directory=directory,
        own_unit=own_unit,
        stated_unit=stated.code if stated else None,
        today=today,
        words=words,
        area_unit=_area_unit(table),
        money_unit=preamble.money_units[0] if preamble.money_units else MoneyUnit.WAN,
    )


def _area_unit(table: Table) -> AreaUnit | None:
    """The unit of the line above the table; needed when a heading names none."""
    stated = table.preamble.area_units
    if len(stated) == 1:
        return stated[0]
    silent = [
        column
        for key, column in table.header.matched.items()
        if BY_KEY[key].kind is Kind.AREA and column.area_unit is None
    ]
    total = table.column("total_m2")
    if not silent:
        return None
    if total and total.area_unit and not stated:
        # 用地总面积（亩） with a bare 其中：耕地 beside it.
        return total.area_unit
    what = "写了两种单位" if stated else "没有写明单位"
    raise UnitOfAreaMissing(
        f"“{silent[0].heading}”{what}，分不清是亩还是公顷；请在表头写“（亩）”或“（公顷）”，"
        "或在表的上方写“单位：公顷”。",
        column=silent[0].letters,
    )


# --- the file as a whole -----------------------------------------------------------------------


def _with_duplicates(rows: Sequence[ListRow], table: Table) -> list[ListRow]:
    """Rows with the same code, or the same name in the same unit, each naming the other."""
    by_code: dict[str, list[ListRow]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[ListRow]] = defaultdict(list)
    for row in rows:
        by_code[fold(row.facts.code)].append(row)
        by_name[row.facts.unit_code, fold(row.name)].append(row)
    return [_marked(row, table, by_code, by_name) for row in rows]


def _marked(
    row: ListRow,
    table: Table,
    by_code: dict[str, list[ListRow]],
    by_name: dict[tuple[str, str], list[ListRow]],
) -> ListRow:
    if len(by_code[fold(row.facts.code)]) < 2 and len(by_name[row.facts.unit_code, fold(row.name)]) < 2:
        return row
    problems = list(row.problems)
    twins = _others(row, by_code[fold(row.facts.code)]) if row.facts.code else []
    if twins:
        problems.append(_twin_problem(row, table, "code", row.facts.code, twins, Severity.ERROR))
    namesakes = _others(row, by_name[row.facts.unit_code, fold(row.name)]) if row.name else []
    if namesakes and not twins:
        told_apart = row.facts.code and all(other.facts.code for other in namesakes)
        severity = Severity.WARNING if told_apart else Severity.ERROR
        problems.append(_twin_problem(row, table, "name", row.name, namesakes, severity))
    return replace(row, problems=tuple(problems))


def _others(row: ListRow, group: list[ListRow]) -> list[ListRow]:
    return [other for other in group if other.row != row.row]


def _twin_problem(
    row: ListRow, table: Table, key: str, value: str, twins: list[ListRow], severity: Severity
) -> Problem:
    label = BY_KEY[key].spec.label
    numbers = "、".join(str(other.row) for other in twins[:5]) + ("等" if len(twins) > 5 else "")
    return Problem(
        cell=table.cell(row.row, key),
        field=label,
        value=value,
        message=f"{label}与第 {numbers} 行重复",
        suggestion="同一项目只保留一行，不同项目请核对后改正"
        if severity is Severity.ERROR
        else "请确认是两个不同的项目",
        severity=severity,
        row=row.row,
    )


def _column_problems(table: Table, context: ListContext) -> Iterator[Problem]:
    """Columns that were not recognised, and money whose unit had to be assumed."""
    for column in table.unknown:
        hint = f"是否应为“{column.suggestion}”" if column.suggestion else "不需要导入的列可以不管"
        message = "没有认出这一列，内容不导入"
        if column.twin_of:
            message, hint = f"与 {column.twin_of} 列是同一内容，只导入 {column.twin_of} 列", "请删去其中一列"
        yield _header_problem(table, column, message, hint)
    money = table.column("investment_yuan")
    if money and money.money_unit is None and not table.preamble.money_units:
        yield _header_problem(table, money, "没有写明单位，按万元处理", "请在表头写“（万元）”或“（亿元）”")


def _header_problem(table: Table, column: Column, message: str, suggestion: str) -> Problem:
    return Problem(
        cell=f"{column.letters}{table.header.last}",
        field=column.heading,
        value=column.heading,
        message=message,
        suggestion=suggestion,
        severity=Severity.WARNING,
    )


def _total_problems(table: Table) -> Iterator[Problem]:
    """Printed totals that differ from the rows they cover. Never imported, so only warnings."""
    keys = [key for key in table.header.matched if BY_KEY[key].kind in (Kind.AREA, Kind.MONEY)]
    everything: list[TableRow] = list(table.data_rows())
    block: list[TableRow] = []
    for row in table.rows:
        if row.kind is RowKind.DATA:
            block.append(row)
        elif row.kind is RowKind.SUBTOTAL:
            # A subtotal printed above its rows covers nothing yet and is left alone.
            yield from _differences(table, row, block, keys)
            block = []
        elif row.kind is RowKind.TOTAL:
            yield from _differences(table, row, everything, keys)


def _differences(table: Table, total: TableRow, rows: list[TableRow], keys: list[str]) -> Iterator[Problem]:
    for key in keys:
        printed = parse_number(total.values.get(key))
        if printed.kind is not NumberKind.NUMBER or printed.number is None or not rows:
            continue
        added = sum((parse_number(row.values.get(key)).number or Decimal(0) for row in rows), Decimal(0))
        if abs(added - printed.number) > Decimal("0.01"):
            column = table.header.matched[key]
            yield Problem(
                cell=table.cell(total.number, key),
                field=column.path[-1],
                value=as_entered(total.values.get(key)),
                message=f"合计写的是 {printed.text}，各行相加是 {added.normalize():f}",
                suggestion="合计不导入，系统会重新计算；请核对是否漏行",
                severity=Severity.WARNING,
                row=total.number,
            )
