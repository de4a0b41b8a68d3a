"""The preparatory procedures of every project side by side: which department holds what, until when.

A page of projects costs the same number of queries however many it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from accounts.models import User
from approvals.models import Step
from approvals.selectors import latest_rounds
from deadlines import selectors as clocks
from deadlines.models import Deadline
from deadlines.rules import Lamp
from projects.models import Project, ProjectQuerySet, QuotaRoute
from projects.rules.annual import Criterion, Maturity, maturity
from projects.selectors.annual_plan import criteria
from ui.lamps import LAMP_WORDS

APPROVED, STARTED = "B03", "J01"
SETTLED = (Step.Status.DONE, Step.Status.NOT_INVOLVED)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A column: the step and the department that handles it (S3-10, S4-04)."""

    code: str
    label: str
    department: str


PROCEDURES = (
    Procedure("A02", "选址论证", "自然资源"),
    Procedure("A03", "用地预审", "自然资源"),
    Procedure("A04", "立项", "发改"),
    Procedure("A05", "可研", "发改"),
    Procedure("A06", "初设", "行业主管"),
    Procedure("A07", "环评", "生态环境"),
    Procedure("A08", "水保", "水务"),
    Procedure("A09", "林地", "林业"),
    Procedure("A10", "压矿", "自然资源"),
    Procedure("Z03", "稳评", "政法委"),
    Procedure("Z09", "社保资金", "人社"),
    Procedure("G01", "规划条件", "规划"),
)
CODES = tuple(procedure.code for procedure in PROCEDURES)


@dataclass(frozen=True, slots=True)
class Cell:
    """One procedure of one project; `day` is when it was done or falls due."""

    procedure: Procedure
    step: Step | None
    lamp: Lamp
    word: str
    day: date | None

    @property
    def is_quiet(self) -> bool:
        """Not started: a mark is enough, most of the matrix looks like that."""
        return self.step is not None and self.step.status == Step.Status.NOT_STARTED


@dataclass(frozen=True, slots=True)
class PreparationRow:
    project: Project
    cells: Sequence[Cell]
    maturity: Maturity
    lacks_land: bool

    @property
    def done(self) -> int:
        return sum(cell.lamp is Lamp.DONE for cell in self.cells)


def preparation_projects(*, actor: User, today: date) -> ProjectQuerySet:
    """Adopted projects the actor sees, with `lacks_land` (S0-02) and `points` of maturity (S2-05).

    `lacks_land`: its planned start has passed, its land is not approved, and it has not started.
    One query for the criteria; the rows are read when asked for.
    """
    return (
        Project.objects.visible_to(actor)
        .adopted()
        .select_related("organisation", "land", "course")
        .annotate(
            is_approved=_settled(APPROVED),
            lacks_land=Case(When(_lacks_land(today), then=Value(1)), default=Value(0)),
            points=_points(criteria(today)),
        )
    )


def _settled(code: str) -> Exists:
    return Exists(Step.objects.filter(project=OuterRef("pk"), code=code, status__in=SETTLED))


def _lacks_land(today: date) -> Q:
    has_started = Exists(Step.objects.filter(project=OuterRef("pk"), code=STARTED, status=Step.Status.DONE))
    return (
        Q(planned_start_on__lt=today, course__started_on__isnull=True)
        & ~Q(_settled(APPROVED))
        & ~Q(has_started)
    )


def _points(rows: Iterable[Criterion]) -> Case | Value | object:
    total: object = Value(0, output_field=IntegerField())
    for row in rows:
        if row.step_code:
            total = total + Case(  # type: ignore[operator]  # expressions add
                When(_settled(row.step_code), then=Value(row.points)),
                default=Value(0),
                output_field=IntegerField(),
            )
    return total


def lacking_land(rows: ProjectQuerySet) -> ProjectQuerySet:
    """Projects that could not start for want of land (S0-02)."""
    return rows.filter(Q(lacks_land=1))


def mature_waiting(rows: ProjectQuerySet, *, today: date) -> ProjectQuerySet:
    """Projects that are ready and wait for the year's quota: mature, asking for it, not approved."""
    mark = maturity(criteria(today), ()).mature_from
    return rows.filter(asks_for_quota() & Q(points__gte=mark, is_approved=False))


def asks_for_quota() -> Q:
    """Projects whose new land comes out of the year's plan: settled so, or by rule."""
    by_rule = ~Q(track=Project.Track.NO_REQUISITION) & (
        Q(land__new_construction_m2__isnull=True) | ~Q(land__new_construction_m2=0)
    )
    unsettled = Q(course__isnull=True) | Q(course__route="")
    return Q(course__route=QuotaRoute.PLAN) | unsettled & by_rule


def land_approved(rows: ProjectQuerySet) -> ProjectQuerySet:
    """Projects that draw on the plan and whose conversion is approved."""
    approved = Step.objects.filter(project=OuterRef("pk"), code=APPROVED, status=Step.Status.DONE)
    return rows.filter(Exists(approved)).filter(asks_for_quota())


def with_lamp_in(rows: ProjectQuerySet, *, code: str, lamp: str, today: date) -> ProjectQuerySet:
    """Keep projects of which the procedure (any of them where `code` is empty) shows `lamp`."""
    steps = Step.objects.filter(project=OuterRef("pk"), code__in=[code] if code else CODES)
    if lamp == Lamp.DONE.value:
        return rows.filter(Exists(steps.filter(status=Step.Status.DONE)))
    if lamp == Lamp.IDLE.value:
        return rows.filter(Exists(steps.filter(status=Step.Status.NOT_STARTED)))
    running = Deadline.objects.open().with_lamp(today).filter(Q(lamp=lamp))
    return rows.filter(Exists(steps.filter(deadline__in=running.values("pk"))))


def read_preparation(projects: Iterable[Project], *, today: date) -> list[PreparationRow]:
    """Each project with its row of the matrix; three queries however many projects."""
    found = list(projects)
    marks = criteria(today)
    wanted = {*CODES, *(row.step_code for row in marks)}
    steps = _steps(found, wanted)
    return [_row(project, steps.get(project.pk, {}), marks, today) for project in found]


def _steps(projects: Sequence[Project], codes: set[str]) -> Mapping[int, Mapping[str, Step]]:
    rows: QuerySet[Step] = (
        Step.objects.filter(project_id__in=[project.pk for project in projects], code__in=codes)
        .select_related("deadline", "decision", "holder_organisation")
        .order_by("project_id", "round")
    )
    by_project: dict[int, list[Step]] = {}
    for step in rows:
        by_project.setdefault(step.project_id, []).append(step)
    return {pk: latest_rounds(group) for pk, group in by_project.items()}


def _row(
    project: Project, steps: Mapping[str, Step], marks: Sequence[Criterion], today: date
) -> PreparationRow:
    settled = frozenset(code for code, step in steps.items() if step.status in SETTLED)
    return PreparationRow(
        project=project,
        cells=[_cell(procedure, steps.get(procedure.code), today) for procedure in PROCEDURES],
        maturity=maturity(marks, settled),
        lacks_land=bool(getattr(project, "lacks_land", 0)),
    )


def _cell(procedure: Procedure, step: Step | None, today: date) -> Cell:
    if step is None:
        return Cell(procedure, None, Lamp.IDLE, "无此步骤", None)
    if step.status == Step.Status.DONE:
        return Cell(procedure, step, Lamp.DONE, "办结", step.closed_on)
    if not step.is_open:
        return Cell(procedure, step, Lamp.IDLE, step.get_status_display(), step.closed_on)
    if step.deadline is None:
        return Cell(procedure, step, Lamp.GREEN, step.get_status_display(), None)
    lamp = clocks.lamp_of(step.deadline, today)
    return Cell(procedure, step, lamp, LAMP_WORDS[lamp.value], step.deadline.due_on)


def ordered(rows: ProjectQuerySet) -> ProjectQuerySet:
    """In the order of the list."""
    return rows.order_by(F("number").asc(), "pk")
