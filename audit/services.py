"""The one writer of the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import models, transaction

from audit.context import request_id, said_so_far
from audit.models import Entry
from core.bulk import insert_all, insert_rows, maker
from core.clock import written_at

SYSTEM = "系统"
BATCH = 500


class Actor(Protocol):
    """What the log needs to know of a person; `accounts.User` is above this floor."""

    pk: Any

    @property
    def label(self) -> str: ...


def record(
    *,
    actor: Actor | None,
    verb: str,
    subject: models.Model,
    facts: dict[str, object] | None = None,
    project_id: int | None = None,
    scope_path: str = "",
    occurred_on: date | None = None,
) -> Entry:
    """Write down that `actor` did `verb` to `subject`; call it inside the change's transaction.

    Args:
        actor: None when the system itself acts (a lapse, a schedule).
        verb: a stable slug such as "step.paused"; audit.verbs translates it for display.
        facts: what is needed to understand the entry later; JSON values, dates, decimals.
        project_id: the project whose dossier shows the entry.
        scope_path: `Organisation.path` of the unit concerned; decides who may read the entry.
        occurred_on: the office day of the act when it was entered later; None means today.
    """
    act = Act(verb, subject, facts or {}, project_id, scope_path)
    [entry] = record_all(actor=actor, acts=[act], occurred_on=occurred_on)
    return entry


@dataclass(frozen=True, slots=True)
class Act:
    """One line for `record_all`; fields as the arguments of `record`."""

    verb: str
    subject: models.Model
    facts: dict[str, object] = field(default_factory=dict)
    project_id: int | None = None
    scope_path: str = ""


Guard = Callable[[Actor | None, Sequence[Act]], None]
_guards: list[Guard] = []


def ask_before_writing(guard: Guard) -> None:
    """Ask `guard` before entries are made; it raises a DomainError and so refuses the whole act.

    For what must hold whatever service writes, and is known only to a higher floor; called once
    from an app's `ready`.
    """
    if guard not in _guards:
        _guards.append(guard)


def record_all(*, actor: Actor | None, acts: Iterable[Act], occurred_on: date | None = None) -> list[Entry]:
    """As `record`, for everything that one act did to many subjects; in the order of `acts`.

    Inside a request, or whatever else has entered `pghistory.context`, entries and changes of rows
    carry one id, so that the history can put them together.
    """
    entries = entries_of(actor=actor, acts=acts, occurred_on=occurred_on)
    if len(entries) > BATCH:
        with transaction.atomic():
            insert_all(Entry, entries)
        return entries
    insert_rows(entries)
    return entries


def entries_of(*, actor: Actor | None, acts: Iterable[Act], occurred_on: date | None = None) -> list[Entry]:
    """The entries that `record_all` would write, unsaved. For a change that one function of the
    database makes together with its entry (`audit_write`), in one call; the subject's key comes there.
    """
    acts = list(acts)
    for guard in _guards:
        guard(actor, acts)
    make = maker(Entry)
    request = request_id()
    said = said_so_far()
    said.verbs.update([act.verb for act in acts])
    now = written_at()
    return [
        make(
            actor_id=None if actor is None else actor.pk,
            actor_label=SYSTEM if actor is None else actor.label,
            verb=act.verb,
            subject_kind=act.subject._meta.label_lower,
            subject_id=act.subject.pk,
            subject_label=str(act.subject)[:300],
            project_id=act.project_id,
            scope_path=act.scope_path,
            facts=act.facts,
            request_id=request,
            address=said.address,
            occurred_on=occurred_on,
            entered_at=now,
        )
        for act in acts
    ]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at the door and changed no row: a sign-in, a refusal, a file taken out.

    `who` is what was typed when nobody could be recognised.
    """

    verb: str
    outcome: Entry.Outcome
    label: str
    who: str = ""
    scope_path: str = ""
    facts: dict[str, object] = field(default_factory=dict)


def record_event(*, actor: Actor | None, event: Event) -> Entry:
    """Write down what happened at the door; by itself, for there is no change that it belongs to."""
    said = said_so_far()
    said.verbs.add(event.verb)
    return Entry.objects.create(
        actor_id=None if actor is None else actor.pk,
        actor_label=(event.who[:100] or "未登录") if actor is None else actor.label,
        verb=event.verb,
        subject_kind="http",
        subject_id=0,
        subject_label=event.label[:300],
        scope_path=event.scope_path,
        facts=event.facts,
        request_id=request_id(),
        address=said.address,
        outcome=event.outcome,
    )
