"""The list of supplied land as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from approvals.models import SupplyQuerySet
from approvals.supply_selectors import SupplyReading, idle_terms, read_supply
from core.units import AreaUnit, from_m2
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("地块",), CellKind.TEXT, 20),
    LedgerColumn(("供应方式",), CellKind.CENTRED, 12),
    LedgerColumn(("标准地",), CellKind.CENTRED, 8),
    LedgerColumn(("面积（公顷）",), CellKind.HA, total=True),
    LedgerColumn(("用地单位",), CellKind.TEXT, 24),
    LedgerColumn(("合同编号",), CellKind.CENTRED, 22),
    LedgerColumn(("签订日期",), CellKind.DATE),
    LedgerColumn(("价款（元）", "应缴"), CellKind.MONEY, total=True),
    LedgerColumn(("价款（元）", "已缴"), CellKind.MONEY, total=True),
    LedgerColumn(("开工", "约定"), CellKind.DATE),
    LedgerColumn(("开工", "实际"), CellKind.DATE),
    LedgerColumn(("竣工", "约定"), CellKind.DATE),
    LedgerColumn(("竣工", "实际"), CellKind.DATE),
    LedgerColumn(("供后状态",), CellKind.CENTRED, 14),
    LedgerColumn(("说明",), CellKind.TEXT, 34),
)


def supply_workbook(rows: SupplyQuerySet, *, subtitle: str, today: date) -> bytes:
    """The given parcels in their order, sums at the foot. Three queries a batch of 500."""
    layout = LedgerLayout(
        title="供地和供后监管", subtitle=subtitle, columns=COLUMNS, sheet_name="供地", freeze_columns=4
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(rows, today))
    return file.getvalue()


def _rows(rows: SupplyQuerySet, today: date) -> Iterator[tuple[LedgerValue, ...]]:
    terms = idle_terms(today)
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        yield (number, *_cells(read_supply(row, terms=terms, today=today)))


def _cells(reading: SupplyReading) -> tuple[LedgerValue, ...]:
    row = reading.supply
    return (
        row.project.organisation.short_name,
        row.project.name,
        row.parcel,
        row.get_way_display(),
        "是" if row.is_standard_land else "",
        from_m2(row.area_m2, AreaUnit.HA),
        row.user_name,
        row.contract_no,
        row.signed_on,
        row.price_yuan,
        reading.paid_yuan,
        row.start_by,
        row.started_on,
        row.finish_by,
        row.finished_on,
        reading.label,
        reading.idle.sentence,
    )
