"""The three lists as one workbook, a letter of supervision as a Word document."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Post, PostQuerySet, User
from core.units import AreaUnit, from_m2
from duties import selectors
from duties.models import (
    Problem,
    ProblemQuerySet,
    Progress,
    ProgressQuerySet,
    SupervisionLetter,
    Task,
    TaskQuerySet,
)
from officefiles.documents import Align, Column, OfficialDocument, office_day
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledgers

PROBLEMS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("问题编号",), CellKind.CENTRED, 14),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 30),
    LedgerColumn(("问题类别",), CellKind.CENTRED, 14),
    LedgerColumn(("问题描述",), CellKind.TEXT, 44),
    LedgerColumn(("提出日期",), CellKind.DATE),
    LedgerColumn(("影响面积（公顷）",), CellKind.HA, 14),
    LedgerColumn(("普遍性政策性",), CellKind.CENTRED, 10),
    LedgerColumn(("协调层级",), CellKind.CENTRED, 10),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
)
RESPONSIBLE = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("问题（任务）编号",), CellKind.CENTRED, 16),
    LedgerColumn(("事项",), CellKind.TEXT, 34),
    LedgerColumn(("包联领导",), CellKind.TEXT, 22),
    LedgerColumn(("责任处室",), CellKind.TEXT, 20),
    LedgerColumn(("业务处室",), CellKind.TEXT, 20),
    LedgerColumn(("属地责任单位",), CellKind.TEXT, 20),
    LedgerColumn(("责任人",), CellKind.CENTRED, 12),
    LedgerColumn(("联络员",), CellKind.CENTRED, 12),
    LedgerColumn(("电话",), CellKind.CENTRED, 14),
)
TASKS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("任务编号",), CellKind.CENTRED, 14),
    LedgerColumn(("对应问题",), CellKind.CENTRED, 14),
    LedgerColumn(("措施",), CellKind.TEXT, 34),
    LedgerColumn(("完成标准",), CellKind.TEXT, 30),
    LedgerColumn(("责任单位",), CellKind.TEXT, 18),
    LedgerColumn(("时限",), CellKind.DATE),
    LedgerColumn(("本周进展",), CellKind.TEXT, 34),
    LedgerColumn(("下周计划",), CellKind.TEXT, 30),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
    LedgerColumn(("办结日期",), CellKind.DATE),
    LedgerColumn(("是否逾期",), CellKind.CENTRED, 10),
)


SHEETS = (("问题清单", PROBLEMS), ("责任清单", RESPONSIBLE), ("任务清单", TASKS))


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of one of the lists without its number, and the path of the unit whose matter it is."""

    path: str
    cells: tuple[LedgerValue, ...]


# The three lists in the order of their sheets.
ThreeLists = tuple[Sequence[ListLine], Sequence[ListLine], Sequence[ListLine]]


def three_lists(problems: ProblemQuerySet, tasks: TaskQuerySet, *, actor: User, today: date) -> ThreeLists:
    """问题清单、责任清单、任务清单, line by line, with the contacts and the progress that the actor may
    read. Nine queries, however many rows.

    Source: S1-10; domain.md 5 三项清单.
    """
    posts, progress = Post.objects.visible_to(actor), Progress.objects.visible_to(actor)
    return _lists(problems, tasks, posts=posts, progress=progress, today=today)


def whole_lists(*, today: date) -> ThreeLists:
    """The three lists of the whole house, for a ledger that is frozen: no reader is asked about."""
    problems, tasks = Problem.objects.all().listed(), Task.objects.all().listed()
    posts, progress = Post.objects.all(), Progress.objects.all()
    return _lists(problems.order_by("pk"), tasks.order_by("pk"), posts=posts, progress=progress, today=today)


def _lists(
    problems: ProblemQuerySet,
    tasks: TaskQuerySet,
    *,
    posts: PostQuerySet,
    progress: ProgressQuerySet,
    today: date,
) -> ThreeLists:
    found, duties = list(problems), list(tasks)
    monday = today - timedelta(days=today.weekday())
    return (
        [_problem(row) for row in found],
        list(_responsible(found, duties, selectors.liaisons(posts, on=today))),
        list(_tasks(duties, selectors.progress_since(monday, progress), today=today)),
    )


def lists_workbook(lists: ThreeLists, *, subtitle: str) -> bytes:
    """The three lists as linked sheets of one workbook."""
    file = io.BytesIO()
    write_ledgers(
        file,
        sheets=[
            (
                LedgerLayout(
                    title=title,
                    subtitle=subtitle,
                    columns=columns,
                    sheet_name=title,
                    freeze_columns=2,
                    total_label="",
                ),
                ((number, *line.cells) for number, line in enumerate(lines, start=1)),
            )
            for (title, columns), lines in zip(SHEETS, lists, strict=True)
        ],
    )
    return file.getvalue()


def lists_as_json(lists: ThreeLists) -> list[dict[str, object]]:
    """The lists as they are frozen, with their headings; days and figures become text with the encoder."""
    return [
        {
            "columns": [column.path[-1] for column in columns[1:]],
            "lines": [{"path": line.path, "cells": list(line.cells)} for line in lines],
        }
        for (_, columns), lines in zip(SHEETS, lists, strict=True)
    ]


def lists_of_json(kept: Sequence[Mapping[str, Any]], *, inside: str) -> ThreeLists:
    """The frozen lists again, cut to the units below the path `inside`; a column that was not there
    at the freeze stays blank."""
    problems, responsible, tasks = (
        [
            ListLine(
                line["path"], _cells(columns[1:], dict(zip(frozen["columns"], line["cells"], strict=True)))
            )
            for line in frozen["lines"]
            if line["path"].startswith(inside)
        ]
        for (_, columns), frozen in zip(SHEETS, kept, strict=True)
    )
    return problems, responsible, tasks


def _cells(columns: Sequence[LedgerColumn], values: Mapping[str, LedgerValue]) -> tuple[LedgerValue, ...]:
    return tuple(_cell(column, values.get(column.path[-1])) for column in columns)


def _cell(column: LedgerColumn, value: LedgerValue) -> LedgerValue:
    """A cell of a column as it was before it became text."""
    if isinstance(value, str) and value:
        if column.kind is CellKind.DATE:
            return date.fromisoformat(value)
        if column.kind is CellKind.HA:
            return Decimal(value)
    return value


def _problem(row: Problem) -> ListLine:
    return ListLine(
        row.area.path,
        (
            row.number,
            row.area.short_name,
            row.project.name if row.project else "",
            row.kind.label,
            f"{row.title}：{row.description}",
            row.raised_on,
            "" if row.area_m2 is None else from_m2(row.area_m2, AreaUnit.HA),
            "是" if row.is_general else "否",
            row.get_level_display(),
            row.get_state_display(),
        ),
    )


def _responsible(
    problems: Sequence[Problem], tasks: Sequence[Task], liaisons: Mapping[int, tuple[str, str]]
) -> Iterator[ListLine]:
    projects = [row.project_id for row in problems] + [row.project_id for row in tasks]
    leaders = selectors.lead_leaders(pk for pk in projects if pk is not None)
    for problem in problems:
        yield ListLine(
            problem.area.path,
            (
                problem.number,
                problem.title,
                leaders.get(problem.project_id or 0, ""),
                problem.office.name,
                problem.kind.office.name,
                problem.area.name,
                "",
                *liaisons.get(problem.area_id, ("", "")),
            ),
        )
    for task in tasks:
        yield ListLine(
            task.holder.path,
            (
                task.number,
                task.title,
                task.leader_name or leaders.get(task.project_id or 0, ""),
                task.issued_for.name,
                task.office_name,
                task.holder.name,
                task.person_name or (task.person.label if task.person else ""),
                *liaisons.get(task.holder_id, ("", "")),
            ),
        )


def _tasks(
    tasks: Sequence[Task], said: Mapping[int, Sequence[Progress]], *, today: date
) -> Iterator[ListLine]:
    for row in tasks:
        lines = said.get(row.pk, [])
        yield ListLine(
            row.holder.path,
            (
                row.number,
                row.problem.number if row.problem else "",
                row.title,
                row.requirement,
                row.holder.name,
                row.due_on,
                "；".join(line.text for line in lines),
                "；".join(line.next_plan for line in lines if line.next_plan),
                row.get_state_display(),
                row.verified_on,
                "是" if row.is_late(today) else "否",
            ),
        )


def letter_document(letter: SupervisionLetter, tasks: Sequence[Task]) -> bytes:
    """The letter after GB/T 9704: demand, the tasks in a table, the day of the answer.

    Source: S0-07 提醒督办; domain.md 7.
    """
    document = OfficialDocument(
        title=letter.title,
        number=letter.number,
        addressee=letter.addressee.name,
        author=letter.issued_for.name,
    )
    document.paragraph(
        f"截至{office_day(letter.sent_on)}，你单位承办的下列 {len(tasks)} 项任务尚未办结。{letter.demand}"
    )
    document.table(
        [
            Column("序号", 0.6, Align.CENTRE),
            Column("任务", 3),
            Column("完成标准", 3),
            Column("时限", 1.4, Align.CENTRE),
            Column("责任人", 1.2, Align.CENTRE),
        ],
        [
            (str(number), task.title, task.requirement, office_day(task.due_on), task.person_name)
            for number, task in enumerate(tasks, start=1)
        ],
    )
    due_on = letter.deadline.due_on if letter.deadline is not None else None
    if due_on is not None:
        document.paragraph(f"请于{office_day(due_on)}前书面回复办理情况，并登记到系统。")
    document.sign(letter.issued_for.name, letter.sent_on)
    return document.content(produced_on=letter.sent_on)
