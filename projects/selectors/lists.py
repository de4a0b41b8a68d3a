"""Reading the list: projects with their lamps and clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import RawSQL

from accounts.models import Organisation, User
from accounts.selectors import prefecture_of, reporting_units_in, unit_ids_in
from deadlines import selectors as clocks
from deadlines.rules import Lamp, Reading
from deadlines.rules.lamps import WORST_FIRST
from deadlines.urgent import Urgent, urgent_of
from projects.models import Project, ProjectQuerySet
from ui.lamps import LAMP_WORDS
from ui.pagination import Segment

Facts = Mapping[str, Any]  # values of a project by the names that `values` of a queryset takes


class _Standing:
    """What a line of a list says of its project's clock: its most urgent open deadline, if it has one."""

    __slots__ = ()
    urgent: Urgent | None

    @property
    def lamp(self) -> Lamp:
        return Lamp.IDLE if self.urgent is None else self.urgent.lamp

    @property
    def word(self) -> str:
        """The lamp's word."""
        return LAMP_WORDS[self.lamp.value]

    @property
    def line(self) -> Reading | None:
        """The line whose figures the list shows."""
        return None if self.urgent is None else self.urgent.line

    @property
    def stage(self) -> str:
        """What the project is at: the stage of its most urgent deadline."""
        return "" if self.urgent is None else self.urgent.stage

    @property
    def holder(self) -> str:
        """Who has to act: the person, else the unit."""
        return "" if self.urgent is None else self.urgent.holder


@dataclass(frozen=True, slots=True)
class ProjectRow(_Standing):
    """A project and how it stands."""

    project: Project
    urgent: Urgent | None


@dataclass(frozen=True, slots=True)
class ListRow(_Standing):
    """One line of the project list: no project, but what its columns read of it, and how it stands."""

    facts: Facts
    urgent: Urgent | None

    @property
    def pk(self) -> int:
        return int(self.facts["pk"])


def project_list(*, actor: User) -> ProjectQuerySet:
    """Projects the actor may see, with unit, land and clock loaded; one query.

    To sort by lamp take `lamp_segments`, which an index holds, or for a few rows `with_lamp_rank`.
    """
    return (
        Project.objects.visible_to(actor)
        .exclude(status=Project.Status.REMOVED)
        .select_related("organisation", "submitted_by", "land", "clock")
        .defer("clock__amber_spans", "clock__green_spans")
    )


# What every row of the list needs, whatever columns are chosen: its link, and whether it has a lamp.
_ALWAYS = ("pk", "name", "status")


def facts_of(projects: ProjectQuerySet, *, reads: Iterable[str]) -> QuerySet[Project, dict[str, Any]]:
    """The same rows as the values that the chosen columns and the order read (`Column.reads`), no others.

    A project has thirty-four columns, its land fifteen more, and to make objects of them took longer than
    to read them; a page shows ten.
    """
    found: QuerySet[Project, dict[str, Any]] = projects.values(*dict.fromkeys([*_ALWAYS, *sorted(reads)]))
    return found


def for_counting(projects: ProjectQuerySet, *, actor: User) -> ProjectQuerySet:
    """The whole list with its units named by key as well.

    Sight goes by the unit's path. A count up to a cap then reads the index of units from its beginning,
    past all that the reader does not see: the longer the table, the longer. Keys let it begin where the
    reader's rows lie. They say no more than sight does and replace nothing. For the whole list only:
    beside other filters the database has better ways.
    """
    scope = actor.scope
    if scope is None or scope.is_department:
        return projects
    # As one array: fifty-four values of an IN would each be written and checked.
    among = RawSQL(
        '"projects_project"."organisation_id" = ANY(%s)', [unit_ids_in(scope.path)], BooleanField()
    )
    counted: ProjectQuerySet = projects.filter(among)
    return counted


def with_lamp_rank(projects: ProjectQuerySet, today: date) -> ProjectQuerySet:
    """Adds `lamp_rank`: the place in deadlines.rules.WORST_FIRST of the worst open deadline, idle
    without one. An expression cannot be indexed: not for the whole list."""
    lamps = lamp_conditions(today)
    ranks = [When(lamps[lamp], then=Value(rank)) for rank, lamp in enumerate(WORST_FIRST) if lamp in lamps]
    rank = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    ranked: ProjectQuerySet = projects.annotate(lamp_rank=rank)
    return ranked


def lamp_conditions(today: date) -> dict[Lamp, Q]:
    """Which projects show a lamp on the day, by the stored days of their clocks.

    Every project meets exactly one of them, whatever its deadlines are.
    """
    is_red, not_red = Q(clock__red_from__lte=today), Q(clock__red_from__gt=today)
    is_amber = Q(clock__amber_from__lte=today) | Q(clock__amber_spans__holds=today)
    not_amber = Q(clock__amber_from__gt=today) & _outside("clock__amber_spans", today)
    is_green = Q(clock__green_from__lte=today) | Q(clock__green_spans__holds=today)
    not_green = Q(clock__green_from__gt=today) & _outside("clock__green_spans", today)
    running = not_red & not_amber & Q(clock__is_paused=False)
    return {
        Lamp.RED: is_red,
        Lamp.AMBER: not_red & is_amber,
        Lamp.PAUSE: not_red & not_amber & Q(clock__is_paused=True),
        Lamp.GREEN: running & is_green,
        Lamp.IDLE: running & not_green,
    }


def _outside(spans: str, day: date) -> Q:
    return Q(**{f"{spans}__isnull": True}) | ~Q(**{f"{spans}__holds": day})


def lamp_segments(today: date) -> list[Segment]:
    """The list by lamp, the worst first, and within a lamp the one that is longest or next due.

    Each part is read along an index of the clocks (docs/decisions/0008).
    """
    first_of = {
        Lamp.RED: "clock__red_from",
        Lamp.AMBER: "clock__red_from",
        Lamp.PAUSE: "clock__amber_from",
        Lamp.GREEN: "clock__amber_from",
        Lamp.IDLE: "clock__green_from",
    }
    return [
        Segment(lamp.value, condition, (first_of[lamp],), last="clock__project_id")
        for lamp, condition in lamp_conditions(today).items()
    ]


def with_clocks(projects: Iterable[Project], *, today: date) -> list[ProjectRow]:
    """Each project with its most urgent open deadline, in the given order.

    At most three queries, however many projects: deadlines, pauses, calendar.
    """
    rows = list(projects)
    urgent = urgent_of([project.pk for project in rows], today=today, calendar=clocks.working_calendar())
    return [ProjectRow(project, urgent.get(project.pk)) for project in rows]


def list_rows(found: Iterable[Facts], *, today: date) -> list[ListRow]:
    """As `with_clocks`, of projects read by `facts_of`."""
    rows = list(found)
    urgent = urgent_of([facts["pk"] for facts in rows], today=today, calendar=clocks.working_calendar())
    return [ListRow(facts, urgent.get(facts["pk"])) for facts in rows]


def total_area_m2(projects: QuerySet[Project]) -> int:
    """Whole m² of all of `projects`, those without a figure counting nothing. One query."""
    return projects.order_by().aggregate(total=Sum("land__total_m2"))["total"] or 0


def reporting_units(*, actor: User) -> list[Organisation]:
    """Counties and parks the actor's list can hold; for a department those of its prefecture."""
    scope = actor.scope
    if scope is None or actor.organisation is None:
        return []
    if scope.is_department:
        return units_of_prefecture(actor.organisation)
    return reporting_units_in(scope.path)


def units_of_prefecture(organisation: Organisation) -> list[Organisation]:
    """Counties and parks of the prefecture in which `organisation` lies."""
    return reporting_units_in(prefecture_of(organisation).path)


def working_days_ahead(*, today: date, days: int) -> date:
    """The last of the next `days` working days after `today`."""
    return clocks.working_calendar().nth_working_day(today, days)
