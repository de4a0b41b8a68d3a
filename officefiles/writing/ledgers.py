"""Writes the big ledgers: a stream of rows becomes a formatted workbook in constant memory.

Our own writer, by measurement (`bench/weekly_ledger.py`): many times openpyxl's speed, and unlike
the fast libraries it merges headers in several rows, repeats them when printing and fits the
page. Every text is an inline string, so nothing in it can become a formula.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from typing import BinaryIO, Final

from officefiles.sheets import column_letters
from officefiles.writing import styles
from officefiles.writing.printing import PrintPlan, print_plan
from officefiles.writing.styles import DEFAULT_WIDTHS, CellKind, PrintedSheet
from officefiles.writing.texts import LONGEST_TEXT, without_controls, xml_text

LedgerValue = str | int | Decimal | float | bool | date | None

# A zip member's smallest date. A real one would make two equal ledgers differ.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_DAY_0: Final = date(1899, 12, 30).toordinal()
_FIRST_DAY: Final = date(1900, 3, 1)  # Excel believes in a 29 February 1900
_MOST_LINES: Final = 27  # Excel's highest row is 409 points
_TEXT: Final = ' t="inlineStr"><is><t xml:space="preserve">'
_ROWS_PER_WRITE: Final = 200
_FORMULA_START: Final = frozenset("=+-@\t\r")
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """A column.

    Attributes:
        path: its headings from top to bottom; columns beside each other that begin alike share
            merged cells: `("前置手续", "可研批复")`.
        width: in characters; None takes the kind's usual one.
        total: summed in the last row.
    """

    path: tuple[str, ...]
    kind: CellKind = CellKind.TEXT
    width: float | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class LedgerLayout:
    """What stands around the rows.

    Attributes:
        subtitle: the line 填报单位 … 填报时间 … 单位, "" for none.
        freeze_columns: how many columns stay in sight, e.g. up to 项目名称.
        total_label: first cell of the total row; "" for no total row.
    """

    title: str
    columns: tuple[LedgerColumn, ...]
    subtitle: str = ""
    sheet_name: str = "台账"
    freeze_columns: int = 0
    total_label: str = "合计"


@dataclass(frozen=True, slots=True)
class Subtotal:
    """A row in bold that takes no part in the totals."""

    values: Sequence[LedgerValue]


@dataclass(slots=True)
class LedgerSummary:
    """What was written: number of data rows, and the sums by column index."""

    rows: int = 0
    totals: dict[int, Decimal] = field(default_factory=dict)


LedgerRows = Iterable[Sequence[LedgerValue] | Subtotal]


def write_ledger(target: BinaryIO, *, layout: LedgerLayout, rows: LedgerRows) -> LedgerSummary:
    """Write one sheet; see `write_ledgers`."""
    return write_ledgers(target, sheets=[(layout, rows)])[0]


def write_ledgers(
    target: BinaryIO, *, sheets: Sequence[tuple[LedgerLayout, LedgerRows]]
) -> list[LedgerSummary]:
    """Write a workbook of ledgers, row by row as they come.

    A row gives one value for each column; a shorter one is filled with blanks. Text stays text
    whatever it begins with, control characters are dropped, and text beyond Excel's 32,767
    characters is cut. Decimals are written as they are; how many places show is the column's
    kind. The same rows give the same bytes.

    Args:
        target: an open binary file. Putting it in place whole is the caller's affair.
    """
    titles = [_sheet_title(layout, number) for number, (layout, _) in enumerate(sheets, start=1)]
    summaries = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (layout, rows) in enumerate(sheets, start=1):
            with package.open(_member(f"xl/worksheets/sheet{number}.xml"), "w") as part:
                summaries.append(_write_sheet(part.write, layout, rows))
        spans = [
            PrintedSheet(title, *_header_span(layout), _plan(layout).repeated)
            for title, (layout, _) in zip(titles, sheets, strict=True)
        ]
        for name, text in (
            ("xl/styles.xml", styles.styles_xml()),
            ("xl/workbook.xml", styles.workbook_xml(spans)),
            ("xl/_rels/workbook.xml.rels", styles.workbook_relations_xml(len(sheets))),
            ("_rels/.rels", styles.package_relations_xml()),
            ("[Content_Types].xml", styles.content_types_xml(len(sheets))),
        ):
            package.writestr(_member(name), text.encode())
    return summaries


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _sheet_title(layout: LedgerLayout, number: int) -> str:
    title = _NOT_IN_TITLES.sub("", without_controls(layout.sheet_name)).strip("' ")
    return title[:31] or f"台账{number}"


# --- a sheet -------------------------------------------------------------------------------------


def _write_sheet(write: Callable[[bytes], object], layout: LedgerLayout, rows: LedgerRows) -> LedgerSummary:
    first, last = _header_span(layout)
    merges: list[str] = []
    plan = _plan(layout)
    head = [styles.sheet_head(columns=_widths(layout), pane=_pane(layout, last), plan=plan)]
    head += _title_rows(layout, plan, merges)
    head += _header_rows(layout, first, merges)
    write("".join(head).encode())
    summary = LedgerSummary(totals={i: Decimal(0) for i, column in enumerate(layout.columns) if column.total})
    written = last
    batch: list[str] = []
    for line in _lines(layout, rows, last + 1, summary):
        batch.append(line)
        written += 1
        if len(batch) >= _ROWS_PER_WRITE:
            write("".join(batch).encode())
            batch.clear()
    if layout.total_label:
        batch.append(_row_writer(layout, bold=True)(written + 1, _total_values(layout, summary)))
    batch.append(styles.sheet_tail(merges, plan, title=xml_text(layout.title)))
    write("".join(batch).encode())
    return summary


def _lines(layout: LedgerLayout, rows: LedgerRows, first: int, summary: LedgerSummary) -> Iterator[str]:
    plain, bold = _row_writer(layout, bold=False), _row_writer(layout, bold=True)
    totals = summary.totals
    for number, row in enumerate(rows, start=first):
        if isinstance(row, Subtotal):
            yield bold(number, row.values)
            continue
        summary.rows += 1
        for index in totals:
            value = row[index] if index < len(row) else None
            if isinstance(value, int | Decimal):
                totals[index] += value
        yield plain(number, row)


def _total_values(layout: LedgerLayout, summary: LedgerSummary) -> list[LedgerValue]:
    values: list[LedgerValue] = [summary.totals.get(index) for index in range(len(layout.columns))]
    values[0] = layout.total_label
    return values


def _row_writer(layout: LedgerLayout, *, bold: bool) -> Callable[[int, Sequence[LedgerValue]], str]:
    """A function that turns a row into XML. What is the same in every row is made once."""
    looks = [
        (
            column_letters(index),
            styles.style_of(column.kind, bold=bold),
            styles.quoted_style_of(column.kind, bold=bold),
            width - 1 if styles.wraps(column.kind) else LONGEST_TEXT,
        )
        for index, (column, width) in enumerate(
            zip(layout.columns, _characters(layout), strict=True), start=1
        )
    ]

    def line(number: int, values: Sequence[LedgerValue]) -> str:
        cells, height = [""], 1
        for (letters, look, quoted, room), value in zip(looks, values, strict=False):
            if value is None or value == "":
                cells.append(f'<c r="{letters}{number}" s="{look}"/>')
            elif isinstance(value, str):
                if value[0] in _FORMULA_START:
                    look = quoted
                cells.append(f'<c r="{letters}{number}" s="{look}"{_TEXT}{xml_text(value)}</t></is></c>')
                if 2 * len(value) > room:
                    height = max(height, _lines_in(value, room))
            else:
                cells.append(f'<c r="{letters}{number}" s="{look}"{_not_text(value)}</c>')
        cells.extend(f'<c r="{letters}{number}" s="{look}"/>' for letters, look, *_ in looks[len(values) :])
        cells[0] = f'<row r="{number}" ht="{3 + 15 * height}">' if height > 1 else f'<row r="{number}">'
        cells.append("</row>")
        return "".join(cells)

    return line


def _lines_in(text: str, room: float) -> int:
    """In how many lines a text wraps; a Chinese character takes the room of two. Not every program that
    prints a workbook finds the height of its rows by itself."""
    parts = text[:LONGEST_TEXT].split("\n")
    # In GBK a Chinese character takes two bytes as it takes two places.
    lines = sum(max(1, ceil(len(part.encode("gbk", "replace")) / room)) for part in parts)
    return min(lines, _MOST_LINES)


def _not_text(value: int | Decimal | float | bool | date) -> str:
    """The rest of a cell's XML for a number, a date or a yes."""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v>'
    if isinstance(value, int):
        return f"><v>{value}</v>"
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        if day >= _FIRST_DAY:
            return f"><v>{day.toordinal() - _DAY_0}</v>"
        return f' t="inlineStr"><is><t>{day.isoformat()}</t></is>'
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if number.is_finite():
        return f"><v>{number:f}</v>"
    return f' t="inlineStr"><is><t>{number}</t></is>'


# --- title and header -----------------------------------------------------------------------------


def _header_span(layout: LedgerLayout) -> tuple[int, int]:
    """First and last row of the header."""
    first = 3 if layout.subtitle else 2
    return first, first + max(len(column.path) for column in layout.columns) - 1


def _title_rows(layout: LedgerLayout, plan: PrintPlan, merges: list[str]) -> Iterator[str]:
    """Above all columns; where several pages lie beside each other above the first one's own columns,
    since what stands above the repeated ones would be printed in pieces."""
    begin = column_letters(plan.repeated + 1)
    end = column_letters(plan.breaks[0] if plan.breaks else len(layout.columns))
    lines = [(layout.title, styles.TITLE, 36), (layout.subtitle, styles.SUBTITLE, 20)]
    for number, (text, look, height) in enumerate(lines, start=1):
        if number == 2 and not text:
            return
        if begin != end:
            merges.append(f"{begin}{number}:{end}{number}")
        yield (
            f'<row r="{number}" ht="{height}" customHeight="1"><c r="{begin}{number}" s="{look}"'
            f"{_TEXT}{xml_text(text)}</t></is></c></row>"
        )


def _header_rows(layout: LedgerLayout, first: int, merges: list[str]) -> Iterator[str]:
    depth = max(len(column.path) for column in layout.columns)
    merges.extend(_header_merges(layout, first, depth))
    for level in range(depth):
        number = first + level
        cells = []
        for index, column in enumerate(layout.columns, start=1):
            begins = level < len(column.path) and not _continues(layout, index - 1, level)
            text = xml_text(column.path[level]) if begins else ""
            cells.append(
                f'<c r="{column_letters(index)}{number}" s="{styles.HEADER}" t="inlineStr">'
                f"<is><t>{text}</t></is></c>"
                if text
                else f'<c r="{column_letters(index)}{number}" s="{styles.HEADER}"/>'
            )
        yield f'<row r="{number}" ht="30" customHeight="1">{"".join(cells)}</row>'


def _continues(layout: LedgerLayout, index: int, level: int) -> bool:
    """Whether the heading at `level` is the left neighbour's group heading going on."""
    if index == 0:
        return False
    path, left = layout.columns[index].path, layout.columns[index - 1].path
    return level < len(path) - 1 and level < len(left) - 1 and path[: level + 1] == left[: level + 1]


def _header_merges(layout: LedgerLayout, first: int, depth: int) -> Iterator[str]:
    for index, column in enumerate(layout.columns):
        letters = column_letters(index + 1)
        if len(column.path) < depth:
            yield f"{letters}{first + len(column.path) - 1}:{letters}{first + depth - 1}"
        for level in range(len(column.path) - 1):
            end = index
            while end + 1 < len(layout.columns) and _continues(layout, end + 1, level):
                end += 1
            if end > index and not _continues(layout, index, level):
                yield f"{letters}{first + level}:{column_letters(end + 1)}{first + level}"


def _widths(layout: LedgerLayout) -> str:
    return "".join(
        f'<col min="{index}" max="{index}" width="{width}" customWidth="1"/>'
        for index, width in enumerate(_characters(layout), start=1)
    )


def _characters(layout: LedgerLayout) -> list[float]:
    return [column.width or DEFAULT_WIDTHS[column.kind] for column in layout.columns]


def _plan(layout: LedgerLayout) -> PrintPlan:
    groups = [column.path[0] for column in layout.columns]
    return print_plan(widths=_characters(layout), groups=groups, kept=layout.freeze_columns)


def _pane(layout: LedgerLayout, last: int) -> str:
    columns = layout.freeze_columns
    sideways = f' xSplit="{columns}"' if columns else ""
    corner = f"{column_letters(columns + 1)}{last + 1}"
    active = "bottomRight" if columns else "bottomLeft"
    return f'<pane{sideways} ySplit="{last}" topLeftCell="{corner}" activePane="{active}" state="frozen"/>'
