"""The list of promises as a formatted workbook, written in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO

from django.http import QueryDict

from accounts.models import User
from deadlines.models import DeadlineQuerySet
from deadlines.rules import Unit
from deadlines.selectors import working_calendar
from desk.deadline_question import read_deadlines
from desk.deadline_rows import DeadlineRow, read_rows
from jobs.progress import Progress
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.kept_lists import Asked, KeptList
from projects.models import ListName
from ui.pagination import capped_count

AT_ONCE = 500
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("状态",), CellKind.CENTRED, 9),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("编号",), CellKind.CENTRED, 18),
    LedgerColumn(("单位",), CellKind.CENTRED, 12),
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


def read_kept(parameters: QueryDict, *, actor: User, today: date) -> Asked:
    """What a workbook of the list would hold."""
    rows = read_deadlines(parameters, actor=actor, today=today).rows
    return Asked(capped_count(rows), ["·".join(column.path) for column in COLUMNS])


DEADLINES = KeptList(
    name=ListName.DEADLINES,
    page="desk:deadlines",
    export_page="desk:deadlines-export",
    kind="desk.deadline_export",
    unit="项",
    read=read_kept,
)


def write_deadlines(
    file: BinaryIO, *, query: QueryDict, ids: Sequence[int], actor: User, today: date, progress: Progress
) -> int:
    """The promises of an address in its order; read in batches with a fixed number of queries each."""
    question = read_deadlines(query, actor=actor, today=today)
    organisation = actor.organisation.name if actor.organisation else ""
    layout = LedgerLayout(
        title="期限清单",
        subtitle=f"{organisation}　　导出日期：{today:%Y年%m月%d日}",
        columns=COLUMNS,
        sheet_name="期限清单",
        freeze_columns=3,
    )
    deadlines = question.rows.order_by(*question.order, "pk")
    counting = Counting(total=question.rows.count())
    write_ledger(file, layout=layout, rows=_rows(deadlines, today, progress, counting))
    return counting.written


@dataclass(slots=True)
class Counting:
    """How many rows there are to write, and how many are written."""

    total: int
    written: int = 0


def _rows(
    deadlines: DeadlineQuerySet, today: date, progress: Progress, counting: Counting
) -> Iterator[tuple[LedgerValue, ...]]:
    calendar = working_calendar()
    waiting = deadlines.iterator(chunk_size=AT_ONCE)
    while batch := list(islice(waiting, AT_ONCE)):
        total = max(counting.total, counting.written + len(batch))
        progress.report(counting.written, total, f"正在写入第 {counting.written + 1} / {total} 行")
        for row in read_rows(batch, today=today, calendar=calendar):
            counting.written += 1
            yield _cells(counting.written, row)


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
