"""A staged ledger becomes projects with their steps, whole, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import pghistory
from django.db import connection, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals.models import Decision, Step
from audit.services import Act, record_all
from core.bulk import insert_all, insert_remembered, maker, number_all, update_all
from deadlines.conclusions import Tools
from deadlines.models import Deadline, Pause
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome, Write
from jobs.services import enqueue
from onboarding.errors import NothingToTake, WrongState
from onboarding.models import BroughtRow
from onboarding.reading import Ledger, read_ledger
from onboarding.rules import read_statement
from onboarding.services.course import Catalogue, Course
from onboarding.services.staging import present_rows
from onboarding.services.undoing import take_back
from projects.models import AnnualList, BringingIn, DocumentNumber, LandUse, Project
from projects.rules.facts import ListRow
from projects.rules.tracks import propose_track
from projects.search_text import search_text
from projects.services.annual_list import note_joined

KIND, LABEL = "onboarding.take", "导入在办台账"
JOINED = "在办台账导入"


@transaction.atomic
def request_taking(*, actor: User, bringing_id: int, today: date, now: datetime) -> Job:
    """Bring the ledger in, in the background; asked twice it is one job.

    Raises:
        WrongState: it was taken or undone already.
    """
    require(actor, Right.BRING_IN)
    bringing = locked(actor, bringing_id)
    _refuse_unless_staged(bringing)
    return enqueue(
        kind=KIND,
        key=f"bringing:{bringing.pk}",
        title=f"导入 {bringing.filename}"[:200],
        payload={"bringing": bringing.pk, "today": today.isoformat(), "now": now.isoformat()},
        actor=actor,
        organisation=bringing.organisation,
        now=now,
    )


def make_taking(job: Job, progress: Progress) -> Write:
    """Handler of `onboarding.take`."""
    actor = job.requested_by
    assert actor is not None  # only people bring in
    today = date.fromisoformat(str(job.payload["today"]))
    now = datetime.fromisoformat(str(job.payload["now"]))
    bringing = BringingIn.objects.visible_to(actor).get(pk=job.payload["bringing"])
    progress.report(0, 2, "读取台账")
    ledger = read_ledger(content=bytes(bringing.content), filename=bringing.filename, today=today)
    progress.report(1, 2, f"已读取 {len(ledger.reading.rows):,} 行，写入项目和环节")

    def write() -> Outcome:
        taken = take_ledger(actor=actor, bringing_id=bringing.pk, ledger=ledger, today=today, now=now)
        return Outcome(url=f"/onboarding/ledgers/{taken.pk}/", facts=dict(taken.summary))

    return write


def locked(actor: User, bringing_id: int) -> BringingIn:
    """The bringing-in under a row lock.

    Raises:
        BringingIn.DoesNotExist: unknown or not visible to `actor`.
    """
    rows = BringingIn.objects.visible_to(actor).defer("content").select_related("organisation", "replaces")
    return rows.select_for_update(of=("self",)).get(pk=bringing_id)


def _refuse_unless_staged(bringing: BringingIn) -> None:
    if bringing.state != BringingIn.State.STAGED:
        raise WrongState(
            f"“{bringing.filename}”{bringing.get_state_display()}，不能再次导入；请重新上传台账。",
            state=bringing.state,
        )


@transaction.atomic
def take_ledger(*, actor: User, bringing_id: int, ledger: Ledger, today: date, now: datetime) -> BringingIn:
    """Write the good rows of a staged ledger: adopted projects, their land, steps, clocks, decisions.

    Rows with errors, or whose project is in the system, stay out and stand as differences. What the
    ledger replaces is undone first. Gates are not asked: what is brought in was decided before.

    Raises:
        WrongState: taken or undone already.
        NothingToTake: no row is left.
        WorkedOn: what it replaces cannot be undone any more.
    """
    require(actor, Right.BRING_IN)
    bringing = locked(actor, bringing_id)
    _refuse_unless_staged(bringing)
    with pghistory.context(bringing=bringing.pk, filename=bringing.filename):
        if bringing.replaces_id is not None:
            take_back(actor=actor, bringing=locked(actor, bringing.replaces_id), today=today, now=now)
        rows = _rows_to_take(bringing, ledger)
        annual_list = _locked_list(today.year)
        first = annual_list.last_number + 1
        projects = _write_projects(bringing, rows, annual_list, actor=actor, today=today)
        course = _write_steps(bringing, rows, projects, actor=actor, today=today)
        note_joined(actor=actor, projects=projects, annual_list=annual_list, today=today, reason=JOINED)
    bringing.state = BringingIn.State.TAKEN
    bringing.taken_by, bringing.taken_at = actor, now
    bringing.summary = {
        "projects": len(projects),
        "steps": course.pieces.stated,
        "deadlines": len(course.pieces.deadlines),
        "pauses": len(course.pieces.pauses),
        "left_out": len(ledger.reading.rows) - len(projects),
        "first_number": first,
        "last_number": annual_list.last_number,
    }
    bringing.save(update_fields=["state", "taken_by", "taken_at", "summary"])
    _record(bringing, projects, actor=actor, today=today)
    return bringing


def _rows_to_take(bringing: BringingIn, ledger: Ledger) -> list[ListRow]:
    """The good rows as of now; a project may have been added since the ledger was looked through."""
    present = present_rows(ledger.reading.rows, replaced=None)
    good = [
        row
        for row in ledger.reading.rows
        if row.facts.unit_code and row.row not in present and not any(p.is_error for p in row.problems)
    ]
    if not good:
        raise NothingToTake(
            "台账中没有可以导入的行。请按逐行问题改正后重新上传。", filename=bringing.filename
        )
    return good


def _locked_list(year: int) -> AnnualList:
    AnnualList.objects.get_or_create(year=year)
    return AnnualList.objects.select_for_update().get(year=year)


def _write_projects(
    bringing: BringingIn, rows: Sequence[ListRow], annual_list: AnnualList, *, actor: User, today: date
) -> list[Project]:
    codes = {row.facts.unit_code for row in rows}
    units = {unit.code: unit for unit in Organisation.objects.filter(code__in=codes)}
    make, make_land = maker(Project), maker(LandUse)
    projects = []
    for row in rows:
        annual_list.last_number += 1
        unit = units[row.facts.unit_code]
        number = f"{unit.code[:4]}-{annual_list.year}-{annual_list.last_number:04d}"
        projects.append(
            make(
                related={"organisation": unit, "annual_list": annual_list},
                organisation_id=unit.pk,
                submitted_by_id=bringing.organisation_id,
                annual_list_id=annual_list.pk,
                number=number,
                **_facts(row, unit, number),
                status=Project.Status.ADOPTED.value,
                screened_on=today,
                screened_by_id=actor.pk,
                brought_in_id=bringing.pk,
                brought_in_row=row.row,
            )
        )
    annual_list.save(update_fields=["last_number"])
    insert_remembered(Project, projects)
    insert_remembered(LandUse, [_land(p, row, make_land) for p, row in zip(projects, rows, strict=True)])
    return projects


def _facts(row: ListRow, unit: Organisation, number: str) -> dict[str, object]:
    facts, land = row.facts, row.facts.land
    track = facts.track or (
        propose_track(
            name=facts.name,
            industry=facts.industry,
            is_in_park=unit.kind == Organisation.Kind.PARK,
            total_m2=land.total_m2,
            construction_m2=land.construction_m2,
            new_construction_m2=land.new_construction_m2,
            requisition_m2=land.requisition_m2,
        ).track
    )
    return {
        "name": facts.name,
        "code": facts.code,
        "owner_unit": facts.owner_unit,
        "industry": facts.industry,
        "list_category": facts.list_category,
        "priority_class": facts.priority_class,
        "track": track,
        "level": facts.level,
        "investment_yuan": facts.investment_yuan,
        "planned_start": facts.planned_start,
        "planned_start_on": facts.planned_start_on,
        "planned_finish": facts.planned_finish,
        "planned_finish_on": facts.planned_finish_on,
        "remark": facts.remark,
        "reported_facts": facts.reported_facts(),
        "search_text": search_text(
            name=facts.name, code=facts.code, number=number, owner_unit=facts.owner_unit
        ),
    }


def _land(project: Project, row: ListRow, make: object) -> LandUse:
    areas = row.facts.land
    entered = {key: figure.as_dict() for key, figure in areas.entered.items()}
    land: LandUse = make(entered=entered, **dict(areas.figures()))  # type: ignore[operator]
    land.project = project
    return land


def _write_steps(
    bringing: BringingIn, rows: Sequence[ListRow], projects: Sequence[Project], *, actor: User, today: date
) -> Course:
    catalogue = Catalogue(today=today)
    course = Course(catalogue, bringing, actor, today, Tools.load(today))
    for project, row in zip(projects, rows, strict=True):
        stated = read_statement(row.facts.reported, reported_on=bringing.reported_on)
        course.add(project, project.land, stated.steps)
    pieces = course.pieces
    number_all(Step, pieces.steps)
    course.wind_clocks()
    number_all(Deadline, pieces.deadlines)
    # Set anew: what they name has its key now.
    for step, _ in pieces.handling:
        step.deadline = step.deadline
    for decision in pieces.decisions:
        decision.validity = decision.validity
    for pause in pieces.pauses:
        pause.deadline = pause.deadline
    insert_remembered(Deadline, pieces.deadlines)
    insert_remembered(Step, pieces.steps)
    insert_remembered(Decision, pieces.decisions)
    insert_all(Pause, pieces.pauses)
    insert_all(DocumentNumber, list(_numbers(pieces.decisions)))
    _point_rows(bringing, projects)
    with connection.cursor() as cursor:
        # Or the planner believes the tables empty until it next looks, and scans them whole.
        cursor.execute("ANALYZE projects_project, approvals_step, approvals_decision, deadlines_deadline")
    return course


def _numbers(decisions: Sequence[Decision]) -> Iterator[DocumentNumber]:
    found = {(decision.step.project_id, decision.doc_no) for decision in decisions if decision.doc_no}
    for project_id, number in sorted(found):
        yield DocumentNumber(project_id=project_id, number=number[:120])


def _point_rows(bringing: BringingIn, projects: Sequence[Project]) -> None:
    """Each row names the project that it became; a row that stayed out meanwhile says so."""
    by_row = {project.brought_in_row: project.pk for project in projects}
    rows = list(BroughtRow.objects.filter(bringing=bringing).only("row", "verdict"))
    for row in rows:
        row.project_id = by_row.get(row.row)
        if row.project_id is None and row.verdict == BroughtRow.Verdict.NEW:
            row.verdict = BroughtRow.Verdict.PRESENT
        elif row.project_id is not None:
            row.verdict = BroughtRow.Verdict.NEW
    update_all(BroughtRow, rows, ["project", "verdict"])


def _record(bringing: BringingIn, projects: Sequence[Project], *, actor: User, today: date) -> None:
    whole = Act(
        verb="bringing.taken",
        subject=bringing,
        facts={"filename": bringing.filename, **bringing.summary},
        scope_path=bringing.organisation.path,
    )
    each = (
        Act(
            verb="project.brought_in",
            subject=project,
            facts={"filename": bringing.filename, "row": project.brought_in_row, "number": project.number},
            project_id=project.pk,
            scope_path=project.organisation.path,
        )
        for project in projects
    )
    record_all(actor=actor, acts=[whole, *each], occurred_on=today)
