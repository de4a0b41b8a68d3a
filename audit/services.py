"""The one writer of the log."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from django.db import models

from audit.models import Entry

SYSTEM = "系统"


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
    return Entry.objects.create(
        actor_id=None if actor is None else actor.pk,
        actor_label=SYSTEM if actor is None else actor.label,
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(subject)[:300],
        project_id=project_id,
        scope_path=scope_path,
        facts=facts or {},
        occurred_on=occurred_on,
    )
