"""What the council made of a project: its topics, and everything resolved on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from consultations.models import Resolution
from consultations.selectors.topics import topic_list
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """Topics and resolutions that the actor may see, newest first. Two queries."""
    found = Resolution.objects.visible_to(actor).filter(item__topic__project=project)
    return {
        "topics": topic_list(actor=actor).filter(project=project).order_by("-pk"),
        "resolutions": found.select_related("lead", "task", "item__meeting", "item__topic").order_by("-pk"),
        "may_raise_topic": allowed(actor, Right.RAISE_TOPIC),
        "today": today,
    }
