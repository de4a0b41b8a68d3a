"""The dossier's tab 批后与汇报: what follows the approval, requests to the level above, questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import allowed
from approvals.matter_selectors import matters, read_matter
from approvals.rules import Desk
from approvals.services.matters import RAISES
from approvals.services.records import may_record
from projects.models import Project


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """The tab's context. One query."""
    rows = matters(actor=actor).filter(project=project).order_by("-raised_on", "-pk")
    may = may_record(actor, project)
    desks = [
        desk
        for desk in (Desk.AFTER, Desk.UPWARD, Desk.QUESTIONS)
        if allowed(actor, RAISES[desk]) and (may or desk is Desk.QUESTIONS)
    ]
    return {"readings": [read_matter(row, actor=actor, today=today) for row in rows], "desks": desks}
