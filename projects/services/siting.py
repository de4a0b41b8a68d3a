"""The search for a site: attempts, their argument and checks, the decision and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.services import LineSpec, Owner, open_deadline, stop
from projects.land_refusals import (
    DayInFuture,
    OutcomeImpossible,
    SchemeOutOfOrder,
    SiteNotOpen,
    StatementIncomplete,
)
from projects.models import ComplianceCheck, Project, Siting, SitingItem
from projects.refusals import ProjectNotEditable
from projects.rules.siting import CONFLICT, outcome_refusal, scheme_steps, site_state
from projects.services.editing import require_editor
from projects.services.evidence import NO_PROOF, Proof, paper_of

SCHEME_BASIS = "选址判断：可作“两规”一致性处理，编制方案报批"
SCHEME_LABEL = "一致性处理方案报批"


def locked_project(actor: User, project_id: int) -> Project:
    """The project, locked: one statement about its site at a time.

    Raises:
        ProjectNotEditable: merged or removed.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    project = (
        Project.objects.visible_to(actor)
        .select_related("organisation", "submitted_by")
        .select_for_update(of=("self",))
        .get(pk=project_id)
    )
    if project.status in Project.HISTORY:
        raise ProjectNotEditable(
            f"该项目{project.get_status_display()}，不能再登记；请在合并后的项目上办理。",
            status=project.status,
        )
    return project


def check_day(day: date, today: date, what: str) -> None:
    """Refuse a day that has not come yet."""
    if day > today:
        raise DayInFuture(f"{what} {day} 晚于今天，请核对后改正。", on=day)


def log(actor: User, project: Project, verb: str, facts: dict[str, object], *, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=project,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )


@transaction.atomic
def begin_siting(*, actor: User, project_id: int, place: str, today: date) -> Siting:
    """Open the first attempt at a site, or the next one after a site was given up.

    Raises:
        SiteNotOpen: the last attempt is still under way, or it is settled.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    last = Siting.objects.filter(project=project).order_by("-round").first()
    if last is not None and not site_state(outcome=last.outcome, scheme=last.scheme).may_try_again:
        state = site_state(outcome=last.outcome, scheme=last.scheme)
        raise SiteNotOpen(
            f"第 {last.round} 轮选址{state.sentence}，不能另起一轮；{state.follow_up}。", round=last.round
        )
    row = Siting.objects.create(
        project=project, round=last.round + 1 if last else 1, place=place.strip(), entered_by=actor
    )
    log(actor, project, "site.begun", {"round": row.round, "place": row.place}, today=today)
    return row


def _open_siting(project: Project) -> Siting:
    row = Siting.objects.select_for_update(of=("self",)).filter(project=project, outcome="").first()
    if row is None:
        raise SiteNotOpen("没有正在论证的选址，请先登记选址位置；已判断的选址不能再改。")
    return row


@dataclass(frozen=True, slots=True)
class Argument:
    """How and by whom a site was argued about."""

    mode: str
    argued_on: date
    attendees: str
    opinion: str


@transaction.atomic
def argue_site(
    *, actor: User, project_id: int, argument: Argument, proof: Proof = NO_PROOF, today: date
) -> Siting:
    """Record the argument about the open attempt: on site or online. Safe to repeat; the last counts.

    Raises:
        SiteNotOpen: no attempt is open.
        DayInFuture: argued after today.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    check_day(argument.argued_on, today, "论证日期")
    row = _open_siting(project)
    row.mode = argument.mode
    row.argued_on = argument.argued_on
    row.attendees = argument.attendees.strip()
    row.opinion = argument.opinion.strip()
    paper = paper_of(actor=actor, project=project, proof=proof, title="选址论证材料", today=today)
    row.argument_paper = paper or row.argument_paper
    row.save(update_fields=["mode", "argued_on", "attendees", "opinion", "argument_paper", "updated_at"])
    log(actor, project, "site.argued", {"round": row.round, "mode": row.get_mode_display()}, today=today)
    return row


@dataclass(frozen=True, slots=True)
class Finding:
    """What the comparison with one layer found."""

    result: str
    note: str = ""


@transaction.atomic
def check_compliance(
    *,
    actor: User,
    project_id: int,
    findings: Mapping[str, Finding],
    checked_on: date,
    proof: Proof = NO_PROOF,
    today: date,
) -> Siting:
    """Record what the open attempt was compared with, item by item; items left out stay as they are.

    Args:
        findings: by code of an item in force today.

    Raises:
        StatementIncomplete: a conflict without a word what it is, or an unknown item.
        SiteNotOpen, DayInFuture: as in `argue_site`.
    """
    project = locked_project(actor, project_id)
    require_editor(actor, project)
    check_day(checked_on, today, "比对日期")
    row = _open_siting(project)
    items = {
        item.code: item for item in SitingItem.objects.in_force(today).filter(kind=SitingItem.Kind.COMPLIANCE)
    }
    _check_findings(findings, items)
    paper = paper_of(actor=actor, project=project, proof=proof, title="合规比对材料", today=today)
    for code, finding in findings.items():
        values = {
            "item": items[code],
            "result": finding.result,
            "note": finding.note.strip(),
            "checked_on": checked_on,
            "checked_by": actor,
        }
        if paper is not None:
            values["evidence"] = paper
        ComplianceCheck.objects.update_or_create(siting=row, code=code, defaults=values)
    words = {
        items[code].name: str(ComplianceCheck.Result(finding.result).label)
        for code, finding in findings.items()
    }
    log(actor, project, "site.checked", {"round": row.round, **words}, today=today)
    return row


def _check_findings(findings: Mapping[str, Finding], items: Mapping[str, SitingItem]) -> None:
    unknown = sorted(findings.keys() - items.keys())
    if unknown or not findings:
        raise StatementIncomplete("没有填写任何比对结果，或比对项已停用；请刷新页面后重填。", items=unknown)
    silent = [
        items[code].name
        for code, found in findings.items()
        if found.result == CONFLICT and not found.note.strip()
    ]
    if silent:
        raise StatementIncomplete(f"{'、'.join(silent)}不符合，没有写明情况；请补充说明。", items=silent)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One of the three outcomes, since when, why; `scheme_days` for the scheme's submission."""

    outcome: str
    reason: str
    decided_on: date
    scheme_days: int | None = None


@transaction.atomic
def decide_site(
    *, actor: User, project_id: int, verdict: Verdict, proof: Proof = NO_PROOF, today: date
) -> Siting:
    """Decide the open attempt: in line with the plans, to be made so by a scheme, or impossible.

    A scheme with a limit gets its deadline, held by the project's county.

    Raises:
        OutcomeImpossible: said to conform while a comparison found a conflict.
        StatementIncomplete: no reason.
        SiteNotOpen, DayInFuture: as in `argue_site`.
    """
    require(actor, Right.EDIT_PROJECT)
    project = locked_project(actor, project_id)
    check_day(verdict.decided_on, today, "判断日期")
    row = _open_siting(project)
    if not verdict.reason.strip():
        raise StatementIncomplete("没有写明判断理由，请补充后再提交。")
    conflicts = [check.item.name for check in row.checks.filter(result=CONFLICT).select_related("item")]
    refusal = outcome_refusal(verdict.outcome, conflicts=conflicts)
    if refusal:
        raise OutcomeImpossible(refusal, conflicts=conflicts)
    row.outcome = verdict.outcome
    row.reason = verdict.reason.strip()
    row.decided_on = verdict.decided_on
    row.decided_by = actor
    row.scheme = Siting.Scheme.NEEDED if verdict.outcome == Siting.Outcome.CONSISTENT else ""
    row.decision_paper = paper_of(
        actor=actor, project=project, proof=proof, title="选址判断依据", today=today
    )
    if row.scheme and verdict.scheme_days:
        row.scheme_due_on = _open_scheme(project, row, verdict, today=today).due_on
    row.save(
        update_fields=[
            *("outcome", "reason", "decided_on", "decided_by", "scheme", "scheme_due_on"),
            *("decision_paper", "updated_at"),
        ]
    )
    facts: dict[str, object] = {
        "round": row.round,
        "outcome": row.get_outcome_display(),
        "reason": row.reason,
    }
    log(actor, project, "site.decided", facts, today=today)
    return row


def _open_scheme(project: Project, row: Siting, verdict: Verdict, *, today: date) -> Deadline:
    return open_deadline(
        owner=Owner(
            subject=row,
            subject_label=SCHEME_LABEL,
            holder_organisation=project.organisation,
            scope_organisation=project.organisation,
            stage="选址论证",
            project_id=project.pk,
            project_code=project.display_code,
            project_name=project.name,
        ),
        role=Deadline.Role.HANDLING,
        started_on=verdict.decided_on,
        committed=LineSpec(Line(limit=verdict.scheme_days or 0), SCHEME_BASIS),
        statutory=None,
        today=today,
    )


@dataclass(frozen=True, slots=True)
class SchemeMove:
    """Where the scheme for making both plans consistent has got to."""

    scheme: str
    on: date
    number: str = ""


@transaction.atomic
def move_scheme(
    *, actor: User, project_id: int, move: SchemeMove, proof: Proof = NO_PROOF, today: date
) -> Siting:
    """Record that the scheme was submitted, approved, refused, or sent back to be worked over.

    Its deadline ends with the submission.

    Raises:
        SchemeOutOfOrder: no scheme is needed, or the step is not the next one.
        StatementIncomplete: approved without a document number.
    """
    require(actor, Right.EDIT_PROJECT)
    project = locked_project(actor, project_id)
    check_day(move.on, today, "办理日期")
    row = Siting.objects.select_for_update(of=("self",)).filter(project=project).order_by("-round").first()
    if row is None or move.scheme not in scheme_steps(row.scheme):
        stands = row.get_scheme_display() if row and row.scheme else "不需要编制方案"
        raise SchemeOutOfOrder(f"方案目前{stands}，不能办理这一步；请按编制、报批、批复的次序登记。")
    if move.scheme == Siting.Scheme.APPROVED and not move.number.strip():
        raise StatementIncomplete("方案已批准，没有填写批复文号；请补充后再提交。")
    row.scheme = move.scheme
    row.scheme_on = move.on
    row.scheme_no = move.number.strip() or row.scheme_no
    paper = paper_of(actor=actor, project=project, proof=proof, title="一致性处理方案材料", today=today)
    row.scheme_paper = paper or row.scheme_paper
    row.save(update_fields=["scheme", "scheme_on", "scheme_no", "scheme_paper", "updated_at"])
    if move.scheme == Siting.Scheme.SUBMITTED:
        _end_deadline(row, move.on, today=today)
    facts: dict[str, object] = {
        "round": row.round,
        "scheme": row.get_scheme_display(),
        "number": row.scheme_no,
    }
    log(actor, project, "site.scheme", facts, today=today)
    return row


def _end_deadline(row: Siting, on: date, *, today: date) -> None:
    running = Deadline.objects.open().filter(subject_kind=Siting._meta.label_lower, subject_id=row.pk)
    for deadline_id in running.order_by("pk").values_list("pk", flat=True):
        stop(deadline_id=deadline_id, stopped_on=on, today=today)
