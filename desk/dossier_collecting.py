"""How a project came onto the list and whom it went to: window, merges, pushes, early contact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from accounts.models import User
from accounts.rights import Right, allowed
from projects.models import PreContact, Project, Push
from projects.selectors.contacts import contact_list
from projects.selectors.merging import merges_of
from projects.selectors.pushes import push_list


def read(project: Project, actor: User, today: date) -> Mapping[str, object]:
    """Four queries: window, pushes, contacts, merges."""
    return {
        "window": project.window,
        "pushes": push_list(actor=actor).filter(project=project),
        "contacts": contact_list(actor=actor).filter(project=project),
        "merges": merges_of([project.pk]).get(project.pk, []),
        "may_push": allowed(actor, Right.PUSH_PROJECTS) and project.status == Project.Status.ADOPTED,
        "may_contact": allowed(actor, Right.CONTACT_OWNER),
    }


def count(project: Project, actor: User) -> int:
    """What waits for somebody: pushes not received, letters without a receipt. Two queries."""
    unread = Push.objects.visible_to(actor).filter(project=project, state=Push.State.PUSHED).count()
    sent = PreContact.objects.visible_to(actor).filter(project=project, state=PreContact.State.SENT)
    return unread + sent.count()
