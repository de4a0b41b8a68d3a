"""The list as a workbook: the rows, order and columns of an address, written in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome, Write
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.list_columns import FIXED, Column, values_of
from projects.list_question import chosen_rows, ordered_ids, projects_in, read_question
from projects.models import ListName
from projects.selectors.lists import with_clocks
from projects.services.exports import keep_export

KIND = "projects.export"
LABEL = "导出清单"
AT_ONCE = 500
IN_MEMORY = 8 << 20


def make_export(job: Job, progress: Progress) -> Write:
    """The handler of export jobs: read the rows with the reader's sight of now, write, keep."""
    today = timezone.localdate(progress.clock())
    actor = User.objects.get(pk=int(str(job.payload["actor"])))
    query = str(job.payload["query"])
    question = read_question(QueryDict(query), actor=actor, today=today)
    ids = [int(pk) for pk in job.payload.get("ids", [])] or None
    if ids is None:
        ids = ordered_ids(question)
    else:
        visible = set(chosen_rows(ids, actor=actor, today=today).values_list("pk", flat=True))
        ids = [pk for pk in ids if pk in visible]
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        write_ledger(
            file,  # type: ignore[arg-type]  # as good as a file
            layout=_layout(question.columns, actor=actor, today=today),
            rows=_rows(ids, question.columns, actor=actor, today=today, progress=progress),
        )
        file.seek(0)
        content = file.read()

    def keep() -> Outcome:
        kept = keep_export(
            owner=actor,
            list_name=ListName.PROJECTS,
            query=query,
            filename=f"项目清单_{today:%Y%m%d}.xlsx",
            row_count=len(ids),
            content=content,
        )
        return Outcome(url=kept.get_absolute_url(), facts={"export": kept.pk, "rows": len(ids)})

    return keep


def _layout(columns: Sequence[Column], *, actor: User, today: date) -> LedgerLayout:
    scope = actor.reporting_unit or actor.organisation
    unit = scope.name if scope else ""
    sheet = [column for each in columns for column in each.sheet]
    up_to_name = [column.key for column in columns].index(FIXED)
    return LedgerLayout(
        title="用地保障项目清单",
        subtitle=f"填报单位：{unit}　　导出日期：{today:%Y年%m月%d日}　　单位：公顷、万元",
        columns=(LedgerColumn(("序号",), CellKind.INTEGER, 6), *sheet),
        sheet_name="项目清单",
        freeze_columns=2 + sum(len(column.sheet) for column in columns[:up_to_name]),
        total_label="合计" if any(column.total for column in sheet) else "",
    )


def _rows(
    ids: Sequence[int], columns: Sequence[Column], *, actor: User, today: date, progress: Progress
) -> Iterator[list[LedgerValue]]:
    number = 0
    for start in range(0, len(ids), AT_ONCE):
        progress.report(start, len(ids), f"正在写入第 {start + 1} / {len(ids)} 行")
        projects = projects_in(ids[start : start + AT_ONCE], actor=actor, today=today)
        for cells in values_of(columns, with_clocks(projects, today=today)):
            number += 1
            yield [number, *(value for values in cells for value in values)]
