"""Applications as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from core.units import AreaUnit, from_m2
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from quotas.models import Application
from quotas.rules import Instrument

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("调节池",), CellKind.CENTRED, 20),
    LedgerColumn(("申请县（市）",), CellKind.CENTRED, 12),
    LedgerColumn(("项目名称",), CellKind.TEXT, 36),
    LedgerColumn(("项目编号",), CellKind.CENTRED, 18),
    LedgerColumn(("年度",), CellKind.INTEGER, 8),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
    *(
        LedgerColumn(("申请数量（公顷）", item.label), CellKind.HA, total=True)
        for item in Instrument
        if item.is_land
    ),
    LedgerColumn(("粮食产能（公斤）",), CellKind.INTEGER, 14, total=True),
    LedgerColumn(("提交日期",), CellKind.DATE),
    LedgerColumn(("批准日期",), CellKind.DATE),
    LedgerColumn(("批准文号",), CellKind.TEXT, 20),
    LedgerColumn(("退回或未批准理由",), CellKind.TEXT, 30),
)


def applications_workbook(rows: QuerySet[Application], *, today: date) -> bytes:
    """The given applications in their order, sums at the foot. Two queries."""
    layout = LedgerLayout(
        title="调节池指标申请",
        subtitle=f"导出日期：{today:%Y年%m月%d日}　　单位：公顷、公斤",
        columns=COLUMNS,
        sheet_name="指标申请",
        freeze_columns=4,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(rows))
    return file.getvalue()


def _rows(rows: QuerySet[Application]) -> Iterator[tuple[LedgerValue, ...]]:
    for number, row in enumerate(rows, start=1):
        asked = {line.instrument: line.amount for line in row.lines.all()}
        yield (
            number,
            row.get_pool_display(),
            row.applicant.short_name,
            row.project.name,
            row.project.display_code,
            row.year,
            row.get_state_display(),
            *(_hectares(asked.get(item)) for item in Instrument if item.is_land),
            asked.get(Instrument.FARMLAND_GRAIN),
            row.submitted_on,
            row.decided_on,
            row.decision_no,
            row.answer_reason,
        )


def _hectares(m2: int | None) -> LedgerValue:
    return None if m2 is None else from_m2(m2, AreaUnit.HA)
