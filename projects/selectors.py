"""Reading the list: projects with their lamps, what waits for an answer, what was handed in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Organisation, User
from deadlines import selectors as clocks
from deadlines.errors import CalendarGap
from deadlines.models import Deadline, DeadlineQuerySet
from deadlines.rules import DeadlineReading, Lamp, Reading, WorkingCalendar
from deadlines.rules.lamps import WORST_FIRST
from projects.models import LandUse, Project, ProjectQuerySet, Submission, SubmissionQuerySet, SubmissionRow
from projects.rules.tracks import TrackProposal, propose_track

IDLE_RANK = WORST_FIRST.index(Lamp.IDLE)
# Two names as alike as 瓮安县标准厂房三期 and 瓮安标准厂房三期; measured on the samples.
ALIKE_FROM = 0.45


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One line of the list: the project and its most urgent open deadline, if it has one."""

    project: Project
    lamp: Lamp
    deadline: Deadline | None
    reading: DeadlineReading | None

    @property
    def line(self) -> Reading | None:
        """The line whose figures the list shows."""
        return None if self.reading is None else self.reading.governing

    @property
    def holder(self) -> str:
        if self.deadline is None:
            return ""
        if self.deadline.holder is not None:
            return self.deadline.holder.label
        return self.deadline.holder_organisation.short_name


def project_list(*, actor: User, today: date) -> ProjectQuerySet:
    """Projects the actor may see, with unit and land loaded; one query.

    Adds `lamp_rank` (place in deadlines.rules.WORST_FIRST of the worst open deadline, idle
    without one) and `next_due_on` (its due date, None while paused). They cost nothing where
    nobody sorts or filters by them.
    """
    most_urgent = (
        _ranked(today).filter(project_id=OuterRef("pk")).order_by("rank", F("due_on").asc(nulls_last=True))
    )
    return (
        Project.objects.visible_to(actor)
        .exclude(status=Project.Status.REMOVED)
        .select_related("organisation", "submitted_by", "land")
        .annotate(
            lamp_rank=Coalesce(
                Subquery(most_urgent.values("rank")[:1], output_field=IntegerField()), Value(IDLE_RANK)
            ),
            next_due_on=Subquery(most_urgent.values("due_on")[:1]),
        )
    )


def _ranked(today: date) -> DeadlineQuerySet:
    """Open deadlines with `rank`: 0 for red."""
    ranks = [When(lamp=lamp.value, then=Value(rank)) for rank, lamp in enumerate(WORST_FIRST)]
    return (
        Deadline.objects.open()
        .with_lamp(today)
        .annotate(rank=Case(*ranks, default=Value(IDLE_RANK), output_field=IntegerField()))
    )


def with_clocks(projects: Iterable[Project], *, today: date) -> list[ProjectRow]:
    """Each project with its most urgent open deadline, in the given order.

    At most five queries, however many projects: deadlines, pauses, calendar.
    """
    rows = list(projects)
    urgent = _most_urgent([project.pk for project in rows], today)
    calendar = clocks.working_calendar()
    result = []
    for project in rows:
        deadline = urgent.get(project.pk)
        if deadline is None:
            result.append(ProjectRow(project, Lamp.IDLE, None, None))
            continue
        lamp = clocks.lamp_of(deadline, today)
        result.append(ProjectRow(project, lamp, deadline, _reading(deadline, today, calendar)))
    return result


def _reading(deadline: Deadline, today: date, calendar: WorkingCalendar) -> DeadlineReading | None:
    """None where the calendar has a gap: one unreadable clock does not take the list down."""
    try:
        return clocks.reading_of(deadline, today=today, calendar=calendar)
    except CalendarGap:
        return None


def _most_urgent(project_ids: Sequence[int], today: date) -> dict[int, Deadline]:
    open_ones = clocks.with_pauses(Deadline.objects.open()).filter(project_id__in=project_ids)
    urgent: dict[int, Deadline] = {}
    for deadline in open_ones.select_related("holder", "holder_organisation").order_by("pk"):
        key = deadline.project_id
        if key is not None and (
            key not in urgent or _urgency(deadline, today) < _urgency(urgent[key], today)
        ):
            urgent[key] = deadline
    return urgent


def _urgency(deadline: Deadline, today: date) -> tuple[int, date]:
    return WORST_FIRST.index(clocks.lamp_of(deadline, today)), deadline.due_on or date.max


def total_area_m2(projects: QuerySet[Project]) -> int:
    """Whole m² of all of `projects`, those without a figure counting nothing. One query."""
    return projects.order_by().aggregate(total=Sum("land__total_m2"))["total"] or 0


def stages_in_use(*, actor: User) -> list[str]:
    """Stages in which the actor's projects now stand. One query."""
    visible = Project.objects.visible_to(actor).adopted().values("pk")
    stages = Deadline.objects.open().filter(project_id__in=visible).exclude(stage="")
    return sorted(stages.order_by().values_list("stage", flat=True).distinct())


def reporting_units(*, actor: User) -> list[Organisation]:
    """Counties and parks the actor's list can hold; all of them for a department. One or two queries."""
    scope = actor.scope
    units = Organisation.objects.all().reporting_units()
    if scope is None or scope.is_department:
        return list(units)
    return list(units.filter(path__startswith=scope.path))


def working_days_ahead(*, today: date, days: int) -> date:
    """The last of the next `days` working days after `today`. At most three queries."""
    return clocks.working_calendar().nth_working_day(today, days)


# --- screening -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project on the list that may be the same one. `alike`: percent by trigrams of the name."""

    project: Project
    alike: int


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A project that waits for the bureau's answer, with what the product proposes."""

    project: Project
    proposal: TrackProposal
    candidates: Sequence[Candidate]


def waiting_list(*, actor: User) -> ProjectQuerySet:
    """Projects to be screened, with unit and land loaded. One query."""
    return Project.objects.visible_to(actor).waiting().select_related("organisation", "submitted_by", "land")


def with_proposals(projects: Iterable[Project]) -> list[WaitingRow]:
    """Each waiting project with a track by rule and the projects it may duplicate. Two queries.

    Alike is: in the same county or park, adopted or waiting, with a similar name.
    """
    rows = list(projects)
    found = _alike([project.pk for project in rows])
    return [WaitingRow(project, proposed_track(project), found.get(project.pk, ())) for project in rows]


def proposed_track(project: Project) -> TrackProposal:
    """The track by rule from the project's stored facts; reads `organisation` and `land`."""
    land: LandUse | None = getattr(project, "land", None)
    return propose_track(
        name=project.name,
        industry=project.industry,
        is_in_park=project.organisation.kind == Organisation.Kind.PARK,
        total_m2=land.total_m2 if land else None,
        construction_m2=land.construction_m2 if land else None,
        new_construction_m2=land.new_construction_m2 if land else None,
        requisition_m2=land.requisition_m2 if land else None,
    )


def _alike(project_ids: Sequence[int]) -> dict[int, list[Candidate]]:
    others = (
        Project.objects.filter(
            organisation=OuterRef("organisation"),
            status__in=[Project.Status.ADOPTED, Project.Status.SUBMITTED],
        )
        .exclude(pk=OuterRef("pk"))
        .annotate(alike=TrigramSimilarity("name", OuterRef("name")))
        .filter(alike__gte=ALIKE_FROM)
        .order_by("-alike", "pk")
    )
    pairs = Project.objects.filter(pk__in=project_ids).annotate(
        alike_ids=ArraySubquery(others.values("pk")[:3]),
        alike_shares=ArraySubquery(others.values("alike")[:3]),
    )
    found = list(pairs.values_list("pk", "alike_ids", "alike_shares"))
    targets = Project.objects.select_related("organisation", "submitted_by", "land").in_bulk(
        {pk for _, ids, _ in found for pk in ids}
    )
    return {
        pk: [Candidate(targets[other], round(share * 100)) for other, share in zip(ids, shares, strict=True)]
        for pk, ids, shares in found
    }


# --- submissions -----------------------------------------------------------------------------------


def submission_list(*, actor: User) -> SubmissionQuerySet:
    """Confirmed workbooks the actor may see, without their content. One query.

    Adds how their projects stand now: `waiting`, `adopted`, `returned`, `merged`.
    """
    status = Project.Status
    return (
        Submission.objects.visible_to(actor)
        .defer("content")
        .select_related("organisation", "submitted_by", "undone_by")
        .annotate(
            waiting=_projects_with(status.SUBMITTED),
            adopted=_projects_with(status.ADOPTED),
            returned=_projects_with(status.RETURNED),
            merged=_projects_with(status.MERGED),
        )
    )


def _projects_with(status: Project.Status) -> Coalesce:
    rows = (
        SubmissionRow.objects.filter(submission=OuterRef("pk"), project__status=status)
        .order_by()
        .values("submission")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


def submission_rows(submission: Submission) -> QuerySet[SubmissionRow]:
    """The rows of one submission with their projects and the bureau's answers. One query."""
    return (
        SubmissionRow.objects.filter(submission=submission)
        .select_related("project", "project__organisation", "project__merged_into")
        .order_by("row")
    )
