"""What can be done to a problem and to a task: one table for pages and API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from accounts.models import User
from accounts.rights import Right
from duties import forms, selectors
from duties.models import Problem, Task
from duties.services import problems, tasks

Row = TypeVar("Row", Problem, Task)


@dataclass(frozen=True, slots=True)
class Act(Generic[Row]):
    """One verb. `states`: where its button stands; `mine`: for whom; services decide again.

    `run(actor, row, form, today)` does it with a form that is well-formed.
    """

    title: str
    right: Right
    form: type[forms.DutyForm]
    run: Callable[[User, Row, Any, date], object]
    states: tuple[str, ...]
    mine: Callable[[User, Row], bool]
    is_main: bool = False


def _keeper(_actor: User, _problem: Problem) -> bool:
    return True


def _issue_on(actor: User, problem: Problem, form: Any, today: date) -> object:
    return tasks.issue_tasks(actor, [form.draft(problem=problem)], today=today)


def _divide(actor: User, task: Task, form: Any, today: date) -> object:
    return tasks.issue_tasks(actor, [form.draft(parent=task)], today=today)


def _holder(actor: User, task: Task) -> bool:
    return selectors.holds(actor, task.holder)


PROBLEM_ACTS: dict[str, Act[Problem]] = {
    "issue": Act(
        "交办任务",
        Right.ISSUE_TASKS,
        forms.IssueForm,
        _issue_on,
        Problem.OPEN,
        selectors.handles,
        is_main=True,
    ),
    "refer": Act(
        "转办",
        Right.RUN_PROBLEMS,
        forms.ReferForm,
        lambda actor, row, form, today: problems.refer(
            problem_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("REGISTERED", "REFERRED", "ASSIGNED"),
        selectors.handles,
    ),
    "return": Act(
        "退回分办",
        Right.RUN_PROBLEMS,
        forms.ReasonForm,
        lambda actor, row, form, today: problems.return_problem(
            problem_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("REGISTERED", "REFERRED"),
        selectors.handles,
    ),
    "join": Act(
        "会办",
        Right.RUN_PROBLEMS,
        forms.ReasonForm,
        lambda actor, row, form, today: problems.join(
            problem_id=row.pk, note=form.cleaned_data["reason"], actor=actor, today=today
        ),
        ("REGISTERED", "REFERRED", "ASSIGNED"),
        selectors.handles,
    ),
    "escalate": Act(
        "提级",
        Right.RUN_PROBLEMS,
        forms.ReasonForm,
        lambda actor, row, form, today: problems.escalate(
            problem_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("REGISTERED", "REFERRED", "ASSIGNED"),
        selectors.handles,
    ),
    "resolve": Act(
        "办结",
        Right.RUN_PROBLEMS,
        forms.OutcomeForm,
        lambda actor, row, form, today: problems.resolve(
            problem_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        Problem.OPEN,
        selectors.handles,
    ),
    "close": Act(
        "销号",
        Right.CLOSE_PROBLEMS,
        forms.NoteForm,
        lambda actor, row, form, today: problems.close(
            problem_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("RESOLVED",),
        _keeper,
        is_main=True,
    ),
    "reopen": Act(
        "退回重开",
        Right.CLOSE_PROBLEMS,
        forms.ReasonForm,
        lambda actor, row, form, today: problems.reopen(
            problem_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("RESOLVED", "CLOSED"),
        _keeper,
    ),
}

TASK_ACTS: dict[str, Act[Task]] = {
    "accept": Act(
        "接收",
        Right.HANDLE_TASKS,
        forms.NothingForm,
        lambda actor, row, form, today: tasks.accept(task_id=row.pk, actor=actor, today=today),
        ("ISSUED",),
        _holder,
        is_main=True,
    ),
    "assign": Act(
        "指定责任人",
        Right.HANDLE_TASKS,
        forms.PersonForm,
        lambda actor, row, form, today: tasks.name_person(
            task_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        Task.WITH_HOLDER,
        _holder,
    ),
    "progress": Act(
        "登记进展",
        Right.HANDLE_TASKS,
        forms.ProgressForm,
        lambda actor, row, form, today: tasks.progress(
            task_id=row.pk,
            text=form.cleaned_data["text"],
            next_plan=form.cleaned_data["next_plan"],
            evidence=form.evidence(),
            actor=actor,
            today=today,
        ),
        ("ACCEPTED", "RUNNING", "RETURNED"),
        selectors.takes_part,
    ),
    "report": Act(
        "报告结果",
        Right.HANDLE_TASKS,
        forms.ReportForm,
        lambda actor, row, form, today: tasks.report(
            task_id=row.pk,
            result=form.cleaned_data["result"],
            evidence=form.evidence(),
            actor=actor,
            today=today,
        ),
        ("ACCEPTED", "RUNNING", "RETURNED"),
        _holder,
        is_main=True,
    ),
    "verify": Act(
        "核验通过",
        Right.ISSUE_TASKS,
        forms.NoteForm,
        lambda actor, row, form, today: tasks.verify(
            task_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("REPORTED",),
        selectors.issues,
        is_main=True,
    ),
    "return": Act(
        "退回",
        Right.ISSUE_TASKS,
        forms.ReturnTaskForm,
        lambda actor, row, form, today: tasks.send_back(
            task_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        ("REPORTED", "VERIFIED"),
        selectors.issues,
    ),
    "divide": Act(
        "分解下级任务",
        Right.ISSUE_TASKS,
        forms.IssueForm,
        _divide,
        Task.WITH_HOLDER,
        lambda actor, row: selectors.issues(actor, row) or selectors.holds(actor, row.holder),
    ),
    "withdraw": Act(
        "撤销",
        Right.ISSUE_TASKS,
        forms.ReasonForm,
        lambda actor, row, form, today: tasks.withdraw(
            task_id=row.pk, actor=actor, today=today, **form.cleaned_data
        ),
        (*Task.WITH_HOLDER, "REPORTED"),
        selectors.issues,
    ),
}
