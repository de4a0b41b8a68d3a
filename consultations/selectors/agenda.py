"""What an agenda is built from."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Q

from consultations import rules
from consultations.models import Council, Meeting, Resolution, ResolutionQuerySet, Topic
from duties.models import Task

State = rules.State
HELD = Meeting.State.HELD


def unfinished_resolutions(council: Council) -> ResolutionQuerySet:
    """Resolutions that were given out and whose task is neither verified nor withdrawn, oldest first.

    `times_carried`: on how many agendas of meetings that were held they came up again. One query.
    """
    return (
        Resolution.objects.filter(item__meeting__council=council, task__isnull=False)
        .exclude(task__state__in=Task.FINISHED)
        .select_related("item__topic", "lead", "task")
        .annotate(times_carried=Count("carried", filter=Q(carried__item__meeting__state=HELD), distinct=True))
        .order_by("pk")
    )


def waiting_topics(council: Council, *, carried: Collection[int]) -> list[Topic]:
    """Topics for the next agenda: collected ones, and given-out ones among `carried`. One query."""
    rows = Topic.objects.filter(council=council).filter(
        Q(state=State.COLLECTED) | Q(state=State.ASSIGNED, pk__in=carried)
    )
    return list(rows.select_related("project").order_by("pk"))


def times_held(topic: Topic) -> int:
    """On how many agendas of meetings that were held a topic stood. One query."""
    return topic.items.filter(meeting__state=HELD).count()
