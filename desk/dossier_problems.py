"""What stands in a project's way: as its unit reported it, and as the year's guarantee plan has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from duties.readings import read_problem, read_task
from duties.selectors import open_problems, problem_list, task_list, tasks_about
from projects.models import PlanItem, Project

# Columns of the ledgers that speak of obstacles and of what comes next (projects.rules.columns).
REPORTED = ("obstacle", "coordination", "progress", "next_step", "responsible_unit", "responsible_post")


@dataclass(frozen=True, slots=True)
class Reported:
    """One column as it was reported."""

    label: str
    text: str


def reported(project: Project) -> list[Reported]:
    """What the project's last list row says. No query."""
    facts = project.reported_facts
    return [Reported(facts[key]["label"], facts[key]["text"]) for key in REPORTED if facts.get(key)]


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """Reported words, plan lines with the open ones first, problems and tasks; tasks of others
    without a way to act on them. A fixed number of queries.
    """
    items = PlanItem.objects.visible_to(actor).filter(project=project).select_related("responsible")
    return {
        "reported": reported(project),
        "problems": [
            read_problem(row, today=today)
            for row in problem_list(actor=actor).filter(project=project).order_by("-pk")
        ],
        "tasks": [read_task(row, today=today) for row in tasks_about(project, actor=actor).order_by("-pk")],
        "own_tasks": set(task_list(actor=actor).filter(project=project).values_list("pk", flat=True)),
        "may_raise": allowed(actor, Right.RAISE_PROBLEM),
        "plan_items": sorted(items, key=lambda item: (item.state != PlanItem.State.OPEN, item.limit_on)),
    }


def count(project: Project, actor: User) -> int:
    """What still stands in the way: open plan lines and problems, unfinished tasks. Three queries."""
    plans = PlanItem.objects.visible_to(actor).open().filter(project=project).count()
    return (
        plans + open_problems(actor, project).count() + tasks_about(project, actor=actor).unfinished().count()
    )
