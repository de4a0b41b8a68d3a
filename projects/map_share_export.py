"""The register of shared map layers as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator

from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.models import MapShareQuerySet

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("共享日期",), CellKind.DATE),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("共享内容",), CellKind.TEXT, 26),
    LedgerColumn(("接收单位",), CellKind.TEXT, 24),
    LedgerColumn(("形式",), CellKind.CENTRED, 16),
    LedgerColumn(("方式",), CellKind.CENTRED, 10),
    LedgerColumn(("用途",), CellKind.TEXT, 34),
    LedgerColumn(("经办人",), CellKind.CENTRED, 12),
)


def map_share_workbook(rows: MapShareQuerySet, *, subtitle: str) -> bytes:
    """The given sharings in their order. One query a batch of 500."""
    layout = LedgerLayout(
        title="一张图共享登记", subtitle=subtitle, columns=COLUMNS, sheet_name="一张图共享", freeze_columns=4
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(rows))
    return file.getvalue()


def _rows(rows: MapShareQuerySet) -> Iterator[tuple[LedgerValue, ...]]:
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        yield (
            number,
            row.shared_on,
            row.project.organisation.short_name,
            row.project.name,
            row.thing,
            row.receiver.name,
            row.get_format_display(),
            row.get_way_display(),
            row.purpose,
            row.entered_by.label,
        )
