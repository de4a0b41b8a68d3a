"""Lists as workbooks: the rows, order and columns of an address, written in the background."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO, Protocol

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Handler, Outcome, Write
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.kept_lists import Asked, KeptList
from projects.list_columns import FIXED, Column, values_of
from projects.list_question import chosen_ids, chosen_rows, facts_in, ordered_ids, read_question
from projects.models import ListName
from projects.selectors.lists import list_rows
from projects.services.exports import keep_export
from ui.pagination import capped_count

LABEL = "导出清单"
AT_ONCE = 500
IN_MEMORY = 8 << 20


class WriteList(Protocol):
    """Writes the list that `query` asks for, or of it the rows `ids`; answers how many rows."""

    def __call__(
        self,
        file: BinaryIO,
        *,
        query: QueryDict,
        ids: Sequence[int],
        actor: User,
        today: date,
        progress: Progress,
    ) -> int: ...


def export_handler(kept: KeptList, *, title: str, write: WriteList) -> Handler:
    """The handler of a list's export jobs: read with the reader's sight of now, write, keep.

    Args:
        title: begins the file's name, before the day.
    """

    def make(job: Job, progress: Progress) -> Write:
        today = timezone.localdate(progress.clock())
        actor = User.objects.get(pk=int(str(job.payload["actor"])))
        query = str(job.payload["query"])
        ids = [int(pk) for pk in job.payload.get("ids", [])]
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            row_count = write(
                file,  # type: ignore[arg-type]  # as good as a file
                query=QueryDict(query),
                ids=ids,
                actor=actor,
                today=today,
                progress=progress,
            )
            file.seek(0)
            content = file.read()

        def keep() -> Outcome:
            export = keep_export(
                owner=actor,
                list_name=kept.name,
                query=query,
                filename=f"{title}_{today:%Y%m%d}.xlsx",
                row_count=row_count,
                content=content,
            )
            return Outcome(url=export.get_absolute_url(), facts={"export": export.pk, "rows": row_count})

        return keep

    return make


# --- the list of projects ---------------------------------------------------------------------------


def read_projects(parameters: QueryDict, *, actor: User, today: date) -> Asked:
    """What a workbook of the project list would hold; `id` narrows it to ticked rows."""
    question, ids = read_question(parameters, actor=actor, today=today), chosen_ids(parameters)
    rows = chosen_rows(ids, actor=actor) if ids else question.rows
    return Asked(capped_count(rows), [column.label for column in question.columns], ids)


PROJECTS = KeptList(
    name=ListName.PROJECTS,
    page="projects:list",
    export_page="projects:export",
    kind="projects.export",
    unit="个项目",
    read=read_projects,
)


def write_projects(
    file: BinaryIO, *, query: QueryDict, ids: Sequence[int], actor: User, today: date, progress: Progress
) -> int:
    """The project list in the order and columns of its address."""
    question = read_question(query, actor=actor, today=today)
    found: Sequence[int]
    if ids:
        visible = set(chosen_rows(ids, actor=actor).values_list("pk", flat=True))
        found = [pk for pk in ids if pk in visible]
    else:
        found = ordered_ids(question)
    write_ledger(
        file,
        layout=_layout(question.columns, actor=actor, today=today),
        rows=_rows(found, question.columns, actor=actor, today=today, progress=progress),
    )
    return len(found)


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
        facts = facts_in(ids[start : start + AT_ONCE], columns=columns, actor=actor)
        for cells in values_of(columns, list_rows(facts, today=today)):
            number += 1
            yield [number, *(value for values in cells for value in values)]
