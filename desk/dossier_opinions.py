"""Rounds of opinions about a project, every department with its answer or its silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from deadlines.selectors import load_pauses, working_calendar
from opinions.models import Request
from opinions.readings import read_request
from opinions.selectors import request_list, round_list
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """Rounds and requests that the actor may see. Six queries."""
    calendar = working_calendar()
    found = list(request_list(actor=actor).filter(round__project=project).order_by("-round_id", "pk"))
    load_pauses([row.deadline for row in found if row.deadline is not None])
    return {
        "rounds": round_list(actor=actor).filter(project=project),
        "views": [read_request(row, today=today, calendar=calendar) for row in found],
        "may_ask": allowed(actor, Right.ASK_OPINIONS),
    }


def count(project: Project, actor: User) -> int:
    """How many departments may still answer. One query."""
    rows = Request.objects.visible_to(actor).filter(round__project=project, state__in=Request.OPEN)
    return rows.count()
