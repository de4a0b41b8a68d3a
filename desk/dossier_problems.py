"""What stands in a project's way: as its unit reported it, and as the year's guarantee plan has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User
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
    """Reported words and plan lines, the open ones first. One query."""
    items = PlanItem.objects.visible_to(actor).filter(project=project).select_related("responsible")
    return {
        "reported": reported(project),
        "plan_items": sorted(items, key=lambda item: (item.state != PlanItem.State.OPEN, item.limit_on)),
    }


def count(project: Project, actor: User) -> int:
    return PlanItem.objects.visible_to(actor).open().filter(project=project).count()
