"""Who changed what in a project, when, and from what to what; what one request did stands together."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import Organisation, Post, User
from audit.models import Entry
from audit.verbs import words
from core.units import AreaUnit, format_area, yuan_to_wan
from desk.dossier_events import PROJECT, Event, FieldChange, events_of
from projects.models import Project, TaskForce
from projects.selectors.list_kinds import list_names
from projects.services.creating import FILENAME as TYPED_IN
from ui.parts import Change, HistoryEntry

PAGE = 40
# As many subjects of one request are named; the rest is a number.
NAMED = 6

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
    "text": "内容",
    "named": "提醒",
    "filename": "来自文件",
    "row": "行号",
    "paper_kind": "类型",
    "dated_on": "成文日期",
    "file": "文件",
    "version": "版本",
}


@dataclass(frozen=True, slots=True)
class History:
    """A page of a project's history, newest first; `total` counts all of it."""

    entries: Sequence[HistoryEntry]
    total: int
    next_before: int | None


def project_history(project: Project, *, size: int = PAGE, before: int | None = None) -> History:
    """Entries about a project with the fields that changed. The caller answers for its visibility.

    A change belongs to the entry that the same request wrote about the same subject, else to the
    request's first entry; outside of requests to the first entry written after it. Entries of one
    request stand together. Sixteen queries, however long the history.

    Args:
        before: only entries older than this one; None begins at the newest.
    """
    index = list(
        Entry.objects.filter(project_id=project.pk)
        .order_by("id")
        .values_list("id", "subject_kind", "subject_id", "entered_at", "request_id")
    )
    rows = Entry.objects.filter(project_id=project.pk)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-id")[: size + 1])
    has_more, page = len(page) > size, page[:size]
    changes = _changes_by_entry(project, [_Place(*row) for row in index])
    names = _Names.load()
    return History(
        entries=[_shown(list(group), changes, names) for _, group in groupby(page, key=_request_of)],
        total=len(index),
        next_before=page[-1].pk if has_more else None,
    )


def _request_of(entry: Entry) -> object:
    return entry.request_id or entry.pk


def _shown(group: Sequence[Entry], changes: Mapping[int, Sequence[Event]], names: _Names) -> HistoryEntry:
    """What one request did, oldest first."""
    entries = group[::-1]
    found = [change for entry in entries for event in changes.get(entry.pk, ()) for change in event.changes]
    return HistoryEntry(
        at=entries[0].entered_at,
        actor=entries[0].actor_label,
        action="；".join(_actions(entries)),
        changes=[names.change(change) for change in found],
        reason="；".join(dict.fromkeys(filter(None, map(_fact_sentence, entries)))),
    )


def _actions(entries: Sequence[Entry]) -> Iterable[str]:
    for verb, same in groupby(entries, key=lambda entry: entry.verb):
        subjects = [entry.subject_label for entry in same if entry.subject_kind != PROJECT]
        more = f" 等 {len(subjects)} 项" if len(subjects) > NAMED else ""
        yield f"{words(verb)} {'、'.join(subjects[:NAMED])}{more}".strip()


def _fact_sentence(entry: Entry) -> str:
    facts, said = entry.facts, []
    if facts.get("filename") == TYPED_IN:
        facts = {key: value for key, value in facts.items() if key not in ("filename", "row")}
        said.append("在网页填报")
    for key, label in _FACT_WORDS.items():
        value = facts.get(key)
        if value in (None, "", [], {}):
            continue
        said.append(f"{label} {'、'.join(map(str, value)) if isinstance(value, list) else value}")
    if entry.occurred_on is not None and entry.occurred_on != entry.entered_at.date():
        said.append(f"发生于 {entry.occurred_on}")
    return "；".join(said)


def _is_large_money(field: models.Field[Any, Any]) -> bool:
    """Written in 万元 everywhere: an investment, unlike a fee."""
    return field.name == "investment_yuan"


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry's place in the log."""

    pk: int
    kind: str
    subject_id: int
    at: datetime
    request_id: UUID | None


def _changes_by_entry(project: Project, index: Sequence[_Place]) -> Mapping[int, list[Event]]:
    by_request: dict[UUID, list[_Place]] = defaultdict(list)
    by_subject: dict[tuple[str, int], list[tuple[datetime, int]]] = defaultdict(list)
    for place in index:
        by_subject[place.kind, place.subject_id].append((place.at, place.pk))
        if place.request_id is not None:
            by_request[place.request_id].append(place)
    found: dict[int, list[Event]] = defaultdict(list)
    for event in events_of(project):
        pk = _entry_of(event, by_request, by_subject, index)
        if pk is not None:
            found[pk].append(event)
    return found


def _entry_of(
    event: Event,
    by_request: Mapping[UUID, Sequence[_Place]],
    by_subject: Mapping[tuple[str, int], Sequence[tuple[datetime, int]]],
    index: Sequence[_Place],
) -> int | None:
    """The request's entry, else the next about the same subject, else the next about the project."""
    together = by_request.get(event.request_id, ()) if event.request_id else ()
    if together:
        same = (place.pk for place in together if (place.kind, place.subject_id) == event.subject)
        return next(same, together[0].pk)
    entries = by_subject.get(event.subject, ())
    place = bisect_left(entries, (event.at, 0))
    if place < len(entries):
        return entries[place][1]
    return next((other.pk for other in index if other.at >= event.at), None)


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of the rows that changes refer to, by model."""

    known: Mapping[type[models.Model], Mapping[int, str]]
    lists: Mapping[str, str]

    @classmethod
    def load(cls) -> _Names:
        """Five queries of short tables."""
        return cls(
            {
                Organisation: dict(Organisation.objects.values_list("pk", "name")),
                User: {user.pk: user.label for user in User.objects.only("title", "username")},
                Post: dict(Post.objects.values_list("pk", "title")),
                TaskForce: dict(TaskForce.objects.values_list("pk", "name")),
            },
            lists=list_names(),
        )

    def change(self, change: FieldChange) -> Change:
        title = str(change.field.verbose_name)
        if _is_large_money(change.field):
            title = title.replace("（元）", "（万元）")
        label = f"{change.row} {title}".strip()
        return Change(label, self.words(change.field, change.old), self.words(change.field, change.new))

    def words(self, field: models.Field[Any, Any], value: object) -> str:
        """A stored value as the page writes it."""
        if value is None or value == "":
            return ""
        if field.related_model is not None:
            known = self.known.get(field.related_model, {})
            return known.get(value, "有") if isinstance(value, int) else str(value)
        if field.name == "list_category":
            return self.lists.get(str(value), str(value))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Decimal):
            return f"{yuan_to_wan(value) if _is_large_money(field) else value:,}"
        if field.name.endswith("_m2") and isinstance(value, int):
            return f"{format_area(value, AreaUnit.HA)} 公顷（{format_area(value, AreaUnit.MU)} 亩）"
        return value.isoformat() if isinstance(value, date) else str(value)
