"""The work list as a formatted workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from itertools import islice

from accounts.models import User
from deadlines.models import DeadlineQuerySet
from deadlines.rules import Unit
from deadlines.selectors import working_calendar
from desk.deadline_rows import DeadlineRow, read_rows
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger

AT_ONCE = 500
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("状态",), CellKind.CENTRED, 9),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("编号",), CellKind.CENTRED, 18),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("环节",), CellKind.CENTRED, 12),
    LedgerColumn(("步骤",), CellKind.TEXT, 24),
    LedgerColumn(("起算日",), CellKind.DATE),
    LedgerColumn(("到期日", "承诺"), CellKind.DATE),
    LedgerColumn(("到期日", "法定"), CellKind.DATE),
    LedgerColumn(("时限", "已计"), CellKind.INTEGER),
    LedgerColumn(("时限", "期限"), CellKind.INTEGER),
    LedgerColumn(("时限", "单位"), CellKind.CENTRED, 9),
    LedgerColumn(("结论",), CellKind.CENTRED, 18),
    LedgerColumn(("责任单位",), CellKind.TEXT, 18),
    LedgerColumn(("责任人",), CellKind.TEXT, 18),
)


def deadline_workbook(deadlines: DeadlineQuerySet, *, actor: User, today: date) -> bytes:
    """The given promises in their order; read in batches with a fixed number of queries each."""
    organisation = actor.organisation.name if actor.organisation else ""
    layout = LedgerLayout(
        title="期限清单",
        subtitle=f"{organisation}　　导出日期：{today:%Y年%m月%d日}",
        columns=COLUMNS,
        sheet_name="期限清单",
        freeze_columns=3,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(deadlines, today))
    return file.getvalue()


def _rows(deadlines: DeadlineQuerySet, today: date) -> Iterator[tuple[LedgerValue, ...]]:
    calendar = working_calendar()
    waiting = deadlines.iterator(chunk_size=AT_ONCE)
    number = 0
    while batch := list(islice(waiting, AT_ONCE)):
        for row in read_rows(batch, today=today, calendar=calendar):
            number += 1
            yield _cells(number, row)


def _cells(number: int, row: DeadlineRow) -> tuple[LedgerValue, ...]:
    deadline, line = row.deadline, row.line
    return (
        number,
        row.word,
        deadline.project_name,
        deadline.project_code,
        deadline.scope_organisation.short_name,
        deadline.stage,
        deadline.subject_label,
        deadline.started_on,
        deadline.committed_due_on,
        deadline.statutory_due_on,
        line.used if line else None,
        line.allowed if line else None,
        ("工作日" if line.counted_in is Unit.WORKING_DAY else "日") if line else "",
        row.conclusion,
        deadline.holder_organisation.short_name,
        deadline.holder.label if deadline.holder else "",
    )
