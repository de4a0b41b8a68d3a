"""From what a ledger states of one project to its steps, clocks, pauses and decisions, unsaved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Organisation, User
from approvals import rules
from approvals.errors import LimitNotChosen
from approvals.models import Decision, Step, StepType
from approvals.selectors import committed_limit, step_limits
from approvals.services.acceptance import LimitChoice, line_spec, lines_of
from core.bulk import maker
from deadlines.conclusions import Tools, conclude
from deadlines.models import Deadline, Pause, PauseKind
from deadlines.rules import LineKind, LineName
from deadlines.rules import Pause as PauseRule
from deadlines.services import LineSpec, line_columns
from onboarding.rules import Said, StatedPause, StatedStep
from projects.models import BringingIn, LandUse, Project

RESULT = "按台账登记办结"
NOTICE_OVER = "公告期满"
UNDATED = "台账未写办结日期，按填报时间登记"


@dataclass(frozen=True, slots=True)
class Lines:
    """The limits of one version of a step type, for a first round."""

    committed: LineSpec | None
    statutory: LineSpec | None
    validity: LineSpec | None


@dataclass(slots=True)
class Pieces:
    """Everything to be written for all projects; clocks name the steps and pauses they belong to."""

    steps: list[Step] = field(default_factory=list)
    handling: list[tuple[Step, StatedStep]] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    stated: int = 0


class Catalogue:
    """Every version of every step type with its limits, the units, and the reasons for pauses."""

    def __init__(self, *, today: date) -> None:
        """Four queries."""
        self.versions: dict[str, list[StepType]] = {}
        for kind in StepType.objects.prefetch_related("limits").order_by("code", "effective_from"):
            self.versions.setdefault(kind.code, []).append(kind)
        self.today = today
        self.kinds = [found for code in self.versions if (found := self.in_force(code, today)) is not None]
        self.kinds.sort(key=lambda kind: kind.position)
        self.predecessors = {kind.pk: rules.read_predecessors(kind.predecessors) for kind in self.kinds}
        self.units = {unit.code: unit for unit in Organisation.objects.all()}
        self.pause_kinds = list(PauseKind.objects.order_by("effective_from"))
        self._lines: dict[int, Lines] = {}

    def in_force(self, code: str, on: date) -> StepType | None:
        """The version that applied on a day; None where there was none."""
        for kind in self.versions.get(code, ()):
            if kind.effective_from <= on and (kind.effective_to is None or kind.effective_to > on):
                return kind
        return None

    def lines(self, step: Step) -> Lines:
        """The limits under which a step runs. Where the law leaves a choice, none was chosen."""
        pk = step.step_type_id
        if pk not in self._lines:
            try:
                committed, statutory = lines_of(step, LimitChoice(), on=self.today)
            except LimitNotChosen:
                promise = committed_limit(step.step_type)
                committed, statutory = line_spec(promise) if promise else None, None
            self._lines[pk] = Lines(committed, statutory, self._validity(step))
        return self._lines[pk]

    def _validity(self, step: Step) -> LineSpec | None:
        alternatives = rules.validity_limits(step_limits(step))
        if len(alternatives) != 1:
            return None
        row = next(row for row in step.step_type.limits.all() if row.pk == alternatives[0].id)
        return line_spec(row)

    def holder(self, kind: StepType, unit: Organisation, prefecture: str) -> Organisation:
        """Who holds the step, as the catalogue says; the reporting unit where it names nobody."""
        return self.units.get(kind.holder_kind.format(unit=unit.code, prefecture=prefecture), unit)

    def pause_kind(self, pause: StatedPause, step: Step) -> PauseKind | None:
        """The lawful reason that the ledger's words name, if it stops a line of this step."""
        promise = committed_limit(step.step_type)
        excluded = promise.excluded if promise else []
        for kind in reversed(self.pause_kinds):
            is_in_force = kind.effective_from <= pause.first
            is_over = kind.effective_to is not None and kind.effective_to <= pause.first
            if kind.label in pause.why and is_in_force and not is_over:
                return kind if kind.stops_statutory or kind.label in excluded else None
        return None


@dataclass(slots=True)
class Course:
    """Makes the pieces of one bringing-in, project by project."""

    catalogue: Catalogue
    bringing: BringingIn
    actor: User
    today: date
    tools: Tools
    pieces: Pieces = field(default_factory=Pieces)
    make_step: Callable[..., Step] = field(default_factory=lambda: maker(Step))
    make_decision: Callable[..., Decision] = field(default_factory=lambda: maker(Decision))
    make_deadline: Callable[..., Deadline] = field(default_factory=lambda: maker(Deadline))

    def add(self, project: Project, land: LandUse, stated: Mapping[str, StatedStep]) -> None:
        """All steps of a project's track; those that the ledger states as it states them."""
        unit = project.organisation
        prefecture = next((code for code in unit.ancestor_codes if self._is_prefecture(code)), unit.code)
        areas = [a for a in (land.new_construction_m2, land.agri_m2, land.unused_m2) if a is not None]
        has_conversion = any(area > 0 for area in areas) if areas else None
        for kind in self.catalogue.kinds:
            said = stated.get(kind.code)
            if said is not None and said.said is not Said.OPEN:
                self._add_stated(project, said, kind, prefecture)
            elif kind.code == rules.LISTING_CODE:
                step = self._step(project, kind, prefecture)
                step.status, step.accepted_on, step.closed_on = Step.Status.DONE.value, self.today, self.today
                self._decide(step, rules.LISTING_RESULT, self.today)
            else:
                involvement = kind.tracks.get(project.track, rules.Involvement.APPLIES)
                start = rules.opening(involvement=involvement, has_conversion=has_conversion)
                step = self._step(project, kind, prefecture)
                step.status = start.status.value
                if start.status is rules.Status.NOT_INVOLVED:
                    step.closing_reason = start.reason

    def _is_prefecture(self, code: str) -> bool:
        unit = self.catalogue.units.get(code)
        return unit is not None and unit.kind == Organisation.Kind.PREFECTURE

    def _step(self, project: Project, kind: StepType, prefecture: str) -> Step:
        holder = self.catalogue.holder(kind, project.organisation, prefecture)
        step = self.make_step(
            related={"project": project, "step_type": kind, "holder_organisation": holder},
            project_id=project.pk,
            step_type_id=kind.pk,
            holder_organisation_id=holder.pk,
            code=kind.code,
            status=Step.Status.NOT_STARTED.value,
        )
        self.pieces.steps.append(step)
        return step

    def _add_stated(self, project: Project, said: StatedStep, kind: StepType, prefecture: str) -> None:
        """Under the version of the catalogue that was in force when the step began, or ended."""
        on = said.began_on or said.ended_on or self.today
        step = self._step(project, self.catalogue.in_force(said.code, on) or kind, prefecture)
        step.brought_in_id = self.bringing.pk
        self.pieces.stated += 1
        if said.said is Said.NOT_INVOLVED:
            step.status, step.closing_reason = Step.Status.NOT_INVOLVED.value, "台账写明不涉及"
            return
        step.accepted_on = said.began_on
        step.status = Step.Status.RUNNING.value
        if said.said is Said.DONE:
            step.status, step.closed_on = Step.Status.DONE.value, said.ended_on
        if said.has_clock:
            self.pieces.handling.append((step, said))
        if said.said is Said.DONE and said.ended_on is not None:
            note = "" if said.is_dated else UNDATED
            self._decide(step, RESULT, said.ended_on, doc_no=said.doc_no, note=note)

    def _decide(self, step: Step, result: str, on: date, *, doc_no: str = "", note: str = "") -> None:
        row = f"台账第 {step.project.brought_in_row} 行"
        self.pieces.decisions.append(
            self.make_decision(
                related={"step": step},
                decided_on=on,
                result=result,
                doc_no=doc_no,
                note=f"{row}。{note}"[:300] if note else row,
                decided_by_id=self.actor.pk,
            )
        )

    # --- once the steps have their keys ----------------------------------------------------------

    def wind_clocks(self) -> None:
        """Start and stop every clock. The steps have their keys; those of a project stand together."""
        for step, said in self.pieces.handling:
            self._wind(step, said)
        for decision in self.pieces.decisions:
            # Set anew: now that the step has its key, the row takes it over.
            decision.step = decision.step
        self._open_validities()

    def _wind(self, step: Step, said: StatedStep) -> None:
        lines = self.catalogue.lines(step)
        assert said.began_on is not None
        if lines.committed is None and lines.statutory is None:
            if said.is_notice:
                self._end_notice(step, said.began_on)
            return
        deadline = self._deadline(
            step, Deadline.Role.HANDLING, said.began_on, lines.committed, lines.statutory
        )
        pauses = [pause for each in said.pauses if (pause := self._pause(step, deadline, each)) is not None]
        if step.status == Step.Status.DONE:
            deadline.state, deadline.stopped_on = Deadline.State.MET.value, step.closed_on
        conclude(deadline, pauses=pauses, tools=self.tools)
        if said.is_notice and deadline.statutory_kind == LineKind.MIN:
            over_on = rules.next_possible_on(deadline.statutory_due_on)
            if over_on is not None and over_on <= self.bringing.reported_on:
                self._end_notice(step, over_on)
                deadline.state, deadline.stopped_on = Deadline.State.MET.value, over_on
                conclude(deadline, pauses=pauses, tools=self.tools)
        if deadline.state == Deadline.State.PAUSED:
            step.status = Step.Status.PAUSED.value
        step.deadline = deadline

    def _end_notice(self, step: Step, on: date) -> None:
        step.status, step.closed_on = Step.Status.DONE.value, on
        self._decide(step, NOTICE_OVER, on)

    def _deadline(
        self,
        step: Step,
        role: Deadline.Role,
        started_on: date,
        committed: LineSpec | None,
        statutory: LineSpec | None,
    ) -> Deadline:
        project = step.project
        deadline = self.make_deadline(
            role=role.value,
            subject_kind=step._meta.label_lower,
            subject_id=step.pk,
            subject_label=step.step_type.short,
            subject_code=step.code,
            stage=step.step_type.stage,
            project_id=project.pk,
            project_code=project.display_code,
            project_name=project.name,
            holder_organisation_id=step.holder_organisation_id,
            scope_organisation_id=project.organisation_id,
            started_on=started_on,
            **line_columns(LineName.COMMITTED, committed),
            **line_columns(LineName.STATUTORY, statutory),
        )
        if statutory is not None:
            deadline.statutory_is_reference = statutory.line.is_reference
        self.pieces.deadlines.append(deadline)
        return deadline

    def _pause(self, step: Step, deadline: Deadline, stated: StatedPause) -> PauseRule | None:
        kind = self.catalogue.pause_kind(stated, step)
        if kind is None:
            return None
        last = stated.last
        if last is None and step.closed_on is not None:
            last = max(stated.first, step.closed_on)
        self.pieces.pauses.append(
            Pause(
                deadline=deadline,
                kind=kind,
                first_on=stated.first,
                last_on=last,
                stops_committed=kind.stops_committed,
                stops_statutory=kind.stops_statutory,
                evidence=f"台账第 {step.project.brought_in_row} 行：{stated.why}"[:300],
                entered_by=self.actor,
            )
        )
        named = ((LineName.COMMITTED, kind.stops_committed), (LineName.STATUTORY, kind.stops_statutory))
        stops = frozenset(name for name, is_stopped in named if is_stopped)
        return PauseRule(first=stated.first, last=last, reason=kind.label, stops=stops)

    def _open_validities(self) -> None:
        """What is good for a time only starts with its decision, if the ledger says its day."""
        others: dict[int, list[tuple[str, Sequence[rules.Predecessor]]]] = {}
        for step in self.pieces.steps:
            entries = self.catalogue.predecessors.get(step.step_type_id)
            if entries is None:
                entries = rules.read_predecessors(step.step_type.predecessors)
            others.setdefault(step.project_id, []).append((step.status, entries))
        for decision in self.pieces.decisions:
            step = decision.step
            validity = self.catalogue.lines(step).validity
            if validity is None or UNDATED in decision.note:
                continue
            row = self._deadline(step, Deadline.Role.VALIDITY, decision.decided_on, None, validity)
            row.dependent_is_open = rules.is_dependency_open({step.code}, others[step.project_id])
            conclude(row, pauses=(), tools=self.tools)
            decision.validity = row
