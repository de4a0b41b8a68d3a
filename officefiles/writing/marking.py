"""Gives an uploaded workbook back with its mistakes marked where they are."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from officefiles.containers import DEFAULT_LIMITS, ReadLimits
from officefiles.reading import read_workbook
from officefiles.sheets import CellValue, Sheet
from officefiles.sheets import Workbook as ReadWorkbook

_RED: Final = PatternFill("solid", fgColor="FFF4B6B6")
_AMBER: Final = PatternFill("solid", fgColor="FFFDEFC3")
_PLACE: Final = re.compile(r"^([A-Z]{0,3})(\d+)$")
_OVERVIEW: Final = "问题清单"
# What openpyxl raises for files that calamine and Excel read: odd styles, odd dates, odd names.
_OPENPYXL_FAILURES: Final = (
    AttributeError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    ParseError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
)


@dataclass(frozen=True, slots=True)
class CellMark:
    """A remark on one cell.

    Attributes:
        cell: `I7`, or `7` for the row as a whole.
        is_error: red; otherwise amber.
    """

    cell: str
    field: str
    value: str
    message: str
    suggestion: str = ""
    is_error: bool = True


def mark_errors(
    data: bytes,
    marks: Sequence[CellMark],
    *,
    filename: str,
    sheet: str,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> bytes:
    """The same workbook as .xlsx: bad cells filled, each with a comment, and a sheet 问题清单.

    A .csv or .xls file, and one that cannot be edited, comes back as an .xlsx with the same
    cells. Macros are dropped. The marked workbook can be corrected and uploaded again.

    Raises:
        WorkbookRefused: the file cannot be read at all (see `read_workbook`).
    """
    source = read_workbook(data, filename=filename, limits=limits)
    if data.startswith(b"PK"):
        try:
            return _marked(openpyxl.load_workbook(io.BytesIO(data)), sheet, marks)
        except _OPENPYXL_FAILURES:
            pass  # readable, but not editable: its cells are copied into a plain workbook
    return _marked(_rebuilt(source), sheet, marks)


def _marked(workbook: Any, sheet: str, marks: Sequence[CellMark]) -> bytes:
    target = workbook[sheet] if sheet in workbook.sheetnames else workbook.worksheets[0]
    by_cell: dict[str, list[CellMark]] = defaultdict(list)
    for mark in marks:
        by_cell[_address(mark.cell)].append(mark)
    for address, together in by_cell.items():
        _mark(target, address, together)
    _write_overview(workbook, marks)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _rebuilt(source: ReadWorkbook) -> Any:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in source.sheets:
        _copy(sheet, workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", "", sheet.name)[:31] or "工作表"))
    return workbook


def _copy(source: Sheet, target: Any) -> None:
    for row, values in source.numbered_rows():
        for column, value in enumerate(values, start=1):
            if value is not None:
                _put(target.cell(row, column), value)
    for merge in source.merges:
        target.merge_cells(
            start_row=merge.top, start_column=merge.left, end_row=merge.bottom, end_column=merge.right
        )


def _put(cell: Any, value: CellValue) -> None:
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767]
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def _address(cell: str) -> str:
    found = _PLACE.match(cell)
    if not found:
        return "A1"
    return f"{found[1] or 'A'}{found[2]}"


def _mark(sheet: Any, address: str, marks: list[CellMark]) -> None:
    cell = sheet[address]
    if isinstance(cell, MergedCell):
        block = next(block for block in sheet.merged_cells.ranges if address in block)
        cell = sheet.cell(block.min_row, block.min_col)
    cell.fill = _RED if any(mark.is_error for mark in marks) else _AMBER
    text = "\n".join(f"{mark.message}。{mark.suggestion}" for mark in marks)
    cell.comment = Comment(ILLEGAL_CHARACTERS_RE.sub("", text), "LandGuard", width=320, height=110)


def _write_overview(workbook: Any, marks: Sequence[CellMark]) -> None:
    if _OVERVIEW in workbook.sheetnames:
        workbook.remove(workbook[_OVERVIEW])
    sheet = workbook.create_sheet(_OVERVIEW)
    rows = [("单元格", "栏目", "填写的内容", "问题", "建议", "程度")]
    rows += [
        (
            mark.cell,
            mark.field,
            mark.value,
            mark.message,
            mark.suggestion,
            "错误" if mark.is_error else "警告",
        )
        for mark in marks
    ]
    for number, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            _put(sheet.cell(number, column), value)
            sheet.cell(number, column).alignment = Alignment(vertical="top", wrap_text=True)
            if number == 1:
                sheet.cell(number, column).font = Font(bold=True)
    for letters, width in zip("ABCDEF", (10, 18, 24, 44, 36, 8), strict=True):
        sheet.column_dimensions[letters].width = width
    sheet.freeze_panes = "A2"
