"""Finds the table in a sheet that people made for people.

Pure. Above the table stand a title and a line with 填报单位, date and unit; inside it total
rows, section headings, repeated headers and blanks; below it signatures and notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.units import AreaUnit
from officefiles.errors import ColumnsMissing, TableNotFound
from officefiles.headings import (
    Column,
    ColumnSpec,
    Header,
    Vocabulary,
    header_depths,
    read_header,
)
from officefiles.sheets import CellValue, Sheet, Workbook, cell_name
from officefiles.values import (
    MoneyUnit,
    area_units,
    as_entered,
    clean_text,
    fold,
    is_blank,
    money_units,
    parse_date,
)

__all__ = [
    "Column",
    "ColumnSpec",
    "Preamble",
    "RowKind",
    "Table",
    "TableRow",
    "find_in_workbook",
    "find_table",
]

_HEADER_WITHIN = 30
_NOTHING: Mapping[str, CellValue] = MappingProxyType({})
# What stands in a row before anybody has filled it in.
_PREFILLED = ("serial", "unit", "check", "row_key", "number", "status")
_ENOUGH_COLUMNS = 3


class RowKind(StrEnum):
    DATA = "data"
    TOTAL = "total"
    SUBTOTAL = "subtotal"
    SECTION = "section"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the header.

    Some keys of the specs have a meaning here: `serial`, `unit`, `check` and what a printed row is
    known by (a row with nothing else is blank), `name` and `unit` (up to these columns a row may say
    that it is a total).

    Attributes:
        number: as the spreadsheet counts it.
        values: by the spec's key; merged cells filled down where the spec says so.
        extras: filled cells of columns that nobody asked for, by heading.
    """

    number: int
    kind: RowKind
    values: Mapping[str, CellValue]
    extras: Mapping[str, CellValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands above the header.

    Attributes:
        area_units, money_units: named there, in order; two area units mean that the figures
            cannot be told apart by this line.
    """

    title: str = ""
    reporting_unit: str = ""
    reported_on: date | None = None
    area_units: tuple[AreaUnit, ...] = ()
    money_units: tuple[MoneyUnit, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    sheet: Sheet
    header: Header
    preamble: Preamble
    rows: tuple[TableRow, ...]
    missing: tuple[ColumnSpec, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.header.columns

    @property
    def unknown(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.key is None)

    def column(self, key: str) -> Column | None:
        return self.header.matched.get(key)

    def cell(self, row: int, key: str) -> str:
        """`I7`; only the row's number where the table lacks the column."""
        column = self.column(key)
        return cell_name(row, column.index) if column else str(row)

    def data_rows(self) -> Iterator[TableRow]:
        return (row for row in self.rows if row.kind is RowKind.DATA)


def find_in_workbook(workbook: Workbook, specs: Sequence[ColumnSpec], *, called: str) -> Table:
    """The sheet of a workbook that holds the wanted table best. Hidden sheets are passed over.

    Args:
        called: what the table is for the person who uploads it, e.g. `项目清单`.

    Raises:
        TableNotFound: no sheet has enough of the columns.
        ColumnsMissing: the table is there and a required column is not.
    """
    tables = [table for sheet in workbook.visible_sheets if (table := find_table(sheet, specs))]
    if not tables:
        raise _nothing_found(workbook, specs, called)
    best = max(tables, key=lambda table: len(table.header.matched) - 100 * _lacking(table))
    if _lacking(best):
        names = "、".join(f"“{spec.label}”" for spec in best.missing if spec.required)
        raise ColumnsMissing(
            f"工作表“{best.sheet.name}”第 {best.header.last} 行的表头缺少{names}列，请补上后重新上传，"
            "或下载最新模板填写。",
            sheet=best.sheet.name,
            missing=[spec.key for spec in best.missing if spec.required],
        )
    return best


def _lacking(table: Table) -> int:
    return sum(1 for spec in table.missing if spec.required)


def _nothing_found(workbook: Workbook, specs: Sequence[ColumnSpec], called: str) -> TableNotFound:
    sheets = "、".join(f"“{sheet.name}”" for sheet in workbook.sheets[:5])
    wanted = "、".join(f"“{spec.label}”" for spec in specs if spec.required)
    first = next((sheet for sheet in workbook.visible_sheets if sheet.rows), None)
    found = _fullest_row(first) if first else ""
    seen = f"，其中的列有：{found}" if found else ""
    return TableNotFound(
        f"没有找到{called}：文件里只有工作表{sheets}{seen}；"
        f"清单的表头至少要有{wanted}，请核对是否传错了文件或工作表。",
        sheets=[sheet.name for sheet in workbook.sheets],
    )


def _fullest_row(sheet: Sheet) -> str:
    rows = [[clean_text(value) for value in row if isinstance(value, str)] for row in sheet.rows[:10]]
    return "、".join(max(rows, key=len, default=[])[:8])[:80]


def find_table(sheet: Sheet, specs: Sequence[ColumnSpec]) -> Table | None:
    """The table of a sheet, or None where fewer than three of the columns are there.

    The header is the block of up to three rows, within the first thirty, whose headings match
    most columns; merged cells widen it.
    """
    vocabulary = Vocabulary(specs)
    header = _best_header(sheet, vocabulary)
    if header is None or len(header.matched) < min(_ENOUGH_COLUMNS, len(specs)):
        return None
    header = _with_suggestions(header, vocabulary)
    return Table(
        sheet=sheet,
        header=header,
        preamble=_read_preamble(sheet, header.first),
        rows=tuple(_rows(sheet, header, vocabulary)),
        missing=tuple(spec for spec in specs if spec.key not in header.matched),
    )


def _best_header(sheet: Sheet, vocabulary: Vocabulary) -> Header | None:
    best: Header | None = None
    for first in range(1, min(_HEADER_WITHIN, len(sheet.rows)) + 1):
        if sum(1 for value in sheet.rows[first - 1] if isinstance(value, str)) < 2:
            continue
        for depth in header_depths(sheet, first):
            header = read_header(sheet, vocabulary, first=first, depth=depth)
            if best is None or _better(header, best):
                best = header
    return best


def _better(header: Header, best: Header) -> bool:
    """More columns; with as many, fewer rows; with as many, the later of two that overlap, so
    that the line above a header is not taken for group headings. A header that is printed again
    further down stays a repetition."""
    count, depth = len(header.matched), header.last - header.first
    best_count, best_depth = len(best.matched), best.last - best.first
    if (count, -depth) != (best_count, -best_depth):
        return (count, -depth) > (best_count, -best_depth)
    return header.first <= best.last


def _with_suggestions(header: Header, vocabulary: Vocabulary) -> Header:
    columns = tuple(
        column
        if column.key or column.twin_of
        else Column(column.index, column.path, suggestion=vocabulary.suggest(column.path))
        for column in header.columns
    )
    return Header(header.first, header.last, columns, header.matched)


# --- above the table -----------------------------------------------------------------------------

_PAIR = re.compile(
    r"(?P<key>填报单位|报送单位|申报单位|编制单位|填报时间|填报日期|报送时间|制表日期|(?:计量|面积|金额)?单位)"
    r"(?:\([^)]*\))?\s*:\s*(?P<value>.*?)(?=\s+[^\s:]{2,6}(?:\([^)]*\))?\s*:|\)?\s*$)"
)


def _read_preamble(sheet: Sheet, header_row: int) -> Preamble:
    texts = [
        clean_text(value) for row in sheet.rows[: header_row - 1] for value in row if isinstance(value, str)
    ]
    pairs: dict[str, str] = {}
    titles: list[str] = []
    for text in filter(None, texts):
        found = list(_PAIR.finditer(text.replace("（", "(").replace("）", ")").replace("：", ":")))
        pairs.update({_pair_kind(hit["key"]): hit["value"].strip() for hit in found})
        titles += [] if found else [text]
    units = pairs.get("unit", "")
    return Preamble(
        title=titles[0] if titles else "",
        reporting_unit=pairs.get("reporting_unit", ""),
        reported_on=parse_date(pairs.get("reported_on", "")).on,
        area_units=area_units(units),
        money_units=money_units(units),
    )


def _pair_kind(key: str) -> str:
    if key.endswith(("时间", "日期")):
        return "reported_on"
    return "unit" if key in ("单位", "计量单位", "面积单位", "金额单位") else "reporting_unit"


# --- the rows --------------------------------------------------------------------------------------

_TOTAL = re.compile(r"^(?P<of>.{0,12}?)(?P<word>合计|总计|小计|累计|共计)(?:\d+个?(?:项目|宗|件|个)?)?$")
_BRACKETED = re.compile(r"\([^)]*\)|:$")
_NOTE = re.compile(
    r"^(填报人|填表|制表|审核|复核|负责人|单位负责人|分管|主要领导|联系人|联系电话|经办人|备注|注|说明)[^:]{0,8}:"
)
_SECTION = re.compile(r"^(\(?[一二三四五六七八九十]+[、.)]|第[一二三四五六七八九十]+部分)")


@dataclass(frozen=True, slots=True)
class _Places:
    """Columns that tell what kind of row a row is.

    Attributes:
        leading: total rows say so in one of the columns up to this one.
        prefilled: serial number, county and check formula stand in rows of a template that
            nobody filled in.
    """

    leading: int
    name: int
    serial: int
    prefilled: frozenset[int]
    echoes: Mapping[int, set[str]]

    @classmethod
    def of(cls, header: Header) -> _Places:
        places = {key: column.index for key, column in header.matched.items()}
        return cls(
            leading=max(3, places.get("name", 0), places.get("unit", 0)),
            name=places.get("name", 0),
            serial=places.get("serial", 0),
            prefilled=frozenset(places[key] for key in _PREFILLED if key in places),
            echoes={column.index: {fold(level) for level in column.path} for column in header.columns},
        )


def _rows(sheet: Sheet, header: Header, vocabulary: Vocabulary) -> Iterator[TableRow]:
    covered = _covered_cells(sheet, header, vocabulary)
    places = _Places.of(header)
    by_key = {column.key: column.index for column in header.columns if column.key is not None}
    for number in range(header.last + 1, len(sheet.rows) + 1):
        row = sheet.rows[number - 1]
        filled = [index for index, value in enumerate(row, start=1) if not _empty(value)]
        if not filled or _is_echo(row, filled, places) or _is_numbering(row, filled):
            continue
        kind = _kind(row, filled, places)
        if kind is not None:
            yield _read_row(sheet, header, by_key, number, kind, covered)


def _empty(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_echo(row: Sequence[CellValue], filled: list[int], places: _Places) -> bool:
    """A header printed again in the middle of the table."""
    same, others, most = 0, 0, len(filled) * 4
    for index in filled:
        value = row[index - 1]
        if isinstance(value, str) and fold(value) in places.echoes.get(index, ()):
            same += 1
        else:
            others += 1
            if others * 10 > most:
                return False
    return same >= 2


def _is_numbering(row: Sequence[CellValue], filled: list[int]) -> bool:
    """The line 1, 2, 3 … that numbers the columns; two words such as 栏次 may stand before it."""
    numbers: list[int] = []
    for place, index in enumerate(filled):
        text = as_entered(row[index - 1]).strip("()（） ")
        if text.isascii() and text.isdigit() and len(text) < 4:
            numbers.append(int(text))
        elif place - len(numbers) >= 2:
            return False
    if len(numbers) < 4:
        return False
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in (1, 2)


def _kind(row: Sequence[CellValue], filled: list[int], places: _Places) -> RowKind | None:
    """What a row is; None for one that holds nothing but what the template put there."""
    for index in filled:
        if index > places.leading:
            break
        total = _TOTAL.match(_without_brackets(row[index - 1]))
        if total:
            whole = not total["of"] and total["word"] != "小计"
            return RowKind.TOTAL if whole else RowKind.SUBTOTAL
    content = [index for index in filled if index not in places.prefilled or _is_word(row, index, places)]
    if not content:
        # Numbered lines of a template; their formula columns may well be without a result.
        return None
    return _kind_of_text(row, content, places)


def _kind_of_text(row: Sequence[CellValue], content: list[int], places: _Places) -> RowKind:
    """Section headings and signatures stand in the first cells of rows that hold little else."""
    first = content[0]
    text = fold(row[first - 1])
    if len(content) <= 3 and _NOTE.match(text):
        return RowKind.NOTE
    if len(content) <= 2 and places.name not in content:
        if _SECTION.match(text):
            return RowKind.SECTION
        if len(content) == 1 and first == 1 and isinstance(row[0], str):
            return RowKind.NOTE
    return RowKind.DATA


def _without_brackets(value: CellValue) -> str:
    return _BRACKETED.sub("", fold(value)) if isinstance(value, str) else ""


def _is_word(row: Sequence[CellValue], index: int, places: _Places) -> bool:
    """Text instead of a number in the serial column: 一、省重点项目."""
    value = row[index - 1]
    return index == places.serial and isinstance(value, str) and not value.strip().isdigit()


def _covered_cells(
    sheet: Sheet, header: Header, vocabulary: Vocabulary
) -> Mapping[tuple[int, int], CellValue]:
    """Values of merged cells for the rows they cover, in the columns that fill down."""
    wanted = {
        column.index for column in header.matched.values() if vocabulary.specs[column.key or ""].fill_down
    }
    covered: dict[tuple[int, int], CellValue] = {}
    for merge in sheet.merges:
        if merge.top <= header.last or merge.left not in wanted or merge.left != merge.right:
            continue
        for row in range(merge.top + 1, min(merge.bottom, len(sheet.rows)) + 1):
            covered[row, merge.left] = sheet.value(merge.top, merge.left)
    return covered


class RowValues(Mapping[str, CellValue]):
    """A row's cells by key, without a dictionary for each of twenty thousand rows."""

    __slots__ = ("_covered", "_places", "_row")

    def __init__(
        self, row: Sequence[CellValue], places: Mapping[str, int], covered: Mapping[str, CellValue]
    ) -> None:
        self._row, self._places, self._covered = row, places, covered

    def __getitem__(self, key: str) -> CellValue:
        index = self._places[key]
        value = self._row[index - 1] if index <= len(self._row) else None
        return self._covered.get(key) if _empty(value) else value

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self._places else default

    def as_dict(self) -> dict[str, CellValue]:
        """All of them at once, for a reader that asks for each."""
        row, wide, covered = self._row, len(self._row), self._covered
        values = {key: row[place - 1] if place <= wide else None for key, place in self._places.items()}
        for key, value in values.items():
            if value is None or (type(value) is str and not value.strip()):
                values[key] = covered.get(key)
        return values

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _read_row(
    sheet: Sheet,
    header: Header,
    places: Mapping[str, int],
    number: int,
    kind: RowKind,
    covered: Mapping[tuple[int, int], CellValue],
) -> TableRow:
    row = sheet.rows[number - 1]
    down = {}
    if covered:
        down = {key: covered[number, index] for key, index in places.items() if (number, index) in covered}
    extras = {
        column.heading: row[column.index - 1]
        for column in header.columns
        if column.key is None and column.index <= len(row) and not is_blank(row[column.index - 1])
    }
    return TableRow(number, kind, RowValues(row, places, down or _NOTHING), extras or _NOTHING)
