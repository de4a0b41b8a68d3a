"""What waits with the counties to be put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from projects.models import DuplicatePair, Project, ProjectQuerySet
from projects.selectors.duplicates import proposed_for


@dataclass(frozen=True, slots=True)
class GatheringRow:
    """A project with its county, and the open proposals that it is another one's duplicate."""

    project: Project
    pairs: Sequence[DuplicatePair]


def gathering_queue(*, actor: User) -> ProjectQuerySet:
    """Projects with their county, with unit, window and land loaded. One query."""
    return (
        Project.objects.visible_to(actor)
        .gathering()
        .select_related("organisation", "submitted_by", "window", "land")
    )


def with_duplicates(projects: Iterable[Project]) -> list[GatheringRow]:
    """Each with its open proposals. One query."""
    rows = list(projects)
    found = proposed_for(project.pk for project in rows)
    return [GatheringRow(project, found.get(project.pk, ())) for project in rows]
