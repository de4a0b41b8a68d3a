"""The looks of a ledger's cells, and the fixed parts of an OOXML workbook.

Fonts, sizes and borders after domain.md 6.1. Nothing here depends on the content, so the same
rows always give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from xml.sax.saxutils import quoteattr

from officefiles.sheets import column_letters
from officefiles.writing.printing import ONE_PAGE, PrintPlan

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class CellKind(StrEnum):
    """How the cells of a column look. Text may stand in any of them (未批复 in a date column)."""

    TEXT = "text"
    CENTRED = "centred"
    INTEGER = "integer"
    MU = "mu"
    HA = "ha"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"


_FORMATS: Final[dict[CellKind, tuple[int, str]]] = {
    CellKind.TEXT: (0, "left"),
    CellKind.CENTRED: (0, "center"),
    CellKind.INTEGER: (3, "right"),
    CellKind.MU: (4, "right"),
    CellKind.HA: (164, "right"),
    CellKind.MONEY: (4, "right"),
    CellKind.PERCENT: (10, "right"),
    CellKind.DATE: (165, "center"),
}
DEFAULT_WIDTHS: Final[dict[CellKind, float]] = {
    CellKind.TEXT: 16,
    CellKind.CENTRED: 8,
    CellKind.INTEGER: 9,
    CellKind.MU: 12,
    CellKind.HA: 12,
    CellKind.MONEY: 14,
    CellKind.PERCENT: 9,
    CellKind.DATE: 12,
}
TITLE, SUBTITLE, HEADER = 1, 2, 3
_FIRST_KIND = 4
_KINDS = tuple(CellKind)


def style_of(kind: CellKind, *, bold: bool = False) -> int:
    """Index of a data cell's look; `bold` for total rows."""
    return _FIRST_KIND + _KINDS.index(kind) + (len(_KINDS) if bold else 0)


def quoted_style_of(kind: CellKind, *, bold: bool = False) -> int:
    """The same with Excel's text mark, so that `=1+1` stays text even after F2 and Enter."""
    return style_of(kind, bold=bold) + 2 * len(_KINDS)


def wraps(kind: CellKind) -> bool:
    """Whether a text goes on in a second line; figures and what stands in their columns do not."""
    return _FORMATS[kind][1] != "right"


def _format(
    number: int, align: str, *, font: int, border: int = 1, wrap: bool = False, quoted: bool = False
) -> str:
    wraps = ' wrapText="1"' if wrap else ""
    mark = ' quotePrefix="1"' if quoted else ""
    return (
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="{border}" xfId="0"{mark} '
        f'applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1">'
        f'<alignment horizontal="{align}" vertical="center"{wraps}/></xf>'
    )


def _kind_formats(*, bold: bool, quoted: bool) -> str:
    return "".join(
        _format(*_FORMATS[kind], font=4 if bold else 0, wrap=wraps(kind), quoted=quoted) for kind in _KINDS
    )


def _font(name: str, size: int, *, bold: bool = False) -> str:
    return f'<font>{"<b/>" if bold else ""}<sz val="{size}"/><name val="{name}"/><charset val="134"/></font>'


def styles_xml() -> str:
    """`xl/styles.xml`: fonts 仿宋 11, 方正小标宋 20, 黑体 11; thin borders; 亩 2 and 公顷 4 decimals."""
    fonts = (
        _font("仿宋", 11)
        + _font("方正小标宋简体", 20)
        + _font("仿宋", 11)
        + _font("黑体", 11)
        + _font("仿宋", 11, bold=True)
    )
    sides = "".join(
        f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom")
    )
    formats = (
        _format(0, "general", font=0, border=0)
        + _format(0, "center", font=1, border=0)
        + _format(0, "left", font=2, border=0)
        + _format(0, "center", font=3, wrap=True)
        + _kind_formats(bold=False, quoted=False)
        + _kind_formats(bold=True, quoted=False)
        + _kind_formats(bold=False, quoted=True)
        + _kind_formats(bold=True, quoted=True)
    )
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.0000"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        f'<fonts count="5">{fonts}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{sides}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{_FIRST_KIND + 4 * len(_KINDS)}">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def content_types_xml(sheets: int) -> str:
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{spreadsheet}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{spreadsheet}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{spreadsheet}.styles+xml"/>{overrides}</Types>'
    )


def package_relations_xml() -> str:
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )


def workbook_relations_xml(sheets: int) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{lines}'
        f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>'
    )


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A sheet's name, and the first and last row and the columns that repeat on each printed page."""

    name: str
    first: int
    last: int
    columns: int = 0

    @property
    def titles(self) -> str:
        sheet = _quoted(self.name)
        columns = f"{sheet}!$A:${column_letters(self.columns)}," if self.columns else ""
        return f"{columns}{sheet}!${self.first}:${self.last}"


def workbook_xml(sheets: list[PrintedSheet]) -> str:
    """The sheets, with what of each repeats on paper."""
    tabs = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{index}">{sheet.titles}</definedName>'
        for index, sheet in enumerate(sheets)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{tabs}</sheets><definedNames>{titles}</definedNames></workbook>"
    )


def _quoted(name: str) -> str:
    escaped = name.replace("'", "''").replace("&", "&amp;").replace("<", "&lt;")
    return f"'{escaped}'"


def sheet_head(*, columns: str, pane: str, plan: PrintPlan = ONE_PAGE) -> str:
    """Everything of a sheet's XML before its rows."""
    fits = int(plan.percent is None)
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="{fits}"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{columns}</cols><sheetData>'
    )


def sheet_tail(merges: list[str], plan: PrintPlan = ONE_PAGE, *, title: str = "") -> str:
    """Everything after the rows: merged cells, A3 landscape as planned, page numbers.

    Args:
        title: as XML text; below every page where several lie beside each other.
    """
    size, breaks, below = 'fitToWidth="1" fitToHeight="0"', "", ""
    if plan.percent is not None:
        size = f'scale="{plan.percent}" pageOrder="overThenDown"'
        below = f"&amp;L{title.replace('&amp;', '&amp;&amp;')}"
        cuts = "".join(f'<brk id="{column}" max="1048575" man="1"/>' for column in plan.breaks)
        breaks = (
            f'<colBreaks count="{len(plan.breaks)}" manualBreakCount="{len(plan.breaks)}">{cuts}</colBreaks>'
        )
    merged = "".join(f'<mergeCell ref="{merge}"/>' for merge in merges)
    block = f'<mergeCells count="{len(merges)}">{merged}</mergeCells>' if merges else ""
    return (
        f'</sheetData>{block}<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="8" orientation="landscape" {size}/>'
        f"<headerFooter><oddFooter>{below}&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter>"
        f"{breaks}</worksheet>"
    )
