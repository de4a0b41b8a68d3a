"""The workbooks beside the ledger in a package: what changed, who reported. Values in, bytes out."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from deadlines.rules import Lamp
from dispatch.presentation import Changed, ChangedRow
from dispatch.selectors.rounds import ReportRow
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger, write_ledgers

_WHO = (
    LedgerColumn(("序号",), CellKind.CENTRED),
    LedgerColumn(("项目名称",), CellKind.TEXT, 32),
    LedgerColumn(("县市",), CellKind.CENTRED),
)
_LAMPS = (
    LedgerColumn(("灯号", "前一期"), CellKind.CENTRED),
    LedgerColumn(("灯号", "后一期"), CellKind.CENTRED),
)
_CELLS = (
    LedgerColumn(("变化", "栏目"), CellKind.TEXT, 18),
    LedgerColumn(("变化", "前一期"), CellKind.TEXT, 26),
    LedgerColumn(("变化", "后一期"), CellKind.TEXT, 26),
)
_REPORTS = (
    LedgerColumn(("序号",), CellKind.CENTRED),
    LedgerColumn(("单位",), CellKind.TEXT, 28),
    LedgerColumn(("状态",), CellKind.CENTRED),
    LedgerColumn(("报送日期",), CellKind.DATE),
    LedgerColumn(("报送人",), CellKind.TEXT, 18),
    LedgerColumn(("说明",), CellKind.TEXT, 40),
)


def difference_workbook(changes: Changed, *, title: str, subtitle: str) -> bytes:
    """Four sheets: lamps that turned, new, gone, and every changed cell."""
    sheets = [
        (_layout(title, subtitle, "灯号变化", (*_WHO, *_LAMPS)), _lamp_lines(changes.turned)),
        (_layout(title, subtitle, "新增项目", (*_WHO, *_LAMPS)), _lamp_lines(changes.new)),
        (_layout(title, subtitle, "退出项目", (*_WHO, *_LAMPS)), _lamp_lines(changes.gone)),
        (_layout(title, subtitle, "内容变化", (*_WHO, *_CELLS)), _cell_lines(changes.changed)),
    ]
    target = BytesIO()
    write_ledgers(target, sheets=sheets)
    return target.getvalue()


def reporting_workbook(rows: Sequence[ReportRow], *, title: str, subtitle: str) -> bytes:
    """Who reported when and what was said; who did not."""
    target = BytesIO()
    lines: list[list[LedgerValue]] = [
        [
            place,
            row.report.organisation.short_name,
            row.standing.label,
            row.report.reported_on or "/",
            row.report.reported_by.label if row.report.reported_by else "/",
            row.report.remarks or ("已核实无变化" if row.report.is_unchanged else "/"),
        ]
        for place, row in enumerate(rows, 1)
    ]
    write_ledger(target, layout=_layout(title, subtitle, "报送情况", _REPORTS), rows=lines)
    return target.getvalue()


def _layout(title: str, subtitle: str, sheet: str, columns: Sequence[LedgerColumn]) -> LedgerLayout:
    return LedgerLayout(
        title=title,
        subtitle=subtitle,
        columns=tuple(columns),
        sheet_name=sheet,
        freeze_columns=2,
        total_label="",
    )


def _lamp_lines(rows: Sequence[ChangedRow]) -> list[list[LedgerValue]]:
    return [
        [place, row.name, row.unit, _lamp(row.lamp_before), _lamp(row.lamp_after)]
        for place, row in enumerate(rows, 1)
    ]


def _lamp(value: str) -> str:
    return Lamp(value).label if value else "/"


def _cell_lines(rows: Sequence[ChangedRow]) -> list[list[LedgerValue]]:
    return [
        [place, row.name, row.unit, cell.label, cell.old, cell.new]
        for place, row in enumerate(rows, 1)
        for cell in row.cells
    ]
