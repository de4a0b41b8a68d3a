"""One instrument's 台账 as a workbook, with the columns of the province's quota system (domain.md 3.3)."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils import timezone

from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from quotas.selectors.ledger_rows import LedgerRow
from quotas.units import Unit


def ledger_workbook(rows: Sequence[LedgerRow], *, title: str, unit: Unit, today: date) -> bytes:
    """One row for each movement; the instrument is one dimension and stands over its four amounts."""
    layout = LedgerLayout(
        title=title,
        subtitle=f"导出日期：{today:%Y年%m月%d日}　　单位：{unit.label}、元",
        columns=_columns(unit),
        sheet_name="指标台账",
        freeze_columns=3,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_cells(rows, unit))
    return file.getvalue()


def _columns(unit: Unit) -> tuple[LedgerColumn, ...]:
    amounts = CellKind.INTEGER if unit.label == "公斤" else CellKind.HA
    dimension = f"{unit.instrument.label}（{unit.label}）"
    price = "元/亩" if unit.instrument.is_land else "元/公斤"
    return (
        LedgerColumn(("序号",), CellKind.INTEGER, 6),
        LedgerColumn(("日期",), CellKind.CENTRED, 12),
        LedgerColumn(("类型",), CellKind.CENTRED, 10),
        LedgerColumn(("摘要",), CellKind.TEXT, 36),
        LedgerColumn(("指标所在行政区", "代码"), CellKind.CENTRED, 10),
        LedgerColumn(("指标所在行政区", "名称"), CellKind.CENTRED, 12),
        LedgerColumn(("权属",), CellKind.CENTRED, 12),
        *(LedgerColumn((dimension, name), amounts, 14) for name in ("收入", "支出", "预占冻结", "可用余额")),
        LedgerColumn(("来源项目", "备案编号"), CellKind.TEXT, 20),
        LedgerColumn(("来源项目", "名称"), CellKind.TEXT, 24),
        LedgerColumn(("关联项目", "项目代码"), CellKind.TEXT, 26),
        LedgerColumn(("关联项目", "名称"), CellKind.TEXT, 30),
        LedgerColumn(("用地报件/批复文号",), CellKind.TEXT, 22),
        LedgerColumn(("对方账户",), CellKind.TEXT, 22),
        LedgerColumn(("价款", f"单价（{price}）"), CellKind.MONEY, 14),
        LedgerColumn(("价款", "金额（元）"), CellKind.MONEY, 18),
        LedgerColumn(("价款", "缴款凭证"), CellKind.TEXT, 22),
        LedgerColumn(("协议编号",), CellKind.TEXT, 20),
        LedgerColumn(("审批文号",), CellKind.TEXT, 24),
        LedgerColumn(("操作", "操作人"), CellKind.CENTRED, 14),
        LedgerColumn(("操作", "操作时间"), CellKind.CENTRED, 17),
        LedgerColumn(("审核", "审核人"), CellKind.CENTRED, 14),
        LedgerColumn(("审核", "审核时间"), CellKind.CENTRED, 17),
        LedgerColumn(("备注",), CellKind.TEXT, 30),
    )


def _cells(rows: Sequence[LedgerRow], unit: Unit) -> Iterator[tuple[LedgerValue, ...]]:
    for number, row in enumerate(rows, start=1):
        movement, basis = row.movement, row.basis
        project, source = movement.project, basis.consolidation
        amounts = [unit.of(value) if value else None for value in (row.incoming, row.outgoing, row.held)]
        yield (
            number,
            f"{movement.occurred_on}",
            row.kind,
            movement.reason,
            row.holder.code,
            row.holder.short_name,
            movement.source.owner.short_name,
            *amounts,
            unit.of(row.balance),
            basis.record_no,
            source.name if source else "",
            project.display_code if project else "",
            project.name if project else "",
            basis.report_no,
            f"{row.counterpart.holder.short_name}{row.counterpart.get_place_display()}",
            basis.price,
            basis.yuan,
            "、".join(basis.vouchers),
            basis.agreement_no,
            basis.approval_no,
            movement.entered_by.label if movement.entered_by else "系统",
            _moment(movement.entered_at),
            basis.reviewer.label if basis.reviewer else "",
            _moment(basis.reviewed_at),
            basis.note,
        )


def _moment(moment: datetime | None) -> str:
    """To the minute, on the office's clock."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
