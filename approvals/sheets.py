"""A list of the procedure as a formatted workbook, ready to be saved."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpResponse

from officefiles.writing import LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from ui.downloads import download


def sheet_response(
    title: str,
    *,
    columns: Sequence[LedgerColumn],
    rows: Iterable[tuple[LedgerValue, ...]],
    today: date,
    freeze_columns: int = 2,
) -> HttpResponse:
    """The rows under their title, as a file named after it and the day."""
    layout = LedgerLayout(
        title=title,
        subtitle=f"导出日期：{today}",
        columns=tuple(columns),
        sheet_name=title[:31],
        freeze_columns=freeze_columns,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=rows)
    return download(file.getvalue(), f"{title}{today:%Y%m%d}.xlsx")
