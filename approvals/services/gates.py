"""Gates: refuse what is closed, take in statements and the documents that let a step pass, set the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals import gates, rules
from approvals.errors import (
    DayOutOfOrder,
    DocNoMalformed,
    GateClosed,
    GateNotClosed,
    GateRuleOutOfOrder,
    ReasonMissing,
    StatementIncomplete,
)
from approvals.models import GateOverride, GateRule, GateStatement, Step, StepType, StockTarget
from approvals.services.steps import locked_step, log
from audit.services import record
from core.dated import refuse_earlier
from projects.models import Project
from projects.services.evidence import NO_PROOF, Proof, paper_of, required_paper

SILENCE, OVERRIDE = "silence", "override"


def refuse_closed(step: Step, *, on: date) -> list[Mapping[str, str]]:
    """Refuse a step whose gates are closed, with all reasons; else the marks of those overridden.

    Raises:
        GateClosed: facts carry gate, clause, missing and contact of each.
    """
    found = gates.gates_of(step, on=on)
    if found.closed:
        raise gate_refusal(step, found.closed)
    return [
        {"gate": reading.gate.value, "by": OVERRIDE, "doc_no": reading.found} for reading in found.overridden
    ]


def marks_of_silence(step: Step, *, on: date) -> list[Mapping[str, str]]:
    """What stays written on a step that the office's own silence accepted although gates were closed.

    Silence accepts by law and no gate can stop it; the mark closes the decision instead.
    """
    found = gates.gates_of(step, on=on)
    return [
        {"gate": reading.gate.value, "by": SILENCE, "doc_no": "；".join(reading.missing)}
        for reading in found.closed
    ]


def refuse_decision(step: Step, *, on: date) -> None:
    """Refuse to decide what silence accepted while its gates are still closed.

    Raises:
        GateClosed: as `refuse_closed`, for the gates that were closed at acceptance.
    """
    silent = {mark["gate"] for mark in step.gate_marks if mark["by"] == SILENCE}
    if not silent:
        return
    closed = [reading for reading in gates.gates_of(step, on=on).closed if reading.gate in silent]
    if closed:
        raise gate_refusal(step, closed)


def gate_refusal(step: Step, closed: Sequence[rules.GateReading]) -> GateClosed:
    """All reasons in one sentence, and one by one in the facts."""
    reasons = "；".join(f"{reading.gate.label}：{'，'.join(reading.missing)}" for reading in closed)
    return GateClosed(
        f"“{step.step_type.short}”有 {len(closed)} 道闸门未通过：{reasons}。请补齐条件，或凭政府文件放行。",
        step=step.code,
        gates=[
            {
                "gate": reading.gate.value,
                "clause": reading.clause,
                "missing": list(reading.missing),
                "contact": reading.contact,
            }
            for reading in closed
        ],
    )


# --- statements ----------------------------------------------------------------------------------


@transaction.atomic
def state_gate(
    *,
    actor: User,
    project_id: int,
    gate: rules.Gate,
    stated: rules.Statement,
    proof: Proof = NO_PROOF,
    today: date,
) -> GateStatement:
    """State with a document what a gate asks for; the newest statement counts, all are kept.

    Raises:
        StatementIncomplete: the gate takes no statement, or one without number, authority or day.
        DayOutOfOrder: dated after today.
        EvidenceMissing, PaperRefused: see projects.services.evidence.
        PermissionDenied: the role runs no steps, or the county holds only a share of the land.
    """
    require(actor, Right.RUN_STEPS)
    project = _own_project(actor, project_id)
    number = rules.normalise_doc_no(stated.doc_no)
    if gate not in rules.STATED:
        raise StatementIncomplete(f"“{gate.label}”由系统按登记的情况判断，不需要另行证明。", gate=gate.value)
    if not number or not stated.authority.strip() or stated.dated_on is None:
        raise StatementIncomplete("请写明文号、出具机关和日期。", gate=gate.value)
    if stated.dated_on > today:
        raise DayOutOfOrder(f"日期不能晚于今天（{today}）。", day=stated.dated_on, today=today)
    values = {**asdict(stated), "doc_no": number, "authority": stated.authority.strip()}
    row = GateStatement.objects.create(
        project=project,
        gate=gate.value,
        paper=paper_of(actor=actor, project=project, proof=proof, title=gate.label, today=today),
        entered_by=actor,
        **values,
    )
    facts = {name: value for name, value in values.items() if value not in (None, "", False)}
    record(
        actor=actor,
        verb="gate.stated",
        subject=project,
        facts={"gate": gate.value, **facts},
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=stated.dated_on,
    )
    return row


def _own_project(actor: User, project_id: int) -> Project:
    """The project, for the bureau or the unit it lies in; a share of its land is not enough."""
    found = Project.objects.visible_to(actor).select_related("organisation", "submitted_by")
    project: Project = found.get(pk=project_id)
    unit = actor.reporting_unit
    if unit is not None and not project.organisation.path.startswith(unit.path):
        raise PermissionDenied(f"“{project.name}”由{project.organisation.name}登记，您的单位不能代为登记。")
    return project


# --- overriding ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Release:
    """The document of the government by which a step passes."""

    doc_no: str
    authority: str
    dated_on: date
    reason: str


@transaction.atomic
def override_gates(
    *, actor: User, step_id: int, chosen: Sequence[str], release: Release, proof: Proof, today: date
) -> list[GateOverride]:
    """Let a step pass the chosen closed gates by a document of the government, which is kept with it.

    What is missing then is written down; the gates stay closed for every other step.

    Raises:
        GateNotClosed: nothing chosen, or a chosen gate is not closed for this step now.
        DocNoMalformed: not 机关代字〔年〕号.
        ReasonMissing, DayOutOfOrder, EvidenceMissing.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    require(actor, Right.OVERRIDE_GATES)
    step = locked_step(step_id, actor=actor)
    number = _official_number(release.doc_no)
    if not release.authority.strip() or not release.reason.strip():
        raise ReasonMissing("凭文件放行须写明发文机关和理由。", verb="override")
    if release.dated_on > today:
        raise DayOutOfOrder(f"成文日期不能晚于今天（{today}）。", day=release.dated_on, today=today)
    closed = {reading.gate.value: reading for reading in gates.gates_of(step, on=today).closed}
    wrong = [gate for gate in chosen if gate not in closed]
    if wrong or not chosen:
        raise GateNotClosed("所选闸门现在不是“未通过”，不需要放行；请刷新后再看。", gates=wrong)
    paper = required_paper(
        actor=actor, project=step.project, proof=proof, title=f"凭文件放行 {number}", today=today
    )
    rows = GateOverride.objects.bulk_create(
        GateOverride(
            step=step,
            gate=gate,
            doc_no=number,
            authority=release.authority.strip(),
            dated_on=release.dated_on,
            reason=release.reason.strip(),
            missing=list(closed[gate].missing),
            paper=paper,
            entered_by=actor,
        )
        for gate in dict.fromkeys(chosen)
    )
    log(
        step,
        actor=actor,
        verb="gate.overridden",
        facts={
            "gates": [row.gate for row in rows],
            "doc_no": number,
            "authority": release.authority.strip(),
            "reason": release.reason.strip(),
            "missing": {row.gate: row.missing for row in rows},
            "paper": paper.pk,
        },
        occurred_on=release.dated_on,
    )
    return rows


def _official_number(text: str) -> str:
    number = rules.normalise_doc_no(text)
    if "〔" not in number or not rules.is_doc_no(number):
        raise DocNoMalformed(
            f"政府文件的文号应为“机关代字〔年份〕号”，“{text.strip()}”不符；请按文件原样填写。", doc_no=text
        )
    return number


# --- rules and targets ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GateValues:
    """The columns of a version of a gate; see GateRule."""

    step_codes: tuple[str, ...]
    clause: str
    contact: str
    least_percent: int
    closes_when_unknown: bool
    note: str


@transaction.atomic
def revise_gate(*, actor: User, gate: rules.Gate, effective_from: date, values: GateValues) -> GateRule:
    """Another version of a gate from a day on; what was accepted before stays accepted.

    Raises:
        GateRuleOutOfOrder: not after the newest version, or a step that does not exist.
        ReasonMissing: no clause, or no note of why.
    """
    require(actor, Right.EDIT_GATES)
    newest = GateRule.objects.select_for_update().filter(gate=gate).order_by("-effective_from").first()
    if newest is not None and effective_from <= newest.effective_from:
        raise GateRuleOutOfOrder(
            f"新版须晚于现有最新一版的生效日期 {newest.effective_from}；请核对日期。",
            newest=newest.effective_from,
        )
    known = set(StepType.objects.in_force(effective_from).values_list("code", flat=True))
    unknown = [code for code in values.step_codes if code not in known]
    if unknown:
        raise GateRuleOutOfOrder(f"步骤目录里没有 {'、'.join(unknown)}；请核对代码。", unknown=unknown)
    if not values.clause.strip() or not values.note.strip():
        raise ReasonMissing("请写明依据条款和修订说明。", verb="revise")
    row = GateRule.objects.create(
        gate=gate.value,
        effective_from=effective_from,
        **{**asdict(values), "step_codes": list(values.step_codes)},
    )
    record(
        actor=actor,
        verb="gate.revised",
        subject=row,
        facts={"gate": gate.value, "effective_from": effective_from, **asdict(values)},
    )
    return row


@dataclass(frozen=True, slots=True)
class Target:
    """What a unit must keep and has, in m²."""

    arable_target_m2: int
    arable_held_m2: int
    basic_target_m2: int
    basic_held_m2: int


@transaction.atomic
def set_stock_target(
    *, actor: User, organisation: Organisation, effective_from: date, target: Target, basis: str
) -> StockTarget:
    """What a unit must keep from a day on.

    Raises:
        SettingOutOfOrder: not after the unit's newest row.
        ReasonMissing: no basis.
    """
    require(actor, Right.EDIT_GATES)
    rows = StockTarget.objects.select_for_update().filter(organisation=organisation)
    newest = rows.order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    if not basis.strip():
        raise ReasonMissing("请写明下达目标的文件。", verb="target")
    row = StockTarget.objects.create(
        organisation=organisation,
        effective_from=effective_from,
        basis=basis.strip(),
        entered_by=actor,
        **asdict(target),
    )
    record(
        actor=actor,
        verb="stock_target.set",
        subject=row,
        facts={"effective_from": effective_from, "basis": row.basis, **asdict(target)},
        scope_path=organisation.path,
    )
    return row
