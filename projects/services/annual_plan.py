"""The year's quota, where a project's quota comes from, its whole-life dates, the guarantee plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from accounts.selectors import prefecture_of
from audit.services import record
from core.units import AreaUnit, to_m2
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line, Unit
from deadlines.services import LineSpec, Owner
from projects.models import (
    LandUse,
    PlanItem,
    PlanQuota,
    PlanVersion,
    PlanVersionLine,
    Project,
    ProjectCourse,
    QuotaRoute,
)
from projects.refusals import (
    CourseOutOfOrder,
    ListDayOutOfOrder,
    NothingToPublish,
    PlanItemClosed,
    PlanLimitOver,
    ProjectNotListed,
    ReasonMissing,
)
from projects.rules import annual as rules
from projects.selectors import annual as lists
from projects.selectors import annual_plan as selectors

BASIS = "年度要素保障工作方案"
STAGE = "保障方案"
LIFE_DATES = ("started_on", "finished_on", "effect_planned_on", "effect_on")


@dataclass(frozen=True, slots=True)
class QuotaIssue:
    """One handing-out as it stands in its paper; `value` may be negative when taken back."""

    year: int
    organisation: Organisation
    land_class: str
    value: Decimal
    unit: AreaUnit
    issued_on: date
    doc_no: str
    note: str = ""


@transaction.atomic
def enter_quota(*, actor: User, issue: QuotaIssue, today: date) -> PlanQuota:
    """Write down what the annual plan hands out to a unit, with its paper. Not safe to repeat.

    Raises:
        ListDayOutOfOrder: issued after `today`.
        ReasonMissing: no document number.
    """
    require(actor, Right.ENTER_QUOTA)
    if issue.issued_on > today:
        raise ListDayOutOfOrder(
            f"下达日期 {issue.issued_on} 在今天（{today}）之后；请填文件上的日期。", issued_on=issue.issued_on
        )
    if not issue.doc_no.strip():
        raise ReasonMissing("年度计划指标须写明下达文号，补充后再保存。")
    row = PlanQuota.objects.create(
        year=issue.year,
        organisation=issue.organisation,
        land_class=issue.land_class,
        area_m2=to_m2(issue.value, issue.unit),
        entered_value=f"{issue.value:f}",
        entered_unit=issue.unit.value,
        issued_on=issue.issued_on,
        doc_no=issue.doc_no.strip(),
        note=issue.note.strip(),
        entered_by=actor,
    )
    record(
        actor=actor,
        verb="plan_quota.entered",
        subject=row,
        facts={"area_m2": row.area_m2, "doc_no": row.doc_no, "year": row.year},
        scope_path=issue.organisation.path,
        occurred_on=issue.issued_on,
    )
    return row


# --- the course of a project ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LifeDates:
    """When a project started, was finished and took effect; None: not yet, or not known."""

    started_on: date | None
    finished_on: date | None
    effect_planned_on: date | None
    effect_on: date | None
    note: str = ""


@transaction.atomic
def record_course(*, actor: User, project_id: int, dates: LifeDates, today: date) -> ProjectCourse:
    """Write down the dates of a project's life after its land (S0-25).

    Raises:
        CourseOutOfOrder: a recorded day lies after `today` or before the day it follows.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.RUN_STEPS)
    project = _listed(actor, project_id)
    _check_order(dates, today)
    course = _course(project, actor)
    for name in LIFE_DATES:
        setattr(course, name, getattr(dates, name))
    course.note, course.updated_by = dates.note.strip(), actor
    course.save(update_fields=[*LIFE_DATES, "note", "updated_by", "updated_at"])
    facts = {name: getattr(dates, name) for name in LIFE_DATES}
    _log(project, "project.course_recorded", dict(facts), actor=actor, today=today)
    return course


def _check_order(dates: LifeDates, today: date) -> None:
    happened = [("开工", dates.started_on), ("竣工", dates.finished_on), ("达效", dates.effect_on)]
    before: tuple[str, date] | None = None
    for label, day in happened:
        if day is None:
            continue
        if day > today:
            raise CourseOutOfOrder(f"实际{label}日期 {day} 在今天（{today}）之后；未发生的请留空。", day=day)
        if before is not None and day < before[1]:
            raise CourseOutOfOrder(
                f"实际{label}日期 {day} 早于{before[0]}日期 {before[1]}；请核对。", day=day
            )
        before = (label, day)


@transaction.atomic
def settle_route(
    *, actor: User, project_id: int, route: QuotaRoute, reason: str, today: date
) -> ProjectCourse:
    """Say where a project's quota comes from, against or with the proposal, and why (S3-04).

    Raises:
        ReasonMissing.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.SCREEN_LIST)
    if not reason.strip():
        raise ReasonMissing("确定指标来源须写明理由，补充后再保存。")
    project = _listed(actor, project_id)
    course = _course(project, actor)
    course.route, course.route_reason, course.updated_by = route, reason.strip(), actor
    course.save(update_fields=["route", "route_reason", "updated_by", "updated_at"])
    facts: dict[str, object] = {"route": route.label, "reason": course.route_reason}
    _log(project, "project.route_settled", facts, actor=actor, today=today)
    return course


def _course(project: Project, actor: User) -> ProjectCourse:
    return ProjectCourse.objects.select_for_update().get_or_create(
        project=project, defaults={"updated_by": actor}
    )[0]


# --- the guarantee plan ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a line of the plan says."""

    problem: str
    measure: str
    responsible: Organisation
    limit_on: date
    person: str = ""


@transaction.atomic
def add_item(*, actor: User, year: int, project_id: int, facts: ItemFacts, today: date) -> PlanItem:
    """Take a project's problem into the year's guarantee plan; its limit becomes a clock.

    Raises:
        PlanLimitOver: the limit lies before `today`.
        ProjectNotListed: the project is not adopted.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.EDIT_PLAN)
    project = _listed(actor, project_id)
    _check_limit(facts.limit_on, today)
    item = PlanItem.objects.create(
        year=year,
        project=project,
        problem=facts.problem.strip(),
        measure=facts.measure.strip(),
        responsible=facts.responsible,
        person=facts.person.strip(),
        limit_on=facts.limit_on,
        created_by=actor,
    )
    item.deadline = clock.open_deadline(
        owner=_owner(item),
        role=Deadline.Role.HANDLING,
        started_on=today,
        committed=_line(item.limit_on, today),
        statutory=None,
        today=today,
    )
    item.save(update_fields=["deadline", "updated_at"])
    said: dict[str, object] = {"problem": item.problem, "limit_on": item.limit_on}
    _log(project, "plan_item.added", said, actor=actor, today=today)
    return item


@transaction.atomic
def change_item(*, actor: User, item_id: int, facts: ItemFacts, today: date) -> PlanItem:
    """Change an open line; a new limit or unit moves its clock.

    Raises:
        PlanItemClosed: solved or struck.
        PlanLimitOver: a new limit lies before `today`.
        PlanItem.DoesNotExist: unknown or not visible.
    """
    require(actor, Right.EDIT_PLAN)
    item = _open_item(actor, item_id)
    if facts.limit_on != item.limit_on:
        _check_limit(facts.limit_on, today)
    item.problem, item.measure = facts.problem.strip(), facts.measure.strip()
    item.responsible, item.person, item.limit_on = facts.responsible, facts.person.strip(), facts.limit_on
    item.save(update_fields=["problem", "measure", "responsible", "person", "limit_on", "updated_at"])
    if item.deadline is not None:
        clock.assign(deadline_id=item.deadline.pk, organisation=facts.responsible, holder=None, today=today)
        clock.reissue(
            deadline_id=item.deadline.pk,
            committed=_line(item.limit_on, item.deadline.started_on),
            statutory=None,
            today=today,
        )
    said: dict[str, object] = {"problem": item.problem, "limit_on": item.limit_on}
    _log(item.project, "plan_item.changed", said, actor=actor, today=today)
    return item


@transaction.atomic
def solve_item(*, actor: User, item_id: int, outcome: str, solved_on: date, today: date) -> PlanItem:
    """Close a line because its problem is solved; the responsible county may do so itself.

    Raises:
        ReasonMissing: nothing says how.
        PlanItemClosed.
        ListDayOutOfOrder: solved after `today`.
    """
    require(actor, Right.RUN_STEPS)
    if solved_on > today:
        raise ListDayOutOfOrder(
            f"解决日期 {solved_on} 在今天（{today}）之后；请填实际日期。", solved_on=solved_on
        )
    item = _open_item(actor, item_id)
    _close(item, PlanItem.State.SOLVED, outcome, solved_on, actor=actor, today=today)
    return item


@transaction.atomic
def strike_item(*, actor: User, item_id: int, reason: str, today: date) -> PlanItem:
    """Take a line out of the plan; it stays readable with its reason.

    Raises:
        ReasonMissing, PlanItemClosed.
    """
    require(actor, Right.EDIT_PLAN)
    item = _open_item(actor, item_id)
    _close(item, PlanItem.State.STRUCK, reason, today, actor=actor, today=today)
    return item


def strike_items_of(project: Project, *, actor: User, reason: str, today: date) -> None:
    """Take a project's open lines out of the plan; part of an act that has checked its own right."""
    rows = PlanItem.objects.open().filter(project=project).select_related("project__organisation", "deadline")
    for item in rows.order_by("pk").select_for_update(of=("self",)):
        _close(item, PlanItem.State.STRUCK, reason, today, actor=actor, today=today)


_CLOSING_VERBS = {PlanItem.State.SOLVED: "plan_item.solved", PlanItem.State.STRUCK: "plan_item.struck"}


def _close(
    item: PlanItem, state: PlanItem.State, outcome: str, day: date, *, actor: User, today: date
) -> None:
    if not outcome.strip():
        raise ReasonMissing("须写明解决情况或移出理由，补充后再保存。")
    item.state, item.outcome, item.closed_on = state, outcome.strip(), day
    item.save(update_fields=["state", "outcome", "closed_on", "updated_at"])
    if item.deadline is not None:
        end = clock.stop if state == PlanItem.State.SOLVED else clock.cancel
        end(deadline_id=item.deadline.pk, stopped_on=max(day, item.deadline.started_on), today=today)
    facts: dict[str, object] = {"problem": item.problem, "outcome": item.outcome}
    _log(item.project, _CLOSING_VERBS[state], facts, actor=actor, today=today)


@dataclass(frozen=True, slots=True)
class Drafting:
    """Where the proposed lines of the plan get their limit and unit from."""

    year: int
    limit_on: date


@transaction.atomic
def draft_items(*, actor: User, drafting: Drafting, today: date) -> int:
    """For every listed project without a line, write the lines its facts propose; how many.

    The responsible unit is the project's county or park. A person edits them afterwards. Safe to
    repeat: a project with any line of the year, struck ones too, is left alone.
    """
    require(actor, Right.EDIT_PLAN)
    _check_limit(drafting.limit_on, today)
    missing = selectors.projects_without_plan(actor=actor, year=drafting.year)
    made = 0
    for project in missing.filter(annual_list__year=drafting.year).select_related("land", "course"):
        for obstacle in proposals_for(project):
            facts = ItemFacts(
                problem=obstacle.problem,
                measure=obstacle.measure,
                responsible=project.organisation,
                limit_on=drafting.limit_on,
            )
            add_item(actor=actor, year=drafting.year, project_id=project.pk, facts=facts, today=today)
            made += 1
    return made


def proposals_for(project: Project) -> list[rules.Obstacle]:
    """The problems that a project's facts propose. Reads `land` and `course`, writes nothing."""
    land: LandUse | None = getattr(project, "land", None)
    return rules.obstacles(
        priority_class=project.priority_class,
        route=lists.route_of(project),
        pbf_m2=getattr(land, "pbf_m2", None),
        arable_m2=getattr(land, "arable_m2", None),
        forest_m2=getattr(land, "forest_m2", None),
        eco_redline_m2=getattr(land, "eco_redline_m2", None),
        new_construction_m2=getattr(land, "new_construction_m2", None),
    )


@transaction.atomic
def publish_plan(*, actor: User, year: int, reason: str, today: date) -> PlanVersion:
    """Freeze the plan of the actor's prefecture as its next version.

    Raises:
        ReasonMissing: nothing says what the version is for.
        NothingToPublish: no line, or none changed since the last version.
    """
    require(actor, Right.PUBLISH_LIST)
    if not reason.strip():
        raise ReasonMissing("定稿须写明说明，补充后再定稿。")
    if actor.organisation is None:
        raise NothingToPublish("账号没有所属单位，不能定稿；请联系系统管理员。")
    prefecture = prefecture_of(actor.organisation)
    # One at a time: the prefecture's row is the lock under which versions are counted.
    Organisation.objects.select_for_update().get(pk=prefecture.pk)
    items = list(selectors.standing_items(actor=actor, year=year))
    last = PlanVersion.objects.filter(year=year, prefecture=prefecture).first()
    facts = {item.pk: selectors.item_words(item) for item in items}
    if facts == (selectors.version_words(last) if last else {}):
        raise NothingToPublish(f"{year}年度保障方案自上一版以来没有变动，不需要定稿。", year=year)
    version = PlanVersion.objects.create(
        year=year,
        prefecture=prefecture,
        number=last.number + 1 if last else 1,
        published_on=today,
        published_by=actor,
        reason=reason.strip(),
    )
    PlanVersionLine.objects.bulk_create(
        [PlanVersionLine(version=version, item=item, facts=facts[item.pk]) for item in items], batch_size=500
    )
    record(
        actor=actor,
        verb="plan.published",
        subject=version,
        facts={"reason": version.reason, "items": len(items)},
        scope_path=prefecture.path,
        occurred_on=today,
    )
    return version


# --- parts ----------------------------------------------------------------------------------------


def _listed(actor: User, project_id: int) -> Project:
    rows = Project.objects.visible_to(actor).select_related("organisation", "submitted_by")
    project = rows.select_for_update(of=("self",)).get(pk=project_id)
    if project.status != Project.Status.ADOPTED:
        raise ProjectNotListed(f"“{project.name}”不在年度清单内；采纳后再办理。", status=project.status)
    return project


def _open_item(actor: User, item_id: int) -> PlanItem:
    item = (
        PlanItem.objects.visible_to(actor)
        .select_related("project__organisation", "deadline", "responsible")
        .select_for_update(of=("self",))
        .get(pk=item_id)
    )
    if item.state != PlanItem.State.OPEN:
        raise PlanItemClosed(
            f"该事项{item.get_state_display()}，不能再修改；如问题重新出现，请新增一项。", state=item.state
        )
    return item


def _check_limit(limit_on: date, today: date) -> None:
    if limit_on < today:
        raise PlanLimitOver(f"完成时限 {limit_on} 早于今天（{today}）；请填以后的日期。", limit_on=limit_on)


def _line(limit_on: date, started_on: date) -> LineSpec:
    days = max((limit_on - started_on).days, 0)
    return LineSpec(Line(limit=days, unit=Unit.CALENDAR_DAY), BASIS)


def _owner(item: PlanItem) -> Owner:
    project = item.project
    return Owner(
        subject=item,
        subject_label=item.problem[:200],
        holder_organisation=item.responsible,
        scope_organisation=project.organisation,
        stage=STAGE,
        project_id=project.pk,
        project_code=project.display_code,
        project_name=project.name,
    )


def _log(project: Project, verb: str, facts: dict[str, object], *, actor: User, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=project,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
