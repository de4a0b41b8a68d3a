"""关注: who follows a project hears what was decided about it, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from audit.models import Entry
from audit.verbs import words
from deadlines.models import Deadline
from notifications.models import Message
from notifications.services import Notice, post
from projects.models import Follow, Project

# What followers hear of. Everything else stands in the dossier's history.
TOLD = (
    "project.adopted",
    "project.returned",
    "project.merged",
    "project.removed",
    "project.removed_from_list",
    "project.reinstated",
    "project.classed",
    "project.file_moved",
    "link.assigned",
    "step.decided",
    "step.returned",
    "step.rejected",
    "step.withdrawn",
    "comment.given",
    "comment.directed",
)
# A schedule that stood still for less than this tells everything when it comes back.
LOOKS_BACK = timedelta(days=7)


@transaction.atomic
def follow(*, actor: User, project: Project) -> Follow:
    """The actor follows a project found among those visible to them. Safe to repeat."""
    return Follow.objects.get_or_create(follower=actor, project=project)[0]


@transaction.atomic
def unfollow(*, actor: User, project: Project) -> None:
    """The actor follows it no longer. Safe to repeat."""
    Follow.objects.visible_to(actor).filter(project=project).delete()


@dataclass(frozen=True, slots=True)
class _News:
    """One thing to be told about a project."""

    project_id: int
    key: str
    title: str
    body: str
    actor_id: int | None
    at: datetime | None


def tell_followers(*, today: date, now: datetime) -> int:
    """Tell each follower what was decided since they follow; how many messages that made.

    Works from the log and the clock alone, so that no service has to know of followers. Exactly
    once per person and fact: the message's key is unique, and what was told is not told again.
    Nobody is told what they did themselves, nor of a project that they no longer see.
    Safe to run again, and at the same time.
    """
    follows = _followed()
    if not follows:
        return 0
    news = [*_decided(follows, now=now), *_overdue(follows, today=today)]
    told = set(Message.objects.filter(key__in={one.key for one in news}).values_list("recipient_id", "key"))
    fresh = [
        (row.follower, one)
        for one in news
        for row in follows[one.project_id]
        if one.actor_id != row.follower_id
        and (one.at is None or one.at >= row.since)
        and (row.follower_id, one.key) not in told
    ]
    notices = _visible(fresh)
    post(notices)
    return len(notices)


def _followed() -> Mapping[int, Sequence[Follow]]:
    rows: dict[int, list[Follow]] = defaultdict(list)
    for row in Follow.objects.filter(follower__is_active=True).select_related("follower__organisation"):
        rows[row.project_id].append(row)
    return rows


def _decided(follows: Mapping[int, Sequence[Follow]], *, now: datetime) -> list[_News]:
    entries = Entry.objects.filter(
        project_id__in=list(follows), verb__in=TOLD, entered_at__gte=now - LOOKS_BACK
    )
    return [
        _News(
            project_id=entry.project_id or 0,
            key=f"follow:{entry.pk}",
            title=f"{words(entry.verb)}：{entry.subject_label}",
            body=_body(entry),
            actor_id=entry.actor_id,
            at=entry.entered_at,
        )
        for entry in entries.order_by("pk")
    ]


def _body(entry: Entry) -> str:
    said = [entry.facts.get(name) for name in ("text", "result", "doc_no", "reason")]
    return "；".join([f"{entry.actor_label}办理", *(str(word) for word in said if word)])


def _overdue(follows: Mapping[int, Sequence[Follow]], *, today: date) -> list[_News]:
    late = Deadline.objects.filter(
        project_id__in=list(follows),
        state=Deadline.State.RUNNING,
        red_from__lte=today,
        red_from__gt=today - LOOKS_BACK,
    )
    return [
        _News(
            project_id=row.project_id or 0,
            key=f"follow:red:{row.pk}:{row.red_from}",
            title=f"已逾期：{row.project_name} {row.subject_label}",
            body=f"到期日 {row.due_on}，在项目卷宗查看责任单位和缺件。",
            actor_id=None,
            at=None,
        )
        for row in late.order_by("pk")
    ]


def _visible(fresh: Sequence[tuple[User, _News]]) -> list[Notice]:
    """Leave out who no longer sees the project. Two queries a follower with something new."""
    by_person: dict[User, list[_News]] = defaultdict(list)
    for person, one in fresh:
        by_person[person].append(one)
    notices = []
    for person, news in by_person.items():
        wanted = {one.project_id for one in news}
        seen = set(Project.objects.visible_to(person).filter(pk__in=wanted).values_list("pk", flat=True))
        notices += [
            Notice(person, Message.Kind.NOTICE, one.key, one.title, one.body, f"/projects/{one.project_id}/")
            for one in news
            if one.project_id in seen
        ]
    return notices
