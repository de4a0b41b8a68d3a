"""Where files lie, and the way they took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from projects.models import FileStop, FileStopQuerySet, Project


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a file and how many days it lay there, today included while it still does."""

    stop: FileStop
    days: int


def file_stops(*, actor: User) -> FileStopQuerySet:
    """Every stop the actor may read, with who accompanied it. One query."""
    return FileStop.objects.visible_to(actor).select_related(
        "project__organisation", "companion__organisation", "entered_by"
    )


def way_of(project: Project, *, actor: User, today: date) -> list[Stop]:
    """The stops of a project's file, where it lies now first. One query."""
    stops = file_stops(actor=actor).filter(project=project).order_by("-since_on", "-pk")
    return [Stop(stop, ((stop.until_on or today) - stop.since_on).days) for stop in stops]


def current_stops(project_ids: Iterable[int]) -> dict[int, FileStop]:
    """Project → where its file lies now. The caller has found the projects visible. One query."""
    rows = FileStop.objects.current().filter(project__in=list(project_ids))
    return {stop.project_id: stop for stop in rows.select_related("companion")}


def possible_companions(*, actor: User) -> QuerySet[User]:
    """Who may be named: active people of the actor's county, for the bureau of the prefecture."""
    return User.objects.visible_to(actor).filter(is_active=True).select_related("organisation")
