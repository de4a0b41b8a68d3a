"""上门服务、督导检查、责任书: written down as they happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, Post, User
from accounts.rights import Right, require
from audit.services import record
from deadlines.models import Deadline
from deadlines.services import Owner, open_deadline
from duties.errors import (
    DayOutOfOrder,
    HolderElsewhere,
    InspectionClosed,
    RegisteredAlready,
    TaskIncomplete,
)
from duties.models import DutyLetter, Finding, Inspection, Task, Visit
from duties.services import clocks
from duties.services.tasks import Source, TaskDraft, issue_tasks
from duties.services.visit_duties import settle_visits
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.models import Project

FINDING, DUTY_LETTER = "duties.finding", "duties.dutyletter"
STAGE = "督导检查"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """Where a leader went, with whom, about what, and what came of it. `kind`: of `Visit.Kind`."""

    kind: str
    leader: Post
    organisation: Organisation
    visited_on: date
    topic: str
    outcome: str
    offices: str = ""
    project: Project | None = None


@transaction.atomic
def record_visit(*, actor: User, facts: VisitFacts, today: date) -> Visit:
    """登记 a visit; each counts once for its leader's year.

    Raises:
        DayOutOfOrder: in the future.
        HolderElsewhere: a county outside the actor's scope.
        RegisteredAlready: the same leader, county, day and topic.
    """
    require(actor, Right.KEEP_VISITS)
    if facts.visited_on > today:
        raise DayOutOfOrder(f"日期 {facts.visited_on} 晚于今天（{today}）；到访后再登记。")
    _refuse_elsewhere(actor, facts.organisation)
    same = Visit.objects.filter(
        leader=facts.leader, organisation=facts.organisation, visited_on=facts.visited_on, topic=facts.topic
    )
    if same.exists():
        raise RegisteredAlready("同一领导同日同一事由的上门服务已登记，不需要重复登记。")
    words = {name: getattr(facts, name) for name in VisitFacts.__dataclass_fields__}
    visit = Visit.objects.create(entered_by=actor, **words)
    settle_visits(facts.leader, year=facts.visited_on.year, today=today)
    said: dict[str, object] = {"leader": str(facts.leader), "topic": facts.topic}
    _log(visit, "visit.recorded", said, facts.organisation, actor=actor, on=facts.visited_on)
    return visit


@dataclass(frozen=True, slots=True)
class InspectionPlan:
    """督导方案: which team looks at what, from when to when."""

    title: str
    team: str
    focus: str
    from_on: date
    to_on: date
    leader: Post | None = None
    members: str = ""


@transaction.atomic
def plan_inspection(*, actor: User, plan: InspectionPlan, today: date) -> Inspection:
    """拟定督导检查; its last day is a promise of the unit that sends the team.

    Raises:
        DayOutOfOrder: the last day is past, or before the first.
    """
    require(actor, Right.KEEP_VISITS)
    if plan.to_on < plan.from_on or plan.to_on < today or actor.organisation is None:
        raise DayOutOfOrder(f"结束日期不能早于开始日期和今天（{today}）；请核对日期。", to_on=plan.to_on)
    row = Inspection.objects.create(
        title=plan.title.strip(),
        team=plan.team.strip(),
        leader=plan.leader,
        members=plan.members.strip(),
        host=actor.organisation,
        focus=plan.focus.strip(),
        from_on=plan.from_on,
        to_on=plan.to_on,
        planned_by=actor,
    )
    row.deadline = open_deadline(
        owner=Owner(
            subject=row,
            subject_label=f"督导检查：{row.title}"[:200],
            stage=STAGE,
            holder_organisation=row.host,
            scope_organisation=row.host,
            holder=actor,
        ),
        role=Deadline.Role.HANDLING,
        started_on=min(today, row.from_on),
        committed=clocks.until(row.to_on, since=min(today, row.from_on), basis="督导方案"),
        statutory=None,
        today=today,
    )
    row.save(update_fields=["deadline"])
    said: dict[str, object] = {"team": row.team, "from_on": row.from_on, "to_on": row.to_on}
    _log(row, "inspection.planned", said, row.host, actor=actor, on=today)
    return row


@dataclass(frozen=True, slots=True)
class FindingFacts:
    """What was found. With a demand and a day, the unit gets a task."""

    organisation: Organisation
    found_on: date
    place: str
    text: str
    project: Project | None = None
    demand: str = ""
    due_on: date | None = None
    photos: Sequence[Upload] = ()


@transaction.atomic
def record_finding(*, actor: User, inspection_id: int, facts: FindingFacts, today: date) -> Finding:
    """登记督导发现, with photos by day; what must be put right is issued to the county as a task.

    Raises:
        InspectionClosed: the inspection is over.
        DayOutOfOrder: found in the future or before the team set out.
        TaskIncomplete: a demand without a day.
        HolderElsewhere.
    """
    require(actor, Right.KEEP_VISITS)
    row = _open_inspection(actor, inspection_id)
    if not row.from_on <= facts.found_on <= today:
        raise DayOutOfOrder(f"日期须在督导开始日 {row.from_on} 至今天（{today}）之间，请核对。")
    if bool(facts.demand.strip()) != (facts.due_on is not None):
        raise TaskIncomplete("提出整改要求的，整改要求和整改时限都要填写。")
    _refuse_elsewhere(actor, facts.organisation)
    finding = Finding.objects.create(
        inspection=row,
        organisation=facts.organisation,
        project=facts.project,
        found_on=facts.found_on,
        place=facts.place.strip(),
        text=facts.text.strip(),
        demand=facts.demand.strip(),
        entered_by=actor,
    )
    for number, photo in enumerate(facts.photos, start=1):
        attach(
            actor=actor,
            owner=PaperOwner(FINDING, finding.pk, str(finding), finding.project_id, finding.organisation),
            upload=photo,
            kind=Paper.Kind.PHOTO,
            title=f"{finding.place}（{number}）",
            today=today,
            occurred_on=facts.found_on,
        )
    said: dict[str, object] = {"place": finding.place, "demand": finding.demand}
    _log(finding, "inspection.found", said, finding.organisation, actor=actor, on=facts.found_on)
    if facts.due_on is not None:
        _issue(finding, facts.due_on, actor=actor, today=today)
    return finding


def _issue(finding: Finding, due_on: date, *, actor: User, today: date) -> Task:
    draft = TaskDraft(
        title=f"整改：{finding.place}"[:200],
        requirement=finding.demand,
        holder=finding.organisation,
        due_on=due_on,
        project=finding.project,
        source=Source(FINDING, finding.pk, str(finding), finding.inspection.get_absolute_url()),
    )
    [task] = issue_tasks(actor, [draft], today=today)
    return task


@transaction.atomic
def conclude_inspection(*, actor: User, inspection_id: int, summary: str, today: date) -> Inspection:
    """办结督导检查 with its summary.

    Raises:
        TaskIncomplete: no summary.
        InspectionClosed.
    """
    require(actor, Right.KEEP_VISITS)
    row = _open_inspection(actor, inspection_id)
    if not summary.strip():
        raise TaskIncomplete("还没有写督导小结，补充后再办结。")
    row.summary, row.concluded_on = summary.strip()[:2000], today
    row.save(update_fields=["summary", "concluded_on"])
    clocks.end(row.deadline, on=today, today=today)
    _log(row, "inspection.concluded", {"summary": row.summary[:300]}, row.host, actor=actor, on=today)
    return row


def _open_inspection(actor: User, pk: int) -> Inspection:
    rows = Inspection.objects.visible_to(actor).select_for_update(of=("self",))
    row = rows.select_related("host", "deadline").get(pk=pk)
    if actor.scope is None or not row.host.path.startswith(actor.scope.path):
        raise HolderElsewhere(f"“{row.title}”由{row.host.name}组织，请由其登记。")
    if row.concluded_on is not None:
        raise InspectionClosed(f"“{row.title}”已于 {row.concluded_on} 办结，不能再登记。")
    return row


@dataclass(frozen=True, slots=True)
class DutyLetterFacts:
    """Who signed what with whom. `level`: of `DutyLetter.Level`."""

    year: int
    title: str
    level: str
    party_a: Organisation
    party_b_name: str
    signer_a: str
    signer_b: str
    signed_on: date
    party_b: Organisation | None = None


@transaction.atomic
def register_duty_letter(
    *, actor: User, facts: DutyLetterFacts, today: date, scan: Upload | None = None
) -> DutyLetter:
    """登记责任书, with its signed scan.

    Raises:
        DayOutOfOrder: signed in the future.
        HolderElsewhere: the party above lies outside the actor's scope.
        RegisteredAlready: the two have signed this one.
    """
    require(actor, Right.KEEP_DUTY_LETTERS)
    if facts.signed_on > today:
        raise DayOutOfOrder(f"签订日期 {facts.signed_on} 晚于今天（{today}）；签订后再登记。")
    _refuse_elsewhere(actor, facts.party_a)
    row, is_new = DutyLetter.objects.get_or_create(
        year=facts.year,
        title=facts.title.strip(),
        party_a=facts.party_a,
        party_b_name=facts.party_b_name.strip(),
        defaults={
            "level": facts.level,
            "signer_a": facts.signer_a.strip(),
            "signer_b": facts.signer_b.strip(),
            "signed_on": facts.signed_on,
            "party_b": facts.party_b,
            "entered_by": actor,
        },
    )
    if not is_new:
        raise RegisteredAlready(f"{row}已登记，不需要重复登记。")
    if scan is not None:
        unit = facts.party_b or facts.party_a
        row.paper = attach(
            actor=actor,
            owner=PaperOwner(DUTY_LETTER, row.pk, str(row), None, unit),
            upload=scan,
            kind=Paper.Kind.AGREEMENT,
            title=str(row),
            today=today,
            occurred_on=facts.signed_on,
        )
        row.save(update_fields=["paper"])
    said: dict[str, object] = {"title": row.title, "party_b": row.party_b_name}
    _log(row, "duty_letter.registered", said, facts.party_a, actor=actor, on=facts.signed_on)
    return row


def _refuse_elsewhere(actor: User, unit: Organisation) -> None:
    if actor.scope is None or not unit.path.startswith(actor.scope.path):
        raise HolderElsewhere(f"{unit.name}不在您负责的范围内；请联系州局调度办。", organisation=unit.code)


def _log(
    row: Visit | Inspection | Finding | DutyLetter,
    verb: str,
    facts: dict[str, object],
    unit: Organisation,
    *,
    actor: User,
    on: date,
) -> None:
    project = getattr(row, "project_id", None)
    record(
        actor=actor,
        verb=verb,
        subject=row,
        facts=facts,
        project_id=project,
        scope_path=unit.path,
        occurred_on=on,
    )
