"""What the database noted about a project's rows: which field went from what to what, and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from approvals.models import Step
from deadlines.models import Deadline
from projects.models import (
    LandShare,
    LandUse,
    Link,
    Project,
    ProjectCourse,
    QueueJump,
    Siting,
    Standing,
)

STEP = Step._meta.label_lower
PROJECT = Project._meta.label_lower
# Bookkeeping, and what is told by other columns.
_UNTOLD = {
    *("id", "project", "created_at", "updated_at", "entered_at", "entered", "reported_facts"),
    *("entered_by", "updated_by", "search_text", "number", "annual_list", "planned_start_on"),
    *("planned_finish_on", "merged_into"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column of one row, before and after; `row` names the row where a project has several."""

    field: models.Field[Any, Any]
    old: object
    new: object
    row: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A row's change: its subject as the log names it, its moment, the request it belongs to."""

    subject: tuple[str, int]
    at: datetime
    request_id: UUID | None
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class _Tracked:
    """A tracked model: which columns are told, how its rows of a project are found and named.

    `subject`: column with the id of the step the row belongs to, "" for the project itself.
    `tells_new`: a new row is news with its values; else only later changes are.
    """

    model: Any
    fields: tuple[str, ...]
    owner: Mapping[str, object]
    subject: str = ""
    tells_new: bool = False
    named_by: str = ""


def _told(model: Any) -> tuple[str, ...]:
    return tuple(
        field.name
        for field in model._meta.concrete_fields
        if field.name not in _UNTOLD and not isinstance(field, models.JSONField)
    )


def _tracked(project_id: int) -> Sequence[_Tracked]:
    mine = {"project_id": project_id}
    step = ("status", "holder_organisation", "holder", "accepted_on", "closed_on", "closing_reason")
    clock = ("committed_due_on", "statutory_due_on")
    return (
        _Tracked(Step, step, mine, "pgh_obj_id"),
        _Tracked(Deadline, clock, {**mine, "subject_kind": STEP}, "subject_id"),
        _Tracked(Project, _told(Project), {"pgh_obj_id": project_id}),
        _Tracked(LandUse, LandUse.FIGURE_FIELDS, mine),
        _Tracked(LandShare, _told(LandShare), mine, tells_new=True, named_by="organisation"),
        _Tracked(Link, _told(Link), mine, tells_new=True, named_by="kind"),
        _Tracked(Standing, _told(Standing), mine, tells_new=True),
        _Tracked(QueueJump, _told(QueueJump), mine, tells_new=True),
        _Tracked(Siting, _told(Siting), mine, tells_new=True, named_by="round"),
        _Tracked(ProjectCourse, _told(ProjectCourse), mine, tells_new=True),
    )


def events_of(project: Project) -> Iterator[Event]:
    """Every change of the project's rows, model by model, each in its order. Ten queries."""
    for tracked in _tracked(project.pk):
        yield from _of_model(tracked, project.pk)


def _of_model(tracked: _Tracked, project_id: int) -> Iterator[Event]:
    fields = [tracked.model._meta.get_field(name) for name in tracked.fields]
    columns = [field.attname for field in fields]
    rows = (
        tracked.model.pgh_event_model.objects.filter(**tracked.owner)
        .order_by("pgh_obj_id", "pgh_id")
        .values("pgh_obj_id", "pgh_created_at", "pgh_context_id", *filter(None, [tracked.subject]), *columns)
    )
    before: dict[str, Any] | None = None
    for row in rows:
        is_first = before is None or before["pgh_obj_id"] != row["pgh_obj_id"]
        old = {} if is_first or before is None else before
        changes = _differences(tracked, fields, old, row) if not is_first or tracked.tells_new else ()
        if changes:
            subject = (STEP, row[tracked.subject]) if tracked.subject else (PROJECT, project_id)
            yield Event(subject, row["pgh_created_at"], row["pgh_context_id"], changes)
        before = row


def _differences(
    tracked: _Tracked,
    fields: Sequence[models.Field[Any, Any]],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> tuple[FieldChange, ...]:
    name = ""
    if tracked.named_by:
        field = tracked.model._meta.get_field(tracked.named_by)
        value = new[field.attname]
        name = str(dict(field.flatchoices).get(value, "")) if field.choices else ""
    return tuple(
        FieldChange(field, old.get(field.attname), new[field.attname], name)
        for field in fields
        if (old.get(field.attname) or None) != (new[field.attname] or None)
        and not (not old and field.name == tracked.named_by and field.choices)
    )
