"""One order of locks: the problem, then tasks by key (a task before its parts), then clocks."""

from __future__ import annotations

from accounts.models import User
from duties.errors import ReasonMissing
from duties.models import Problem, Task


def lock_problem(pk: int, *, actor: User | None) -> Problem:
    """The problem under its row lock. Without an actor: for what follows from another act.

    Raises:
        Problem.DoesNotExist: unknown, or not visible to the actor.
    """
    rows = Problem.objects.all() if actor is None else Problem.objects.visible_to(actor)
    known = rows.values_list("pk", flat=True).get(pk=pk)
    return (
        Problem.objects.select_for_update(of=("self",))
        .select_related("kind", "project__organisation", "area", "raised_by", "office", "deadline")
        .get(pk=known)
    )


def lock_task(pk: int, *, actor: User) -> Task:
    """The task under its row lock, its problem and the tasks above it locked before it.

    Raises:
        Task.DoesNotExist: unknown, or not visible to the actor.
    """
    problem_id, parent_id = Task.objects.visible_to(actor).values_list("problem_id", "parent_id").get(pk=pk)
    if problem_id is not None:
        lock_problem(problem_id, actor=None)
    above: list[int] = []
    while parent_id is not None:
        above.append(parent_id)
        parent_id = Task.objects.values_list("parent_id", flat=True).get(pk=parent_id)
    rows = Task.objects.select_for_update(of=("self",)).select_related(
        *("holder", "issued_for", "issued_by", "person", "project"),
        *("problem", "parent", "deadline", "verification"),
    )
    locked = {row.pk: row for row in rows.filter(pk__in=[*above, pk]).order_by("pk")}
    task = locked[pk]
    if task.parent_id is not None:
        task.parent = locked[task.parent_id]
    return task


def need_reason(reason: str, words: str) -> str:
    """The reason, stripped; refused when nothing is written."""
    if not reason.strip():
        raise ReasonMissing(f"{words}须写明理由，补充后再办理。")
    return reason.strip()[:300]
