"""Gates as they stand: the rules in force and the facts of many steps at once, read by the pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q

from accounts.models import Organisation, User
from approvals import rules, selectors
from approvals.document_selectors import forest_consents
from approvals.expropriation_selectors import ProjectFunds, expropriation_funds_of
from approvals.models import (
    DocumentKind,
    GateOverride,
    GateRule,
    GateStatement,
    GateStatementQuerySet,
    LandDocument,
    Step,
    StepLimit,
    StepQuerySet,
    StepType,
    StockTarget,
    StockTargetQuerySet,
    ViolationCase,
    ViolationCaseQuerySet,
)
from deadlines.models import LineKind, LineUnit
from deadlines.rules import add_months
from projects.models import LandUse, Project
from quotas.rules import Instrument, Pool
from quotas.selectors import Coverage, coverage_of_projects

FOREST_CODE = "A09"
MONTHS_OF = {LineUnit.MONTH.value: 1, LineUnit.YEAR.value: 12}


@dataclass(frozen=True, slots=True)
class StepGates:
    """The gates that guard one step, each as it stands."""

    step: Step
    readings: tuple[rules.GateReading, ...]

    @property
    def closed(self) -> tuple[rules.GateReading, ...]:
        return tuple(reading for reading in self.readings if reading.is_closed)

    @property
    def overridden(self) -> tuple[rules.GateReading, ...]:
        return tuple(r for r in self.readings if r.verdict is rules.Verdict.OVERRIDDEN)


def gate_rules(on: date) -> list[GateRule]:
    """The row of each gate in force on a day, in the order of the gates. One query."""
    rows = GateRule.objects.filter(effective_from__lte=on).order_by("gate", "-effective_from")
    newest: dict[str, GateRule] = {}
    for row in rows:
        newest.setdefault(row.gate, row)
    return [newest[gate] for gate in rules.Gate if gate in newest]


def gate_versions(gate: str) -> list[GateRule]:
    """Every version of one gate, newest first. One query."""
    return list(GateRule.objects.filter(gate=gate).order_by("-effective_from"))


def guarded_codes(rows: Iterable[GateRule]) -> set[str]:
    """The codes of the steps that any of these rules guards."""
    return {code for row in rows for code in row.step_codes}


def waiting_steps(*, actor: User, on: date) -> StepQuerySet:
    """Guarded steps of adopted projects that nobody has accepted, visible to the actor.

    Building it asks for the rules: one query; one more when it is read.
    """
    return (
        Step.objects.visible_to(actor)
        .filter(
            code__in=guarded_codes(gate_rules(on)),
            status__in=[status.value for status in rules.WAITING],
            project__status=Project.Status.ADOPTED,
        )
        .select_related("project__organisation", "step_type", "holder_organisation")
        .defer("project__reported_facts", "project__search_text", "project__remark")
        .defer("step_type__materials", "step_type__outputs", "step_type__fields", "step_type__note")
    )


def gates_of(step: Step, *, on: date) -> StepGates:
    """The gates of one step on a day. One query when none guards it, at most sixteen else."""
    [found] = read_gates([step], on=on)
    return found


def read_gates(steps: Sequence[Step], *, on: date) -> list[StepGates]:
    """The gates of many steps, in their order, with the same number of queries for one and for many.

    Needs project__organisation and step_type loaded.
    """
    laws = gate_rules(on)
    guards = {step.pk: [row for row in laws if step.code in row.step_codes] for step in steps}
    guarded = [step for step in steps if guards[step.pk]]
    facts = _facts_of(guarded, on=on) if guarded else {}
    return [
        StepGates(
            step,
            tuple(rules.read_gate(_law(row), facts[step.pk], on=on) for row in guards[step.pk]),
        )
        for step in steps
    ]


def _law(row: GateRule) -> rules.GateLaw:
    return rules.GateLaw(
        gate=rules.Gate(row.gate),
        clause=row.clause,
        contact=row.contact,
        least_percent=row.least_percent,
        closes_when_unknown=row.closes_when_unknown,
    )


def _facts_of(steps: Sequence[Step], *, on: date) -> dict[int, rules.GateFacts]:
    projects = {step.project_id: step.project for step in steps}
    pks = sorted(projects)
    lands = {row.project_id: row for row in LandUse.objects.filter(project__in=pks)}
    statements = newest_statements(GateStatement.objects.filter(project__in=pks))
    covers = {cover.project_id: cover for cover in coverage_of_projects(project_ids=pks)}
    funds = expropriation_funds_of(pks)
    cases = _open_cases(pks)
    floors = _floors({project.organisation for project in projects.values()}, on=on)
    papers = _steps_with_papers(pks)
    states = {pk: selectors.states_of(rows, track=projects[pk].track) for pk, rows in papers.items()}
    consents = forest_consents(pks)
    years = _forest_term(on) if consents else None
    overrides = _overrides(steps)
    return {
        step.pk: _facts(
            step,
            lands.get(step.project_id),
            statements=statements.get(step.project_id, {}),
            cover=covers[step.project_id],
            funds=funds[step.project_id],
            cases=cases.get(step.project_id, ()),
            floor=floors.get(step.project.organisation_id),
            others=states.get(step.project_id, {}),
            forest=_forest_permit(papers.get(step.project_id, []), consents.get(step.project_id), term=years),
            overrides=overrides.get(step.pk, {}),
            on=on,
        )
        for step in steps
    }


def _facts(
    step: Step,
    land: LandUse | None,
    *,
    statements: Mapping[rules.Gate, GateStatement],
    cover: Coverage,
    funds: ProjectFunds,
    cases: tuple[str, ...],
    floor: rules.Floor | None,
    others: Mapping[str, rules.StepState],
    forest: rules.Permit | None,
    overrides: Mapping[rules.Gate, str],
    on: date,
) -> rules.GateFacts:
    return rules.GateFacts(
        has_requisition=step.project.track != Project.Track.NO_REQUISITION,
        arable_m2=land.arable_m2 if land else None,
        pbf_m2=land.pbf_m2 if land else None,
        eco_redline_m2=land.eco_redline_m2 if land else None,
        forest_m2=_forest_area(land),
        new_construction_m2=land.new_construction_m2 if land else None,
        supplement=_hooked_up(cover),
        plan=_planned(cover),
        deposit=_deposit(funds),
        statements={gate: _statement(row) for gate, row in statements.items()},
        floor=floor,
        forest_permit=forest,
        lapsed=_lapsed(step, others, on=on),
        cases=cases,
        overrides=overrides,
    )


def _forest_area(land: LandUse | None) -> int | None:
    """By the survey or by the forestry map, whichever is more."""
    known = [area for area in (land.forest_m2, land.forest_forestry_m2) if area is not None] if land else []
    return max(known, default=None)


def _hooked_up(cover: Coverage) -> rules.Cover | None:
    """先补后占 counts only what is hooked up for good."""
    farmland = cover.of_pool(Pool.FARMLAND)
    if not farmland.lines:
        return None
    area = sum(line.posted for line in farmland.lines if line.instrument is Instrument.FARMLAND_AREA)
    words = "；".join(line.sentence for line in farmland.lines)
    return rules.Cover(area, farmland.is_posted, words)


def _planned(cover: Coverage) -> rules.Cover | None:
    lines = [line for line in cover.lines if line.instrument is Instrument.ANNUAL_PLAN]
    if not lines:
        return None
    return rules.Cover(lines[0].posted + lines[0].reserved, not lines[0].missing, lines[0].sentence)


def _deposit(funds: ProjectFunds) -> rules.Deposit | None:
    """What the money book says; without a record it says nothing, and a document may."""
    if not funds.records:
        return None
    due, deposited = funds.reading.due_yuan, funds.reading.deposited_yuan
    return rules.Deposit(funds.problems, f"应付 {due:,} 元，已预存 {deposited:,} 元，足额")


def newest_statements(rows: GateStatementQuerySet) -> dict[int, dict[rules.Gate, GateStatement]]:
    """The newest statement of each gate, by project. One query."""
    found: dict[int, dict[rules.Gate, GateStatement]] = {}
    for row in (
        rows.select_related("paper").order_by("project_id", "gate", "-id").distinct("project_id", "gate")
    ):
        found.setdefault(row.project_id, {})[rules.Gate(row.gate)] = row
    return found


def _statement(row: GateStatement) -> rules.Statement:
    return rules.Statement(
        doc_no=row.doc_no,
        authority=row.authority,
        dated_on=row.dated_on,
        area_m2=row.area_m2,
        method=row.method,
        source_projects=row.source_projects,
        is_map_marked=row.is_map_marked,
        due_yuan=row.due_yuan,
        paid_yuan=row.paid_yuan,
    )


def _open_cases(pks: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    rows = ViolationCase.objects.filter(project__in=pks, state__in=ViolationCase.OPEN_STATES)
    for row in rows.order_by("id"):
        if row.project_id is not None:
            found[row.project_id] = (*found.get(row.project_id, ()), row.words)
    return found


def _floors(units: Iterable[Organisation], *, on: date) -> dict[int, rules.Floor]:
    rows = StockTarget.objects.filter(organisation__in=units, effective_from__lte=on)
    newest = rows.select_related("organisation").order_by("organisation_id", "-effective_from")
    return {
        row.organisation_id: rules.Floor(
            row.organisation.short_name, row.arable_target_m2, row.arable_held_m2
        )
        for row in newest.distinct("organisation_id")
    }


_READ_OF_TYPES = ("short", "position", "tracks", "predecessors")


def _steps_with_papers(pks: Sequence[int]) -> dict[int, list[Step]]:
    """Every step of these projects, as much of each as its state and its paper are read from. Two queries."""
    rows = (
        Step.objects.filter(project__in=pks)
        .select_related("decision__validity")
        .only(
            *("project", "step_type", "code", "round", "status", "accepted_on", "merged_into"),
            *("decision__step", "decision__doc_no", "decision__validity__due_on"),
        )
        # Forty-five kinds for some thousand steps: each is read once, with what it says in JSON.
        .prefetch_related(
            Prefetch("step_type", StepType.objects.only("short", "position", "tracks", "predecessors"))
        )
        .order_by("project_id", "step_type__position", "round")
    )
    found: dict[int, list[Step]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


def _forest_term(on: date) -> StepLimit | None:
    """How long a consent is good, by the catalogue; the step's own validity where it ended here."""
    limits = StepLimit.objects.filter(step_type__in=StepType.objects.in_force(on).filter(code=FOREST_CODE))
    return limits.filter(kind=LineKind.VALIDITY).order_by("pk").first()


def _forest_permit(
    others: Iterable[Step], consent: LandDocument | None, *, term: StepLimit | None
) -> rules.Permit | None:
    """The step's decision or the consent on record, whichever is good for longer."""
    found = [permit for permit in (_decided_permit(others), _recorded_permit(consent, term)) if permit]
    return max(found, key=lambda permit: permit.valid_until or date.max, default=None)


def _recorded_permit(consent: LandDocument | None, term: StepLimit | None) -> rules.Permit | None:
    if consent is None:
        return None
    until = consent.validity.due_on if consent.validity else None
    if until is None and term is not None and term.value is not None:
        months = term.value * MONTHS_OF.get(term.unit, 0)
        until = add_months(consent.decided_on, months) if months else None
    name = DocumentKind(consent.kind).label
    return rules.Permit(name, consent.number or consent.supervision_no, until)


def _decided_permit(others: Iterable[Step]) -> rules.Permit | None:
    step = selectors.latest_rounds(others).get(FOREST_CODE)
    decision = getattr(step, "decision", None) if step else None
    if step is None or decision is None or step.status != Step.Status.DONE:
        return None
    until = decision.validity.due_on if decision.validity else None
    return rules.Permit(f"{step.code} {step.step_type.short}", decision.doc_no, until)


def _lapsed(step: Step, states: Mapping[str, rules.StepState], *, on: date) -> tuple[str, ...]:
    """Papers of earlier steps that were good once and are no longer, from the project's steps by code."""
    before = [states[code] for code in selectors.named_before(step.step_type) if code in states]
    codes = {stand.code for other in before if (stand := rules.stand_in(other, states)) is not None}
    return tuple(
        f"{state.code} {state.short}的有效期已于 {state.valid_until} 届满，须先延期或重新办理"
        for code, state in states.items()
        if code in codes
        and state.status == Step.Status.DONE
        and state.valid_until is not None
        and state.valid_until < on
    )


def _overrides(steps: Sequence[Step]) -> dict[int, dict[rules.Gate, str]]:
    found: dict[int, dict[rules.Gate, str]] = {}
    for row in GateOverride.objects.filter(step__in=[step.pk for step in steps]):
        words = f"{row.authority} {row.doc_no}（{row.dated_on}）"
        found.setdefault(row.step_id, {})[rules.Gate(row.gate)] = words
    return found


def overrides_of(step: Step) -> list[GateOverride]:
    """The documents by which a step passes, with their papers. One query."""
    return list(GateOverride.objects.filter(step=step).select_related("paper", "entered_by"))


def project_gates(project: Project, *, on: date) -> list[StepGates]:
    """The gates of every guarded step of a project that nobody has accepted yet.

    The caller has found the project among those visible to its reader.
    """
    codes = guarded_codes(gate_rules(on))
    waiting = [status.value for status in rules.WAITING]
    steps = Step.objects.filter(project=project, code__in=codes, status__in=waiting)
    rows = steps.select_related("project__organisation", "step_type", "holder_organisation")
    return read_gates(list(rows.order_by("step_type__position", "round")), on=on)


# --- the list of what is closed ------------------------------------------------------------------

AT_ONCE = 200
MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """One line of the list: a project's step and one gate that is closed for it."""

    step: Step
    reading: rules.GateReading


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """Some lines, and the id of the last step read when there may be more."""

    rows: tuple[ClosedGate, ...]
    next_after: int | None


def closed_gates(steps: StepQuerySet, *, gate: str, after: int, size: int, on: date) -> ClosedPage:
    """The closed gates of waiting steps behind `after` (a step's id), whole steps until `size` lines.

    Reads in portions and stops after MOST_READ steps, so that a list in which nearly nothing is
    closed costs no more than one full of it; the next page goes on from there.

    Args:
        gate: one gate's value, or "" for all.
    """
    rows: list[ClosedGate] = []
    position, seen = after, 0
    while len(rows) < size and seen < MOST_READ:
        batch = list(steps.filter(pk__gt=position).order_by("pk")[:AT_ONCE])
        for found in read_gates(batch, on=on):
            position = found.step.pk
            rows.extend(ClosedGate(found.step, r) for r in found.closed if gate in ("", r.gate))
            if len(rows) >= size:
                break
        seen += len(batch)
        if len(rows) < size and len(batch) < AT_ONCE:
            return ClosedPage(tuple(rows), None)
    return ClosedPage(tuple(rows), position)


# --- targets and cases ---------------------------------------------------------------------------


def stock_targets(*, actor: User) -> StockTargetQuerySet:
    """Every unit's targets that the actor may see, newest first within a unit. One query."""
    return (
        StockTarget.objects.visible_to(actor)
        .select_related("organisation")
        .order_by("organisation__code", "-effective_from")
    )


def targets_in_force(*, actor: User, today: date) -> list[StockTarget]:
    """Of each unit the actor sees, the newest target that holds on a day. One query."""
    newest: dict[int, StockTarget] = {}
    for row in stock_targets(actor=actor):
        if row.effective_from <= today:
            newest.setdefault(row.organisation_id, row)
    return list(newest.values())


def violation_list(*, actor: User) -> ViolationCaseQuerySet:
    """Cases that the actor may see, with unit and project. One query."""
    return ViolationCase.objects.visible_to(actor).select_related("organisation", "project")


def violations_of(project_id: int, *, actor: User) -> ViolationCaseQuerySet:
    """The cases of one project. One query."""
    return violation_list(actor=actor).filter(Q(project_id=project_id)).order_by("-found_on", "-pk")
