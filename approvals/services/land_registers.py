"""Lines of the units' registers are written down and put right; a finding of a patrol is passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from approvals.errors import EntryKnown, EntryOutOfOrder, FindingPassedOn
from approvals.models import (
    FieldImprovement,
    LandEntry,
    LandPatrol,
    ReserveLand,
    ThreeBatchEntry,
    ViolationCase,
)
from approvals.services.violations import Finding, report_violation
from audit.services import record
from duties.models import Problem, ProblemKind
from duties.services.problems import ProblemDraft, raise_problem
from projects.models import Project
from quotas.models import Consolidation


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFacts:
    """A project in a batch of a year; fields as in `ThreeBatchEntry`."""

    project: Project
    batch: str
    year: int
    goal: str
    target_on: date
    progress: str = ""
    done_on: date | None = None
    note: str = ""

    @property
    def organisation(self) -> Organisation:
        return self.project.organisation

    def gap(self, today: date) -> str:
        """What is wrong, and what to do; empty when nothing is."""
        if self.done_on is not None and self.done_on > today:
            return f"完成日期 {self.done_on} 晚于今天（{today}）；完成后再填。"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementFacts:
    """A project of better farmland; fields as in `FieldImprovement`."""

    organisation: Organisation
    name: str
    department: str
    year: int
    stage: str
    area_m2: int
    new_arable_m2: int = 0
    funds_yuan: int = 0
    started_on: date | None = None
    accepted_on: date | None = None
    consolidation: Consolidation | None = None
    note: str = ""

    def gap(self, today: date) -> str:
        if not self.area_m2 > 0 or self.new_arable_m2 > self.area_m2:
            return "改造面积须大于零，新增耕地不能大于改造面积；请核对面积。"
        is_accepted = self.stage == FieldImprovement.Stage.ACCEPTED
        if is_accepted != (self.accepted_on is not None):
            return "已验收的填写验收日期，未验收的不填；请核对。"
        if self.accepted_on is not None and self.accepted_on > today:
            return f"验收日期 {self.accepted_on} 晚于今天（{today}）；验收后再填。"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveFacts:
    """Reserved land under preparation; fields as in `ReserveLand`."""

    organisation: Organisation
    name: str
    place: str
    area_m2: int
    works: str
    started_on: date
    cost_yuan: int = 0
    finished_on: date | None = None
    supplied_on: date | None = None
    supplied_m2: int | None = None
    outcome: str = ""
    note: str = ""

    def gap(self, today: date) -> str:
        if self.area_m2 <= 0 or (self.supplied_m2 or 0) > self.area_m2:
            return "面积须大于零，供应面积不能大于地块面积；请核对面积。"
        if (self.supplied_on is None) != (not self.supplied_m2):
            return "供应日期和供应面积须同时填写；请补充。"
        days = [self.started_on, self.finished_on or self.started_on]
        if days != sorted(days) or max(*days, self.supplied_on or self.started_on) > today:
            return f"完工不能早于开工，日期不能晚于今天（{today}）；请核对日期。"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolFacts:
    """A patrol or a tip; fields as in `LandPatrol`."""

    organisation: Organisation
    level: str
    way: str
    patrolled_on: date
    people: str
    place: str
    facts: str
    is_suspicious: bool = False
    note: str = ""

    def gap(self, today: date) -> str:
        if self.patrolled_on > today:
            return f"日期 {self.patrolled_on} 晚于今天（{today}）；巡查后再登记。"
        if self.way == LandPatrol.Way.TIP and self.level != LandPatrol.Level.VILLAGE:
            return "信息员报告的层级为“村”；请改正层级或方式。"
        return ""


AnyFacts = BatchFacts | ImprovementFacts | ReserveFacts | PatrolFacts
_RIGHTS: Mapping[type, Right] = {LandPatrol: Right.RUN_CASES}
_MODELS: Mapping[type, type[Any]] = {
    BatchFacts: ThreeBatchEntry,
    ImprovementFacts: FieldImprovement,
    ReserveFacts: ReserveLand,
    PatrolFacts: LandPatrol,
}


def right_of(model: type) -> Right:
    """Who keeps a register: patrols belong to those who run cases, the rest to those who run steps."""
    return _RIGHTS.get(model, Right.RUN_STEPS)


@transaction.atomic
def record_entry(*, facts: AnyFacts, actor: User, today: date) -> LandEntry:
    """登记 one line.

    Raises:
        EntryOutOfOrder: days or areas that cannot be.
        EntryKnown: the register has it already.
        PermissionDenied: the role does not keep the register, or the unit is not the actor's.
    """
    model = _MODELS[type(facts)]
    require(actor, right_of(model))
    return _store(model(entered_by=actor), facts, "register.recorded", actor=actor, today=today)


@transaction.atomic
def change_entry(*, entry_id: int, facts: AnyFacts, actor: User, today: date) -> LandEntry:
    """更正 one line; the history keeps what it said. Raises as `record_entry` does.

    Raises:
        FindingPassedOn: a finding that is a case or a problem by now is no longer taken back.
    """
    model = _MODELS[type(facts)]
    require(actor, right_of(model))
    rows = model.objects.visible_to(actor).select_related("organisation")
    entry = rows.select_for_update(of=("self",)).get(pk=entry_id)
    _refuse_elsewhere(actor, entry.organisation)
    if isinstance(entry, LandPatrol) and isinstance(facts, PatrolFacts):
        _refuse_passed_on(entry, facts)
    return _store(entry, facts, "register.changed", actor=actor, today=today)


def _refuse_passed_on(entry: LandPatrol, facts: PatrolFacts) -> None:
    if not facts.is_suspicious and (entry.case_id or entry.problem_id):
        raise FindingPassedOn("已转为案件或问题，不能改为未发现；请在案件或问题中办理。", patrol=entry.pk)


def _refuse_elsewhere(actor: User, unit: Organisation) -> None:
    scope = actor.scope
    if scope is None or not unit.path.startswith(scope.path):
        raise PermissionDenied(f"您不能为{unit.name}登记。如确需办理，请联系州局。")


def _store(entry: Any, facts: AnyFacts, verb: str, *, actor: User, today: date) -> LandEntry:
    gap = facts.gap(today)
    if gap:
        raise EntryOutOfOrder(gap)
    _refuse_elsewhere(actor, facts.organisation)
    entry.organisation = facts.organisation
    for name in type(facts).__dataclass_fields__:
        value = getattr(facts, name)
        setattr(entry, name, value.strip() if isinstance(value, str) else value)
    is_new = entry.pk is None
    try:
        with transaction.atomic():
            if is_new:
                entry.save()
            else:
                entry.save(update_fields=["organisation", *type(facts).__dataclass_fields__])
    except IntegrityError as error:
        raise EntryKnown(f"“{entry}”已经登记，请在原记录上更正。") from error
    done: LandEntry = entry
    record(
        actor=actor,
        verb=verb,
        subject=done,
        facts={"register": done._meta.verbose_name, "entry": str(done)},
        project_id=facts.project.pk if isinstance(facts, BatchFacts) else None,
        scope_path=done.organisation.path,
        occurred_on=today,
    )
    return done


@transaction.atomic
def pass_to_case(*, patrol_id: int, actor: User, today: date) -> ViolationCase:
    """转为案件: what the patrol found becomes a case of unlawful land use.

    Raises:
        FindingPassedOn: nothing was found, or it is a case or a problem already.
    """
    require(actor, Right.RUN_CASES)
    patrol = _waiting(patrol_id, actor)
    finding = Finding(place=patrol.place, facts=patrol.facts, found_on=patrol.patrolled_on)
    case = report_violation(actor=actor, organisation=patrol.organisation, finding=finding, today=today)
    patrol.case = case
    patrol.save(update_fields=["case"])
    return case


@transaction.atomic
def pass_to_problem(*, patrol_id: int, kind: ProblemKind, actor: User, today: date) -> Problem:
    """转为问题: what the patrol found goes to the office of its kind.

    Raises:
        FindingPassedOn: nothing was found, or it is a case or a problem already.
    """
    require(actor, Right.RUN_CASES)
    patrol = _waiting(patrol_id, actor)
    draft = ProblemDraft(
        kind=kind,
        title=f"巡查发现：{patrol.place}"[:200],
        description=patrol.facts,
        raised_by=patrol.organisation,
    )
    problem = raise_problem(actor, draft, today=today)
    patrol.problem = problem
    patrol.save(update_fields=["problem"])
    return problem


def _waiting(patrol_id: int, actor: User) -> LandPatrol:
    rows = LandPatrol.objects.visible_to(actor).select_related("organisation")
    patrol: LandPatrol = rows.select_for_update(of=("self",)).get(pk=patrol_id)
    _refuse_elsewhere(actor, patrol.organisation)
    if not patrol.waits:
        raise FindingPassedOn("未发现疑似问题，或已转办；刷新页面查看。", patrol=patrol.pk)
    return patrol
