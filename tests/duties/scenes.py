"""Problems and tasks in the states that tests begin with, made through the services."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from duties.models import Problem, ProblemKind, Task
from duties.services import problems, tasks
from duties.services.problems import ProblemDraft
from duties.services.tasks import TaskDraft
from projects.models import Project
from tests.factories import organisation

TODAY = date(2026, 11, 16)
DUE = date(2026, 11, 27)
COUNTY = "522701-ZRZY"


def kind(code: str = "BALANCE") -> ProblemKind:
    return ProblemKind.objects.get(code=code, effective_to=None)


def raised(
    actor: User, *, project: Project | None = None, code: str = "BALANCE", on: date = TODAY
) -> Problem:
    draft = ProblemDraft(
        kind=kind(code),
        title="补充耕地指标缺口",
        description="缺口 2 公顷，县内无法平衡。",
        project=project,
        area_m2=20_000,
    )
    return problems.raise_problem(actor, draft, today=on)


def task_draft(**more: Any) -> TaskDraft:
    found = {"title": "落实补充耕地指标", "requirement": "指标入库", "holder": COUNTY, "due_on": DUE, **more}
    if isinstance(found["holder"], str):
        found["holder"] = organisation(found["holder"])
    return TaskDraft(**found)


def issued(actor: User, *, on: date = TODAY, **more: Any) -> Task:
    [task] = tasks.issue_tasks(actor, [task_draft(**more)], today=on)
    return task


def reported(actor: User, handler: User, *, on: date = TODAY, **more: Any) -> Task:
    task = issued(actor, on=on, **more)
    tasks.accept(task_id=task.pk, actor=handler, today=on)
    return tasks.report(task_id=task.pk, result="指标已入库 2 公顷", actor=handler, today=on)
