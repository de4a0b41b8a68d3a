"""Locking projects before a verb changes them."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from projects.models import Project


def lock_projects(actor: User, ids: Sequence[int]) -> list[Project]:
    """Lock in pk order, so that two people at once wait for each other instead of deadlocking."""
    rows = Project.objects.visible_to(actor).filter(pk__in=ids).order_by("pk")
    projects = list(rows.select_related("organisation", "submitted_by").select_for_update(of=("self",)))
    if len(projects) != len(set(ids)):
        raise Project.DoesNotExist("a project is unknown or not visible")
    return projects
