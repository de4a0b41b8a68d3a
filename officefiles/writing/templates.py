"""Prints a list template: drop-downs, locked header, hidden dictionary with version and checksum."""

from __future__ import annotations

import io
from copy import copy
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from officefiles.marks import DICTIONARY_SHEET, MARK_ROWS, MARKER, dictionary_checksum
from officefiles.template_specs import Entry, TemplateColumn, TemplateSpec, TemplateValue
from officefiles.writing.texts import without_controls

_SIDE: Final = Side(style="thin")
_BORDER: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_HEADER_ROW: Final = 3
_FORMATS: Final = {Entry.AREA: "#,##0.0000", Entry.MONEY: "#,##0.00", Entry.PAST_DATE: "yyyy-mm-dd"}
_LOCKED: Final = frozenset({Entry.LOCKED, Entry.FORMULA, Entry.SERIAL})


def write_template(spec: TemplateSpec) -> bytes:
    """The template as an .xlsx file.

    Row 1 is the title, row 2 the line with 填报单位 and unit, row 3 the header; everything but
    the cells to be filled in is locked (without a password: against slips, not against people).
    """
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None  # a new workbook has one sheet
    sheet.title = spec.kind
    words = _write_dictionary(workbook, spec)
    _write_head(sheet, spec)
    _write_rows(sheet, spec)
    for index, column in enumerate(spec.columns, start=1):
        _validate(sheet, spec, index, column, words)
    _protect(sheet)
    _set_up_page(sheet, spec)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_dictionary(workbook: Workbook, spec: TemplateSpec) -> dict[str, str]:
    """The hidden sheet; returns where each title's options stand, as a formula."""
    sheet = workbook.create_sheet(DICTIONARY_SHEET)
    sheet.sheet_state = "veryHidden"
    sheet.append([MARKER, spec.kind, spec.version, dictionary_checksum(spec.kind, spec.version, spec.words)])
    places: dict[str, str] = {}
    for column, (title, options) in enumerate(spec.words.items(), start=1):
        sheet.cell(MARK_ROWS, column, title)
        for row, option in enumerate(options, start=MARK_ROWS + 1):
            _put(sheet.cell(row, column), option)
        letters = get_column_letter(column)
        last = MARK_ROWS + len(options)
        places[title] = f"{DICTIONARY_SHEET}!${letters}${MARK_ROWS + 1}:${letters}${last}"
    sheet.protection.sheet = True
    return places


def _put(cell: Any, value: TemplateValue) -> None:
    """Text stays text, also when it begins like a formula."""
    cell.value = without_controls(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in ("=", "+", "-", "@")


def _write_head(sheet: Any, spec: TemplateSpec) -> None:
    last = get_column_letter(len(spec.columns))
    for row, (text, size, height) in enumerate(((spec.title, 18, 34), (spec.subtitle, 11, 20)), start=1):
        sheet.merge_cells(f"A{row}:{last}{row}")
        _put(sheet.cell(row, 1), text)
        sheet.cell(row, 1).font = Font(name="黑体" if row == 1 else "仿宋", size=size)
        sheet.cell(row, 1).alignment = Alignment(
            horizontal="center" if row == 1 else "left", vertical="center"
        )
        sheet.row_dimensions[row].height = height
    sheet.row_dimensions[_HEADER_ROW].height = 34
    for index, column in enumerate(spec.columns, start=1):
        cell = sheet.cell(_HEADER_ROW, index, f"{column.heading}*" if column.required else column.heading)
        cell.font = Font(name="黑体", size=11)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.fill = PatternFill("solid", fgColor="E6EEF8")
        cell.border = _BORDER
        if column.hint:
            cell.comment = Comment(column.hint, "LandGuard", width=260, height=90)
        sheet.column_dimensions[get_column_letter(index)].width = column.width


def _write_rows(sheet: Any, spec: TemplateSpec) -> None:
    looks = [_look(sheet, index, column) for index, column in enumerate(spec.columns, start=1)]
    for number in range(max(spec.rows, len(spec.filled))):
        row = _HEADER_ROW + 1 + number
        filled = spec.filled[number] if number < len(spec.filled) else ()
        for index, column in enumerate(spec.columns, start=1):
            cell = sheet.cell(row, index)
            # Setting each look by itself takes openpyxl three seconds for a template.
            cell._style = copy(looks[index - 1])
            _put(cell, _value(column, number, row, filled[index - 1] if index <= len(filled) else None))
            if column.entry is Entry.FORMULA:
                cell.data_type, cell.quotePrefix = "f", False


def _look(sheet: Any, index: int, column: TemplateColumn) -> Any:
    cell = sheet.cell(_HEADER_ROW + 1, index)
    cell.border = _BORDER
    cell.font = Font(name="仿宋", size=11)
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    cell.number_format = _FORMATS.get(column.entry, "General")
    cell.protection = Protection(locked=column.entry in _LOCKED)
    return copy(cell._style)


def _value(column: TemplateColumn, number: int, row: int, filled: TemplateValue) -> TemplateValue:
    if column.entry is Entry.SERIAL:
        return number + 1
    if column.entry is Entry.LOCKED:
        return column.fixed
    if column.entry is Entry.FORMULA:
        return column.formula.format(row=row)
    return filled


def _validate(
    sheet: Any, spec: TemplateSpec, index: int, column: TemplateColumn, words: dict[str, str]
) -> None:
    letters = get_column_letter(index)
    first, last = _HEADER_ROW + 1, _HEADER_ROW + max(spec.rows, len(spec.filled))
    rule = _rule(column, letters, first, last, words, spec)
    if rule is not None:
        rule.add(f"{letters}{first}:{letters}{last}")
        sheet.add_data_validation(rule)
    if column.entry is Entry.FORMULA:
        rule_font = Font(color="C00000", bold=True)
        red = FormulaRule(formula=[f"LEN({letters}{first})>0"], font=rule_font)  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(f"{letters}{first}:{letters}{last}", red)


def _rule(
    column: TemplateColumn, letters: str, first: int, last: int, words: dict[str, str], spec: TemplateSpec
) -> DataValidation | None:
    """The spreadsheet's own check of a column, with the sentence it shows."""
    common: dict[str, Any] = {"allow_blank": True, "showErrorMessage": True, "errorTitle": column.heading}
    if column.entry is Entry.CHOICE:
        return DataValidation(type="list", formula1=words[column.words], error="请从下拉列表中选择", **common)
    if column.entry in (Entry.AREA, Entry.MONEY):
        return DataValidation(
            type="decimal",
            operator="greaterThanOrEqual",
            formula1="0",
            error="请填不小于 0 的数，单位见表头",
            **common,
        )
    if column.entry is Entry.PAST_DATE:
        today = spec.today
        return DataValidation(
            type="date",
            operator="between",
            formula1="DATE(2020,1,1)",
            formula2=f"DATE({today.year},{today.month},{today.day})",
            errorStyle="warning",
            error="办理日期应在 2020-01-01 至今天之间；没有日期的可写未受理、不涉及等",
            **common,
        )
    if column.unique:
        return DataValidation(
            type="custom",
            formula1=f"COUNTIF(${letters}${first}:${letters}${last},{letters}{first})=1",
            error="与另一行重复",
            **common,
        )
    return None


def _protect(sheet: Any) -> None:
    """Lock the sheet, yet leave rows and widths to the person who fills it in."""
    sheet.protection.sheet = True
    for freedom in ("formatColumns", "formatRows", "insertRows", "deleteRows", "sort", "autoFilter"):
        setattr(sheet.protection, freedom, False)


def _set_up_page(sheet: Any, spec: TemplateSpec) -> None:
    sheet.freeze_panes = f"{get_column_letter(spec.freeze_columns + 1)}{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"1:{_HEADER_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
