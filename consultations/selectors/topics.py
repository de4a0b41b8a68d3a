"""Topics, what proves their scope, and what was resolved on them."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Prefetch, Q

from accounts.models import Organisation, User
from consultations import rules
from consultations.models import (
    AgendaItem,
    Council,
    Meeting,
    MeetingSetting,
    Resolution,
    Topic,
    TopicKind,
    TopicQuerySet,
)
from duties.models import Task
from projects.models import Project


def council_for(actor: User) -> Council | None:
    """The council of the prefecture in which the actor works. One query."""
    if actor.organisation is None:
        return None
    rows = Council.objects.filter(organisation__code__in=actor.organisation.ancestor_codes)
    return rows.select_related("organisation", "office", "seal").first()


def kinds_in_force(on: date) -> list[TopicKind]:
    """What topics may be about on a day, in their order. One query."""
    rows = TopicKind.objects.filter(effective_from__lte=on).select_related("lead")
    newest = rows.order_by("code", "-effective_from").distinct("code")
    return sorted((kind for kind in newest if kind.is_active), key=lambda kind: (kind.place, kind.code))


def setting_on(day: date) -> MeetingSetting:
    """The council's figures on a day; the defaults before the first row. One query."""
    found = MeetingSetting.objects.filter(effective_from__lte=day).order_by("-effective_from").first()
    return found or MeetingSetting(basis="默认值", effective_from=day)


def topic_list(*, actor: User) -> TopicQuerySet:
    """Topics the actor may see with all that lists show. One query."""
    held = Q(items__meeting__state=Meeting.State.HELD)
    return (
        Topic.objects.visible_to(actor)
        .select_related("kind", "project", "organisation", "raised_by_unit", "raised_by", "lead")
        .annotate(times_held=Count("items", filter=held, distinct=True))
    )


def scope_facts(topic: Topic) -> rules.ScopeFacts:
    """What is known of a topic for the check of its scope."""
    project = topic.project
    raiser = topic.raised_by_unit
    return rules.ScopeFacts(
        list_category=project.list_category if project else "",
        is_single_site=project is not None and project.track == Project.Track.SINGLE_SITE,
        industry=project.industry if project else "",
        raised_by_department=raiser.kind == Organisation.Kind.DEPARTMENT,
    )


def open_tasks_of(topic: Topic) -> list[Task]:
    """Tasks of a topic's resolutions that are neither verified nor withdrawn. One query."""
    return list(Task.objects.unfinished().filter(resolution__item__topic=topic).order_by("pk"))


def resolutions_of(topic: Topic) -> list[Resolution]:
    """Everything that was resolved on a topic, newest meeting first, with its task. Two queries."""
    rows = Resolution.objects.filter(item__topic=topic).select_related("item__meeting", "lead", "task")
    return list(rows.prefetch_related("helpers").order_by("-item__meeting__held_on", "place"))


def course_of(topic: Topic) -> list[AgendaItem]:
    """The meetings that had a topic on their agenda, newest first. Two queries."""
    carried = Prefetch("carried", to_attr="carried_rows")
    rows = AgendaItem.objects.filter(topic=topic).select_related("meeting").prefetch_related(carried)
    return list(rows.order_by("-meeting__held_on", "-pk"))


def units_for(council: Council) -> list[Organisation]:
    """Every unit that may lead or help: departments, counties, the bureau. One query."""
    kinds = (
        Organisation.Kind.DEPARTMENT,
        Organisation.Kind.COUNTY,
        Organisation.Kind.PARK,
        Organisation.Kind.BUREAU,
    )
    rows = Organisation.objects.filter(path__startswith=council.organisation.path, is_active=True)
    own = rows.filter(kind__in=kinds).exclude(
        kind=Organisation.Kind.BUREAU, parent__kind__in=Organisation.REPORTING_KINDS
    )
    return list(own.order_by("path"))
