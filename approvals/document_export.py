"""The list of documents as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

from approvals.document_selectors import DocumentSums
from approvals.models import LandDocument, LandDocumentQuerySet
from core.units import AreaUnit, from_m2
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, Subtotal, write_ledger

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("类型",), CellKind.CENTRED, 20),
    LedgerColumn(("文号（证号）",), CellKind.TEXT, 26),
    LedgerColumn(("电子监管号",), CellKind.CENTRED, 24),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 36),
    LedgerColumn(("批次",), CellKind.CENTRED, 20),
    LedgerColumn(("批准机关",), CellKind.TEXT, 20),
    LedgerColumn(("批准日期",), CellKind.DATE),
    LedgerColumn(("面积（公顷）", "申请"), CellKind.HA),
    LedgerColumn(("面积（公顷）", "批准"), CellKind.HA),
    LedgerColumn(("面积（公顷）", "差额"), CellKind.HA),
    LedgerColumn(("建筑面积（㎡）",), CellKind.MONEY),
    LedgerColumn(("有效期至",), CellKind.DATE),
    LedgerColumn(("说明",), CellKind.TEXT, 24),
)


def document_workbook(rows: LandDocumentQuerySet, *, sums: DocumentSums, subtitle: str) -> bytes:
    """The given documents in their order; at the foot the sums of each kind and the land approved,
    never areas of two kinds in one sum. Two queries a batch of 500.
    """
    layout = LedgerLayout(
        title="批复与证书",
        subtitle=subtitle,
        columns=COLUMNS,
        sheet_name="批复与证书",
        freeze_columns=3,
        total_label="",
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(rows, sums))
    return file.getvalue()


def _rows(rows: LandDocumentQuerySet, sums: DocumentSums) -> Iterator[tuple[LedgerValue, ...] | Subtotal]:
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        yield (number, *_cells(row))
    for kind in sums.kinds:
        areas = (kind.applied_m2, kind.approved_m2, kind.difference_m2)
        yield _foot(f"{kind.label}小计", f"{kind.number} 件", areas, kind.floor_m2)
    yield _foot("获批建设用地合计", f"共 {sums.number} 件", (None, sums.land_m2, None), None)


def _foot(label: str, number: str, areas: Sequence[int | None], floor: Decimal | None) -> Subtotal:
    shown = (None if m2 is None else from_m2(m2, AreaUnit.HA) for m2 in areas)
    return Subtotal((None, label, number, *[None] * 6, *shown, floor, None, None))


def _cells(row: LandDocument) -> tuple[LedgerValue, ...]:
    applied, approved = getattr(row, "applied_m2", None), getattr(row, "approved_m2", None)
    difference = None if applied is None or approved is None else approved - applied
    return (
        row.get_kind_display(),
        row.number,
        row.supervision_no,
        row.organisation.short_name,
        "、".join(area.project.name for area in row.areas.all()),
        str(row.batch) if row.batch else "",
        row.issuer,
        row.decided_on,
        *(None if m2 is None else from_m2(m2, AreaUnit.HA) for m2 in (applied, approved, difference)),
        row.floor_area_m2,
        row.validity.due_on if row.validity else None,
        f"已撤销：{row.revoked_reason}" if row.revoked_on else row.note,
    )
