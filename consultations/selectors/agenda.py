"""What an agenda is built from."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from accounts.models import User
from consultations import rules
from consultations.models import Meeting, MeetingKind, Resolution, ResolutionQuerySet, Topic
from duties.models import Problem, ProblemQuerySet, Task

State = rules.State
HELD = Meeting.State.HELD


def unfinished_resolutions(meeting: Meeting) -> ResolutionQuerySet:
    """Resolutions that were given out and whose task is neither verified nor withdrawn, oldest first.

    The council's for a meeting of the council, the leading group's for one of the group.
    `times_carried`: on how many agendas of meetings that were held they came up again. One query.
    """
    rows = Resolution.objects.filter(item__meeting__council=meeting.council, task__isnull=False)
    of_group = Q(item__meeting__kind=MeetingKind.GROUP)
    return (
        rows.filter(of_group if meeting.is_of_group else ~of_group)
        .exclude(task__state__in=Task.FINISHED)
        .select_related("item__topic", "lead", "task")
        .annotate(times_carried=Count("carried", filter=Q(carried__item__meeting__state=HELD), distinct=True))
        .order_by("pk")
    )


def waiting_topics(meeting: Meeting, *, carried: Collection[int]) -> list[Topic]:
    """Topics for the meeting's agenda: collected ones, or escalated ones for the leading group, and
    given-out ones among `carried`. One query.
    """
    waits = State.ESCALATED if meeting.is_of_group else State.COLLECTED
    rows = Topic.objects.filter(council=meeting.council).filter(
        Q(state=waits) | Q(state=State.ASSIGNED, pk__in=carried)
    )
    return list(rows.select_related("project").order_by("pk"))


def times_held(topic: Topic) -> int:
    """On how many agendas of meetings that were held a topic stood. One query."""
    return topic.items.filter(meeting__state=HELD).count()


def escalated_problems(*, actor: User) -> ProblemQuerySet:
    """Problems that wait for the leading group, the first escalated first. One query."""
    rows = Problem.objects.visible_to(actor).filter(state=Problem.State.ESCALATED)
    return rows.select_related("kind", "project__organisation").order_by("escalated_on", "pk")


def escalated_waiting(*, actor: User) -> int:
    """How many problems and topics wait for the leading group. Two queries."""
    problems = escalated_problems(actor=actor)
    topics = Topic.objects.visible_to(actor).filter(state=State.ESCALATED)
    others = topics.exclude(source=Topic.Source.PROBLEM, source_id__in=problems.order_by().values("pk"))
    busy = Topic.objects.filter(source=Topic.Source.PROBLEM, state__in=[State.ON_AGENDA, State.DISCUSSED])
    return problems.exclude(pk__in=busy.values("source_id")).count() + others.count()
