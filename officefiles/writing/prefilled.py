"""Prints a list to be worked on offline and handed in again: filled rows, greyed cells, hidden key.

A stream of XML like `ledgers`, because such a list may have twenty thousand rows. The sheet is not
protected: a protected sheet can be neither sorted nor filtered by the people who work in it. What
they may not change is grey, and an edit there is found when the file comes back.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from officefiles.marks import DICTIONARY_SHEET, MARKER, dictionary_checksum, key_check
from officefiles.sheets import column_letters
from officefiles.writing.styles import content_types_xml, package_relations_xml, workbook_relations_xml
from officefiles.writing.texts import xml_text

PrefilledValue = str | int | Decimal | date | None

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_DAY_0: Final = date(1899, 12, 30).toordinal()
_HEADER_ROW: Final = 3
# Styles: plain, title, line above the table, header, then four looks, open and grey.
_TITLE, _SUBTITLE, _HEADER, _HEADER_GREY = 1, 2, 3, 4
_TEXT, _FIGURE, _DATE = 5, 6, 7
_GREY: Final = 3  # added to an open look


@dataclass(frozen=True, slots=True)
class PrefilledColumn:
    """A column of a prefilled list.

    Attributes:
        heading: as printed, with its unit.
        options: title of its drop-down in `PrefilledSpec.words`, or "".
        is_locked: grey in every row.
        is_hidden: not shown; carries what the file is known by.
        is_figure: at least zero, as a spreadsheet's own check says.
    """

    heading: str
    width: float = 14
    options: str = ""
    is_locked: bool = False
    is_hidden: bool = False
    is_figure: bool = False


@dataclass(frozen=True, slots=True)
class PrefilledRow:
    """Values in the order of the columns; `grey` are the 0-based places that may not be changed."""

    values: Sequence[PrefilledValue]
    grey: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PrefilledSpec:
    """A list to be worked on: title, line above the table, columns, drop-downs, its key."""

    kind: str
    version: str
    key: str
    title: str
    subtitle: str
    columns: tuple[PrefilledColumn, ...]
    words: dict[str, list[str]] = field(default_factory=dict)
    row_count: int = 0
    spare_rows: int = 200
    freeze_columns: int = 3


def write_prefilled(spec: PrefilledSpec, rows: Iterable[PrefilledRow]) -> bytes:
    """The list as an .xlsx file: the same rows give the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, text in (
            ("[Content_Types].xml", content_types_xml(2)),
            ("_rels/.rels", package_relations_xml()),
            ("xl/workbook.xml", _workbook_xml(spec)),
            ("xl/_rels/workbook.xml.rels", workbook_relations_xml(2)),
            ("xl/styles.xml", _styles_xml()),
            ("xl/worksheets/sheet2.xml", _dictionary_xml(spec)),
        ):
            _write(package, name, [text])
        _write(package, "xl/worksheets/sheet1.xml", _sheet_xml(spec, rows))
    return file.getvalue()


def _write(package: zipfile.ZipFile, name: str, parts: Iterable[str]) -> None:
    info = zipfile.ZipInfo(name, _STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    with package.open(info, "w") as member:
        for part in parts:
            member.write(part.encode())


# --- cells -------------------------------------------------------------------------------------


def _cell(place: str, value: PrefilledValue, style: int) -> str:
    """Text is inline and so never a formula, whatever it begins with."""
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{style}"><v>{value.toordinal() - _DAY_0}</v></c>'
    if isinstance(value, int | Decimal):
        figure = f"{value:f}" if isinstance(value, Decimal) else value
        return f'<c r="{place}" s="{style}"><v>{figure}</v></c>'
    text = xml_text(value)
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _style(value: PrefilledValue, column: PrefilledColumn, *, is_grey: bool) -> int:
    look = _TEXT
    if isinstance(value, date):
        look = _DATE
    elif column.is_figure or isinstance(value, int | Decimal):
        look = _FIGURE
    return look + (_GREY if is_grey or column.is_locked else 0)


# --- the list ----------------------------------------------------------------------------------


def _sheet_xml(spec: PrefilledSpec, rows: Iterable[PrefilledRow]) -> Iterator[str]:
    letters = [column_letters(place) for place in range(1, len(spec.columns) + 1)]
    pane = f"{column_letters(spec.freeze_columns + 1)}{_HEADER_ROW + 1}"
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"><pane xSplit="{spec.freeze_columns}" '
        f'ySplit="{_HEADER_ROW}" topLeftCell="{pane}" activePane="bottomRight" state="frozen"/>'
        f'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/>'
        f"<cols>{_cols(spec)}</cols><sheetData>"
    )
    yield f'<row r="1" ht="34" customHeight="1">{_cell("A1", spec.title, _TITLE)}</row>'
    yield f'<row r="2" ht="20" customHeight="1">{_cell("A2", spec.subtitle, _SUBTITLE)}</row>'
    heads = (
        _cell(f"{letter}{_HEADER_ROW}", column.heading, _HEADER_GREY if column.is_locked else _HEADER)
        for letter, column in zip(letters, spec.columns, strict=True)
    )
    yield f'<row r="{_HEADER_ROW}" ht="34" customHeight="1">{"".join(heads)}</row>'
    number = _HEADER_ROW
    for row in rows:
        number += 1
        yield _row(number, letters, spec.columns, row)
    last = column_letters(len(spec.columns))
    yield (
        f'</sheetData><autoFilter ref="A{_HEADER_ROW}:{last}{max(number, _HEADER_ROW + 1)}"/>'
        f'<mergeCells count="2"><mergeCell ref="A1:{last}1"/><mergeCell ref="A2:{last}2"/></mergeCells>'
        f"{_validations(spec, letters, number)}"
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="8" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    )


def _row(number: int, letters: list[str], columns: tuple[PrefilledColumn, ...], row: PrefilledRow) -> str:
    cells = (
        _cell(f"{letter}{number}", value, _style(value, column, is_grey=place in row.grey))
        for place, (letter, column, value) in enumerate(zip(letters, columns, row.values, strict=True))
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cols(spec: PrefilledSpec) -> str:
    return "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"'
        f"{' hidden=' + chr(34) + '1' + chr(34) if column.is_hidden else ''}/>"
        for place, column in enumerate(spec.columns, start=1)
    )


def _validations(spec: PrefilledSpec, letters: list[str], last_row: int) -> str:
    first, last = _HEADER_ROW + 1, last_row + spec.spare_rows
    places = _option_places(spec)
    rules = []
    for letter, column in zip(letters, spec.columns, strict=True):
        reach = f'sqref="{letter}{first}:{letter}{last}"'
        common = f'allowBlank="1" showErrorMessage="1" errorTitle="{escape(column.heading)}"'
        if column.options:
            rules.append(
                f'<dataValidation type="list" {common} error="请从下拉列表中选择" {reach}>'
                f"<formula1>{places[column.options]}</formula1></dataValidation>"
            )
        elif column.is_figure:
            rules.append(
                f'<dataValidation type="decimal" operator="greaterThanOrEqual" {common} '
                f'error="请填不小于 0 的数，单位见表头" {reach}><formula1>0</formula1></dataValidation>'
            )
    return f'<dataValidations count="{len(rules)}">{"".join(rules)}</dataValidations>' if rules else ""


# --- the hidden dictionary ---------------------------------------------------------------------


def _option_places(spec: PrefilledSpec) -> dict[str, str]:
    places = {}
    for place, (title, options) in enumerate(spec.words.items(), start=1):
        letter = column_letters(place)
        places[title] = f"{DICTIONARY_SHEET}!${letter}$3:${letter}${2 + max(len(options), 1)}"
    return places


def _dictionary_xml(spec: PrefilledSpec) -> str:
    """Row 1 the mark, row 2 the titles, below them their words: as `officefiles.marks` reads it."""
    mark = (
        MARKER,
        spec.kind,
        spec.version,
        dictionary_checksum(spec.kind, spec.version, spec.words),
        spec.key,
        key_check(spec.kind, spec.version, spec.key),
    )
    depth = max((len(options) for options in spec.words.values()), default=0)
    grid: list[Sequence[str]] = [mark, list(spec.words)]
    grid += [
        [options[place] if place < len(options) else "" for options in spec.words.values()]
        for place in range(depth)
    ]
    lines = (
        f'<row r="{number}">'
        + "".join(
            _cell(f"{column_letters(place)}{number}", text, 0) for place, text in enumerate(row, start=1)
        )
        + "</row>"
        for number, row in enumerate(grid, start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>'
        '<sheetProtection sheet="1"/></worksheet>'
    )


def _workbook_xml(spec: PrefilledSpec) -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
        f'<sheets><sheet name="{escape(spec.kind)}" sheetId="1" r:id="rId1"/>'
        f'<sheet name="{DICTIONARY_SHEET}" sheetId="2" state="veryHidden" r:id="rId2"/></sheets>'
        f'<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        f"'{escape(spec.kind)}'!$A${_HEADER_ROW}:${column_letters(len(spec.columns))}"
        f"${_HEADER_ROW + max(spec.row_count, 1)}</definedName>"
        f'<definedName name="_xlnm.Print_Titles" localSheetId="0">'
        f"'{escape(spec.kind)}'!${_HEADER_ROW}:${_HEADER_ROW}</definedName></definedNames></workbook>"
    )


def _styles_xml() -> str:
    def font(name: str, size: int) -> str:
        return f'<font><sz val="{size}"/><name val="{name}"/><charset val="134"/></font>'

    def look(number: int, align: str, *, font: int, fill: int = 0, border: int = 1, wrap: bool = True) -> str:
        wraps = ' wrapText="1"' if wrap else ""
        return (
            f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" '
            f'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
            f'<alignment horizontal="{align}" vertical="center"{wraps}/></xf>'
        )

    fonts = font("仿宋", 11) + font("方正小标宋简体", 18) + font("黑体", 11)
    sides = "".join(
        f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom")
    )
    fill = '<fill><patternFill patternType="solid"><fgColor rgb="FF{}"/></patternFill></fill>'
    formats = (
        look(0, "general", font=0, border=0, wrap=False)
        + look(0, "center", font=1, border=0, wrap=False)
        + look(0, "left", font=0, border=0, wrap=False)
        + look(0, "center", font=2, fill=3)
        + look(0, "center", font=2, fill=2)
        + "".join(
            look(0, "left", font=0, fill=grey) + look(0, "right", font=0, fill=grey, wrap=False)
            + look(164, "center", font=0, fill=grey, wrap=False)
            for grey in (0, 2)
        )
    )  # fmt: skip
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        f'<fonts count="3">{fonts}</fonts>'
        '<fills count="4"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        f"{fill.format('D9D9D9')}{fill.format('E6EEF8')}</fills>"
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{sides}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="11">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
