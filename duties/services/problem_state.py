"""How a problem follows its tasks. The caller holds the problem's lock."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from audit.services import record
from duties.errors import ProblemNotOpen
from duties.models import Problem, ProblemMove, Task
from duties.services import clocks


def follow_tasks(problem: Problem, *, text: str, actor: User, today: date) -> None:
    """Tasks were issued on it, or came back: it is in hand; a resolved one is open again."""
    if problem.state == Problem.State.CLOSED:
        raise ProblemNotOpen(
            f"“{problem.title}”已销号；请先退回重开，再办理任务。", problem=problem.pk, state=problem.state
        )
    if problem.state == Problem.State.RESOLVED:
        problem.resolved_on = None
    problem.state = Problem.State.ASSIGNED
    problem.save(update_fields=["state", "resolved_on"])
    write(problem, ProblemMove.Kind.ASSIGNED, text, actor=actor, today=today)
    log(problem, "problem.assigned", {"tasks": text[:300]}, actor=actor, today=today)


def follow_unfinished(problem: Problem, *, actor: User, today: date) -> None:
    """Once all its tasks are verified or withdrawn, and one is verified, the problem is resolved."""
    tasks = list(problem.tasks.order_by("pk"))
    verified = [task for task in tasks if task.state == Task.State.VERIFIED]
    if problem.state != Problem.State.ASSIGNED or not verified or any(not task.is_finished for task in tasks):
        return
    outcome = "；".join(f"{task.title}：{task.result or '已办结'}" for task in verified)
    resolve_locked(problem, outcome, actor=actor, today=today)


def resolve_locked(problem: Problem, outcome: str, *, actor: User, today: date) -> None:
    """办结, for a caller that has checked who does it."""
    problem.state, problem.outcome, problem.resolved_on = Problem.State.RESOLVED, outcome[:2000], today
    problem.save(update_fields=["state", "outcome", "resolved_on"])
    clocks.end(problem.deadline, on=today, today=today)
    write(problem, ProblemMove.Kind.RESOLVED, outcome, actor=actor, today=today)
    log(problem, "problem.resolved", {"outcome": outcome[:300]}, actor=actor, today=today)


def write(
    problem: Problem, kind: ProblemMove.Kind, text: str, *, actor: User, today: date, **offices: object
) -> ProblemMove:
    """One line of the problem's record; `from_office` and `to_office` when it changed hands."""
    return ProblemMove.objects.create(
        problem=problem, kind=kind, text=text[:2000], occurred_on=today, entered_by=actor, **offices
    )


def log(problem: Problem, verb: str, facts: dict[str, object], *, actor: User, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=problem,
        facts={"problem": problem.title, **facts},
        project_id=problem.project_id,
        scope_path=problem.area.path,
        occurred_on=today,
    )
