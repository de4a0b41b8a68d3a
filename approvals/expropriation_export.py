"""The list of expropriations as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from approvals.expropriation_selectors import ExpropriationReading, read_expropriation
from approvals.models import ExpropriationQuerySet
from core.units import AreaUnit, from_m2
from deadlines.selectors import working_calendar
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("被征地集体",), CellKind.TEXT, 26),
    LedgerColumn(("征收面积（公顷）",), CellKind.HA, total=True),
    LedgerColumn(("征收情形",), CellKind.TEXT, 30),
    LedgerColumn(("进展",), CellKind.CENTRED, 18),
    LedgerColumn(("进展日期",), CellKind.DATE),
    LedgerColumn(("签约", "应签"), CellKind.INTEGER, total=True),
    LedgerColumn(("签约", "已签"), CellKind.INTEGER, total=True),
    LedgerColumn(("签约", "比例（%）"), CellKind.CENTRED),
    LedgerColumn(("资金（元）", "应付"), CellKind.MONEY, total=True),
    LedgerColumn(("资金（元）", "预存"), CellKind.MONEY, total=True),
    LedgerColumn(("资金（元）", "兑付"), CellKind.MONEY, total=True),
    LedgerColumn(("足额预存",), CellKind.CENTRED, 10),
)


def expropriation_workbook(rows: ExpropriationQuerySet, *, subtitle: str, today: date) -> bytes:
    """The given records in their order, sums at the foot. Four queries a batch of 500."""
    layout = LedgerLayout(
        title="土地征收进展", subtitle=subtitle, columns=COLUMNS, sheet_name="土地征收", freeze_columns=4
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(rows, today))
    return file.getvalue()


def _rows(rows: ExpropriationQuerySet, today: date) -> Iterator[tuple[LedgerValue, ...]]:
    calendar = working_calendar()
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        yield (number, *_cells(read_expropriation(row, calendar=calendar, today=today)))


def _cells(reading: ExpropriationReading) -> tuple[LedgerValue, ...]:
    row, last, latest = reading.record, reading.last_count, reading.latest
    return (
        row.project.organisation.short_name,
        row.project.name,
        row.collective,
        from_m2(row.area_m2, AreaUnit.HA),
        row.reason.name,
        latest.label if latest else "未启动",
        latest.act.occurred_on if latest and latest.act else None,
        last.households if last else row.households,
        last.signed if last else None,
        str(reading.signing_rate) if reading.signing_rate is not None else "",
        reading.funds.due_yuan,
        reading.funds.deposited_yuan,
        reading.funds.paid_yuan,
        "是" if reading.funds.is_sufficient else "否",
    )
