"""Locking a topic, moving it on its way, and writing that down."""

from __future__ import annotations

from datetime import date

from django.db import models

from accounts.models import User
from audit.services import record
from consultations import rules
from consultations.errors import ReasonMissing, WrongState
from consultations.models import Meeting, Topic


def locked_topic(topic_id: int, *, actor: User) -> Topic:
    """The topic under its row lock; unknown or not visible to `actor` raises Topic.DoesNotExist."""
    rows = Topic.objects.visible_to(actor).select_related("council__organisation", "organisation", "kind")
    return rows.select_for_update(of=("self",)).get(pk=topic_id)


def locked_meeting(meeting_id: int, *, actor: User) -> Meeting:
    """The meeting under its row lock; unknown or not visible to `actor` raises Meeting.DoesNotExist."""
    rows = Meeting.objects.visible_to(actor).select_related("council__organisation", "council__office")
    return rows.select_for_update(of=("self",)).get(pk=meeting_id)


def move(topic: Topic, to: rules.State, *, today: date, reason: str = "") -> None:
    """Let a locked topic come to stand at `to`.

    Raises:
        WrongState: the way does not lead there.
    """
    state = rules.State(topic.state)
    if not rules.may_move(state, to):
        raise WrongState(
            f"“{topic.title}”现在是“{state.label}”，不能改为“{to.label}”；请刷新页面后再办理。",
            topic=topic.pk,
            state=state.value,
            to=to.value,
        )
    topic.state, topic.state_reason, topic.state_since = to, reason, today
    topic.save(update_fields=["state", "state_reason", "state_since"])


def need_reason(reason: str, what: str) -> str:
    """The reason, trimmed; an empty one is refused."""
    if not reason.strip():
        raise ReasonMissing(f"{what}须写明理由，补充后再办理。")
    return reason.strip()[:300]


def log_topic(
    topic: Topic, verb: str, *, actor: User | None, today: date, facts: dict[str, object] | None = None
) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=topic,
        facts=facts or {},
        project_id=topic.project_id,
        scope_path=topic.organisation.path,
        occurred_on=today,
    )


def log(
    subject: models.Model,
    verb: str,
    *,
    meeting: Meeting,
    actor: User,
    today: date,
    facts: dict[str, object] | None = None,
) -> None:
    """An entry about a meeting or what belongs to it."""
    record(
        actor=actor,
        verb=verb,
        subject=subject,
        facts=facts or {},
        scope_path=meeting.council.organisation.path,
        occurred_on=today,
    )
