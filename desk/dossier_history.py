"""Who changed what in a project, when, and from what to what."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models

from accounts.models import Organisation, User
from approvals.models import Step
from audit.models import Entry
from audit.verbs import words
from deadlines.models import Deadline
from projects.models import LandUse, Project
from ui.parts import Change, HistoryEntry

PAGE = 40
_STEP = "approvals.step"
_PROJECT = "projects.project"

# Which columns a reader wants to see change, by tracked model; the rest is bookkeeping.
_STEP_FIELDS = ("status", "holder_organisation", "holder", "accepted_on", "closed_on", "closing_reason")
_DEADLINE_FIELDS = ("committed_due_on", "statutory_due_on")
_PROJECT_FIELDS = (
    "name",
    "code",
    "status",
    "track",
    "priority_class",
    "list_category",
    "industry",
    "owner_unit",
    "investment_yuan",
    "planned_start",
    "planned_finish",
    "screening_reason",
    "remark",
)

# Facts of an entry that explain it, with their words.
_FACT_WORDS = {
    "kind": "事由",
    "first_on": "起",
    "last_on": "止",
    "evidence": "依据",
    "missing": "缺件",
    "promised_on": "承诺补齐",
    "started_early": "前置未办结",
    "due_on": "到期日",
    "result": "结论",
    "doc_no": "文号",
    "valid_until": "有效期至",
    "reason": "原因",
    "days": "延长天数",
    "approved_by": "批准人",
    "to": "指派给",
    "holder": "经办人",
    "material": "材料",
    "note": "说明",
}


@dataclass(frozen=True, slots=True)
class History:
    """A page of a project's history, newest first; `total` counts all of it."""

    entries: Sequence[HistoryEntry]
    total: int
    next_before: int | None


@dataclass(frozen=True, slots=True)
class _Event:
    """A row's change as the database noted it."""

    subject: tuple[str, int]
    at: datetime
    changes: tuple[tuple[models.Field[Any, Any], object, object], ...]


def project_history(project: Project, *, size: int = PAGE, before: int | None = None) -> History:
    """Entries about a project with the fields that changed. The caller answers for its visibility.

    An entry gets the changes of its own subject that the database noted since the entry before
    it. Eight queries, however long the history.

    Args:
        before: only entries older than this one; None begins at the newest.
    """
    index = list(
        Entry.objects.filter(project_id=project.pk)
        .order_by("id")
        .values_list("id", "subject_kind", "subject_id", "entered_at")
    )
    rows = Entry.objects.filter(project_id=project.pk)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-id")[: size + 1])
    has_more, page = len(page) > size, page[:size]
    changes = _changes_by_entry(project, index)
    names = _Names.load()
    return History(
        entries=[_shown(entry, changes.get(entry.pk, ()), names) for entry in page],
        total=len(index),
        next_before=page[-1].pk if has_more else None,
    )


def _shown(entry: Entry, events: Iterable[_Event], names: _Names) -> HistoryEntry:
    subject = entry.subject_label if entry.subject_kind == _STEP else ""
    return HistoryEntry(
        at=entry.entered_at,
        actor=entry.actor_label,
        action=f"{words(entry.verb)} {subject}".strip(),
        changes=[
            Change(str(field.verbose_name), names.words(field, old), names.words(field, new))
            for event in events
            for field, old, new in event.changes
        ],
        reason=_fact_sentence(entry),
    )


def _fact_sentence(entry: Entry) -> str:
    said = []
    for key, label in _FACT_WORDS.items():
        value = entry.facts.get(key)
        if value in (None, "", [], {}):
            continue
        said.append(f"{label} {'、'.join(map(str, value)) if isinstance(value, list) else value}")
    if entry.occurred_on is not None and entry.occurred_on != entry.entered_at.date():
        said.append(f"发生于 {entry.occurred_on}")
    return "；".join(said)


def _changes_by_entry(
    project: Project, index: Sequence[tuple[int, str, int, datetime]]
) -> Mapping[int, list[_Event]]:
    """Give each event to the first entry of its subject that was written after it."""
    moments: dict[tuple[str, int], list[tuple[datetime, int]]] = defaultdict(list)
    for pk, kind, subject_id, at in index:
        moments[kind, subject_id].append((at, pk))
    found: dict[int, list[_Event]] = defaultdict(list)
    for event in _events(project):
        entries = moments.get(event.subject, [])
        place = bisect_left(entries, (event.at, 0))
        if place < len(entries):
            found[entries[place][1]].append(event)
    return found


def _events(project: Project) -> Iterator[_Event]:
    for model, wanted, owner, subject in (
        (Step, _STEP_FIELDS, {"project_id": project.pk}, "pgh_obj_id"),
        (Deadline, _DEADLINE_FIELDS, {"project_id": project.pk, "subject_kind": _STEP}, "subject_id"),
        (Project, _PROJECT_FIELDS, {"pgh_obj_id": project.pk}, ""),
        (LandUse, LandUse.AREA_FIELDS, {"project_id": project.pk}, ""),
    ):
        yield from _model_events(model, wanted, owner, subject, project.pk)


def _model_events(
    model: Any, wanted: Sequence[str], owner: Mapping[str, object], subject: str, project_id: int
) -> Iterator[_Event]:
    fields = [model._meta.get_field(name) for name in wanted]
    columns = [field.attname for field in fields]
    rows = (
        model.pgh_event_model.objects.filter(**owner)
        .order_by("pgh_obj_id", "pgh_id")
        .values("pgh_obj_id", "pgh_created_at", *([subject] if subject else []), *columns)
    )
    before: dict[str, Any] | None = None
    for row in rows:
        is_same = before is not None and before["pgh_obj_id"] == row["pgh_obj_id"]
        changed = tuple(
            (field, before[field.attname], row[field.attname])
            for field in fields
            if is_same and before is not None and before[field.attname] != row[field.attname]
        )
        if changed:
            key = (_STEP, row[subject]) if subject else (_PROJECT, project_id)
            yield _Event(key, row["pgh_created_at"], changed)
        before = row


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of the organisations and people that changes refer to."""

    organisations: Mapping[int, str]
    people: Mapping[int, str]

    @classmethod
    def load(cls) -> _Names:
        return cls(
            organisations=dict(Organisation.objects.values_list("pk", "name")),
            people={user.pk: user.label for user in User.objects.only("title", "username")},
        )

    def words(self, field: models.Field[Any, Any], value: object) -> str:
        """A stored value as the page writes it."""
        if value is None or value == "":
            return ""
        if field.related_model is Organisation and isinstance(value, int):
            return self.organisations.get(value, str(value))
        if field.related_model is User and isinstance(value, int):
            return self.people.get(value, str(value))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if field.name.endswith("_m2"):
            return f"{value} 平方米"
        return value.isoformat() if isinstance(value, date) else str(value)
