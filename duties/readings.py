"""A task or problem as a page shows it: its lamp and its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from deadlines.models import Deadline
from deadlines.selectors import lamp_of
from duties.models import Problem, Task

Row = TypeVar("Row", Problem, Task)


@dataclass(frozen=True, slots=True)
class Reading(Generic[Row]):
    """`conclusion`: 逾期 3 天, 还剩 5 天, 2026-11-20 核验."""

    row: Row
    lamp: str
    conclusion: str


def read_task(task: Task, *, today: date) -> Reading[Task]:
    """No query when the deadline is loaded."""
    if task.is_finished or task.state == Task.State.REPORTED:
        return Reading(task, _closed_lamp(task), _closed_words(task, today))
    if task.deadline is None:
        return Reading(task, "idle", "随下级任务办结")
    return Reading(task, str(lamp_of(task.deadline, today)), _days(task.deadline, today))


def _closed_lamp(task: Task) -> str:
    return {"VERIFIED": "done", "REPORTED": "green"}.get(task.state, "idle")


def _closed_words(task: Task, today: date) -> str:
    late = "，逾期" if task.is_late(today) else ""
    if task.state == Task.State.VERIFIED:
        return f"{task.verified_on} 核验{late}"
    if task.state == Task.State.REPORTED:
        return f"{task.reported_on} 报告{late}，等待核验"
    return task.get_state_display()


def read_problem(problem: Problem, *, today: date) -> Reading[Problem]:
    """No query when the deadline is loaded."""
    if problem.state == Problem.State.CLOSED:
        return Reading(problem, "done", f"{problem.closed_on} 销号")
    if problem.state == Problem.State.RESOLVED:
        return Reading(problem, "green", f"{problem.resolved_on} 办结，等待销号")
    if problem.state == Problem.State.ESCALATED:
        return Reading(problem, "amber", f"{problem.escalated_on} 提请领导小组研究")
    if problem.deadline is None or not problem.deadline.is_open:
        return Reading(problem, "green", "按交办任务办理")
    return Reading(problem, str(lamp_of(problem.deadline, today)), _days(problem.deadline, today))


def _days(deadline: Deadline, today: date) -> str:
    if deadline.due_on is None:
        return "暂停计时"
    left = (deadline.due_on - today).days
    if left < 0:
        return f"已逾期 {-left} 天，应于 {deadline.due_on} 前完成"
    return f"还剩 {left} 天，{deadline.due_on} 到期" if left else "今天到期"
