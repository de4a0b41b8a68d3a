"""Money by treasury as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date

from core.units import yuan_to_wan
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from quotas.selectors.proposing import Settlement

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("收款财政",), CellKind.TEXT, 24),
    LedgerColumn(("应缴（万元）",), CellKind.MONEY, 16, total=True),
    LedgerColumn(("已缴（万元）",), CellKind.MONEY, 16, total=True),
    LedgerColumn(("尚欠（万元）",), CellKind.MONEY, 16, total=True),
)


def settlement_workbook(rows: Sequence[Settlement], *, year: int, today: date) -> bytes:
    """One row for each treasury, in ten-thousands with all decimals, sums at the foot."""
    layout = LedgerLayout(
        title=f"{year}年度指标价款结算",
        subtitle=f"导出日期：{today:%Y年%m月%d日}　　单位：万元",
        columns=COLUMNS,
        sheet_name="价款结算",
        freeze_columns=2,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_cells(rows))
    return file.getvalue()


def _cells(rows: Sequence[Settlement]) -> Iterator[tuple[LedgerValue, ...]]:
    for number, row in enumerate(rows, start=1):
        money = [yuan_to_wan(yuan, 6).normalize() for yuan in (row.due, row.paid, row.lacking)]
        yield (number, row.organisation.short_name, *money)
