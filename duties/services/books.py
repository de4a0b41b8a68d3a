"""任务分解: read a workbook, show everything that is wrong, issue all of it or nothing, take it back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from duties import selectors
from duties.book_sheet import read_book, restored, stored
from duties.errors import BookRefused
from duties.models import Task, TaskBook
from duties.rules.tree import TreeRow, check_tree
from duties.services.locking import need_reason
from duties.services.tasks import TaskDraft, issue_tasks, withdraw_locked
from papers.services import Upload


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What the document says: its name, and how many main and sub items it holds."""

    title: str
    year: int
    expected_main: int
    expected_sub: int


@transaction.atomic
def read_task_book(*, actor: User, facts: BookFacts, upload: Upload, today: date) -> TaskBook:
    """Keep a workbook's rows with everything that is wrong with them. No task is issued.

    Raises:
        WorkbookRefused: the file cannot be read, or has no such table.
    """
    require(actor, Right.ISSUE_TASKS)
    rows = read_book(upload.content, filename=upload.name, actor=actor)
    wrong = check_tree(rows, expected_main=facts.expected_main, expected_sub=facts.expected_sub, today=today)
    if actor.organisation is None:
        raise BookRefused("您的账号没有单位，不能交办任务；请联系系统管理员。")
    TaskBook.objects.filter(entered_by=actor, state=TaskBook.State.PREVIEW).delete()
    book = TaskBook.objects.create(
        organisation=actor.organisation,
        title=facts.title.strip(),
        year=facts.year,
        expected_main=facts.expected_main,
        expected_sub=facts.expected_sub,
        filename=upload.name[:200],
        sha256=hashlib.sha256(upload.content).hexdigest(),
        rows=[stored(row) for row in rows],
        problems=[{"row": problem.row, "message": problem.message} for problem in wrong],
        entered_by=actor,
    )
    _log(book, "task_book.read", {"rows": len(rows), "problems": len(wrong)}, actor=actor, today=today)
    return book


@transaction.atomic
def confirm_task_book(*, actor: User, book_id: int, today: date) -> TaskBook:
    """Issue every row as a task, main items before their sub items; all or none.

    Raises:
        BookRefused: something is wrong with a row or a count, it was confirmed before, or a book of
            this year and name stands.
    """
    require(actor, Right.ISSUE_TASKS)
    book = _locked(actor, book_id)
    if book.state != TaskBook.State.PREVIEW:
        raise BookRefused(f"“{book.title}”{book.get_state_display()}，不能再确认。", state=book.state)
    rows = [restored(kept) for kept in book.rows]
    wrong = check_tree(rows, expected_main=book.expected_main, expected_sub=book.expected_sub, today=today)
    if wrong:
        raise BookRefused(
            f"表中有 {len(wrong)} 处问题；请改正后重新上传。", rows=[problem.row for problem in wrong]
        )
    same = TaskBook.objects.filter(
        organisation=book.organisation, year=book.year, title=book.title, state=TaskBook.State.CONFIRMED
    )
    if same.exists():
        raise BookRefused(f"{book.year}年“{book.title}”已交办；需要重来的，先撤销原来的分解。")
    book.state, book.confirmed_on = TaskBook.State.CONFIRMED, today
    book.save(update_fields=["state", "confirmed_on"])
    _issue(book, rows, actor=actor, today=today)
    _log(book, "task_book.confirmed", {"tasks": len(rows)}, actor=actor, today=today)
    return book


def _issue(book: TaskBook, rows: list[TreeRow], *, actor: User, today: date) -> None:
    units = {unit.code: unit for unit in Organisation.objects.filter(code__in={row.holder for row in rows})}
    parents = {row.main_number for row in rows if not row.is_main}
    mains = [row for row in rows if row.is_main]
    issued = issue_tasks(
        actor, [_draft(book, row, units, has_parts=row.number in parents) for row in mains], today=today
    )
    above = {row.number: task for row, task in zip(mains, issued, strict=True)}
    subs = [row for row in rows if not row.is_main]
    issue_tasks(actor, [_draft(book, row, units, parent=above[row.main_number]) for row in subs], today=today)


def _draft(
    book: TaskBook,
    row: TreeRow,
    units: dict[str, Organisation],
    *,
    parent: Task | None = None,
    has_parts: bool = False,
) -> TaskDraft:
    assert row.due_on is not None, "a row without a day is a problem of the book"
    return TaskDraft(
        title=row.title,
        requirement=row.requirement,
        holder=units[row.holder],
        due_on=row.due_on,
        parent=parent,
        leader_name=row.leader_name,
        office_name=row.office_name,
        person_name=row.person_name,
        book=book,
        number=row.number,
        has_parts=has_parts,
    )


@transaction.atomic
def undo_task_book(*, actor: User, book_id: int, reason: str, today: date) -> TaskBook:
    """Withdraw all tasks of a book, as long as nobody has begun.

    Raises:
        ReasonMissing.
        BookRefused: not confirmed, or some of its tasks were accepted already.
    """
    require(actor, Right.ISSUE_TASKS)
    why = need_reason(reason, "撤销任务分解")
    book = _locked(actor, book_id)
    if book.state != TaskBook.State.CONFIRMED:
        raise BookRefused(f"“{book.title}”{book.get_state_display()}，不需要撤销。", state=book.state)
    rows = book.tasks.select_for_update(of=("self",)).select_related(
        "holder", "deadline", "parent", "problem", "project"
    )
    tasks = list(rows.order_by("pk"))
    begun = [task for task in tasks if task.state not in (Task.State.ISSUED, Task.State.WITHDRAWN)]
    if begun:
        raise BookRefused(
            f"已有 {len(begun)} 项任务开始办理（如“{begun[0].title}”），不能整批撤销；请逐项办理。",
            begun=len(begun),
        )
    for task in tasks:
        if task.state == Task.State.ISSUED:
            withdraw_locked(task, why, actor=actor, today=today)
    book.state, book.undone_on, book.undo_reason = TaskBook.State.UNDONE, today, why
    book.save(update_fields=["state", "undone_on", "undo_reason"])
    _log(book, "task_book.undone", {"reason": why}, actor=actor, today=today)
    return book


def _locked(actor: User, pk: int) -> TaskBook:
    rows = TaskBook.objects.visible_to(actor).select_for_update(of=("self",)).select_related("organisation")
    book = rows.get(pk=pk)
    if not selectors.holds(actor, book.organisation) and actor.role != User.Role.DISPATCH:
        raise BookRefused(f"“{book.title}”由{book.organisation.name}分解，请由其办理。")
    return book


def _log(book: TaskBook, verb: str, facts: dict[str, object], *, actor: User, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=book,
        facts={"book": str(book), **facts},
        scope_path=book.organisation.path,
        occurred_on=today,
    )
