"""Meetings, whom they concern, and each unit's record of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from accounts.models import Organisation, User
from consultations.models import (
    AgendaItem,
    Attendance,
    Carried,
    Meeting,
    MeetingQuerySet,
    Minutes,
    Resolution,
    Topic,
)
from consultations.selectors.council import Sitting, sitting_on

__all__ = [
    "Sitting",
    "UnitRecord",
    "agenda_of",
    "latest_minutes",
    "meeting_list",
    "sitting_on",
    "unit_records",
    "units_of_topics",
]


def meeting_list(*, actor: User) -> MeetingQuerySet:
    """Meetings the actor may see, with the number of topics and of units that came. One query."""
    return (
        Meeting.objects.visible_to(actor)
        .select_related("council__organisation", "council__office", "series", "called_by")
        .annotate(
            topics=Count("items", distinct=True),
            asked=Count("attendances", distinct=True),
            present=Count(
                "attendances", filter=Q(attendances__state=Attendance.State.PRESENT), distinct=True
            ),
        )
    )


def agenda_of(meeting: Meeting, *, actor: User) -> list[AgendaItem]:
    """The items of an agenda that the actor may see, with all that the room and the minutes show.

    Six queries, however many items.
    """
    resolutions = Resolution.objects.select_related("lead", "person", "task").prefetch_related("helpers")
    carried = Carried.objects.select_related("resolution__lead", "resolution__task").prefetch_related(
        "resolution__helpers"
    )
    rows = (
        AgendaItem.objects.visible_to(actor)
        .filter(meeting=meeting)
        .select_related(
            *("topic__kind", "topic__project__organisation", "topic__lead", "topic__raised_by_unit"),
            *("topic__organisation", "confirmed_by"),
        )
        .prefetch_related(Prefetch("resolutions", queryset=resolutions.order_by("place")))
        .prefetch_related(Prefetch("carried", queryset=carried.order_by("resolution_id")))
    )
    return list(rows.order_by("place", "pk"))


def latest_minutes(meeting: Meeting, *, actor: User) -> Minutes | None:
    """The draft if there is one, else what is issued; None before the meeting. One query."""
    rows = Minutes.objects.visible_to(actor).filter(meeting=meeting)
    return rows.exclude(state=Minutes.State.REPLACED).order_by("-version").first()


def units_of_topics(meeting: Meeting) -> list[Organisation]:
    """The units that the agenda concerns: who raised, who leads, whose county, who has tasks. One query."""
    topics = Topic.objects.filter(items__meeting=meeting)
    carried = Resolution.objects.filter(carried__item__meeting=meeting)
    concerned = (
        Q(pk__in=topics.values("raised_by_unit"))
        | Q(pk__in=topics.values("lead"))
        | Q(pk__in=topics.values("organisation"))
        | Q(pk__in=topics.values("units"))
        | Q(pk__in=carried.values("lead"))
    )
    rows = Organisation.objects.filter(concerned).exclude(kind=Organisation.Kind.PREFECTURE)
    return list(rows.order_by("path"))


@dataclass(frozen=True, slots=True)
class Attended:
    """Meetings a unit was asked to, and what came of it."""

    asked: int = 0
    replied: int = 0
    present: int = 0
    leave: int = 0
    absent: int = 0


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What a unit did for the council in a year (S4-36: 按时报、按时参会)."""

    organisation: Organisation
    raised: int
    attended: Attended
    unread: int


def unit_records(*, actor: User, year: int) -> list[UnitRecord]:
    """Every unit that raised a topic or was asked to a meeting in a year. Four queries."""
    state = Attendance.State
    attended = Attendance.objects.visible_to(actor).filter(meeting__held_on__year=year)
    counted = {
        row["organisation"]: Attended(
            row["asked"], row["replied"], row["present"], row["leave"], row["absent"]
        )
        for row in attended.exclude(meeting__state=Meeting.State.CANCELLED)
        .values("organisation")
        .annotate(
            asked=Count("pk"),
            replied=Count("pk", filter=Q(replied_at__isnull=False)),
            present=Count("pk", filter=Q(state=state.PRESENT)),
            leave=Count("pk", filter=Q(state=state.LEAVE)),
            absent=Count("pk", filter=Q(state=state.ABSENT)),
        )
        .order_by()
    }
    topics = Topic.objects.visible_to(actor).filter(raised_on__year=year)
    raised = dict(topics.values_list("raised_by_unit").annotate(n=Count("pk")).order_by())
    issued = Minutes.objects.visible_to(actor).filter(state=Minutes.State.ISSUED, issued_on__year=year)
    waiting = issued.filter(circulations__read_at__isnull=True)
    unread = dict(
        waiting.values_list("circulations__organisation").annotate(n=Count("circulations")).order_by()
    )
    own = actor.scope
    paths = own.path if own is not None else "-"
    units = Organisation.objects.filter(pk__in={*counted, *raised}, path__startswith=paths)
    return [
        UnitRecord(
            organisation=unit,
            raised=raised.get(unit.pk, 0),
            unread=unread.get(unit.pk, 0),
            attended=counted.get(unit.pk, Attended()),
        )
        for unit in units.order_by("path")
    ]
