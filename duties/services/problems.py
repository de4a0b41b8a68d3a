"""登记、转办、退回分办、会办、提级、办结、销号: every verb of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from deadlines.selectors import working_calendar
from duties import selectors
from duties.errors import (
    HolderElsewhere,
    NotOwnProblem,
    ProblemHasOpenTasks,
    ProblemIncomplete,
    ProblemNotOpen,
    ReturnTooLate,
)
from duties.following import tell_escalated
from duties.models import Problem, ProblemKind, ProblemMove
from duties.services import clocks
from duties.services.locking import lock_problem, need_reason
from duties.services.problem_state import log, resolve_locked, write
from projects.models import Project

OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class ProblemDraft:
    """A problem as it is raised.

    Attributes:
        area_m2: land it holds up, in m²; None is unknown.
        is_general: 普遍性、政策性: one of those that the leading group should study.
        raised_by: None takes the actor's own unit.
    """

    kind: ProblemKind
    title: str
    description: str
    project: Project | None = None
    area_m2: int | None = None
    is_general: bool = False
    raised_by: Organisation | None = None


@transaction.atomic
def raise_problem(actor: User, draft: ProblemDraft, *, today: date) -> Problem:
    """登记: write a problem down; its kind says which office handles it and how long.

    Raises:
        ProblemIncomplete: no title or description.
        HolderElsewhere: raised for a unit outside the actor's scope.
    """
    require(actor, Right.RAISE_PROBLEM)
    if not draft.title.strip() or not draft.description.strip():
        raise ProblemIncomplete("问题名称和问题描述都要填写，补充后再登记。")
    unit = draft.raised_by or actor.organisation
    scope = actor.scope
    if unit is None or scope is None or not unit.path.startswith(scope.path):
        raise HolderElsewhere("提出单位不在您负责的范围内；请选择本单位。")
    problem = Problem.objects.create(
        kind=draft.kind,
        title=draft.title.strip()[:200],
        description=draft.description.strip()[:2000],
        project=draft.project,
        area=draft.project.organisation if draft.project else clocks.seat_of(unit),
        raised_by=unit,
        raiser=actor,
        raised_on=today,
        area_m2=draft.area_m2,
        is_general=draft.is_general,
        office=draft.kind.office,
        office_since=today,
    )
    problem.deadline = clocks.open_problem_clock(problem, today=today)
    problem.save(update_fields=["deadline"])
    write(
        problem,
        ProblemMove.Kind.RAISED,
        f"按“{draft.kind.label}”分办",
        actor=actor,
        today=today,
        to_office=draft.kind.office,
    )
    facts: dict[str, object] = {"kind": draft.kind.label, "office": draft.kind.office.name}
    log(problem, "problem.raised", facts, actor=actor, today=today)
    return problem


@transaction.atomic
def refer(*, problem_id: int, office: Organisation, reason: str, actor: User, today: date) -> Problem:
    """转办: another unit handles it from today; its clock starts anew.

    Raises:
        ReasonMissing.
        NotOwnProblem: neither with the actor's office nor the dispatch office's to route.
        ProblemNotOpen: resolved, or with the leading group.
        HolderElsewhere: the unit is the one that has it, or lies elsewhere.
    """
    why = need_reason(reason, "转办问题")
    problem = _in_hand(problem_id, actor, act="转办")
    scope = actor.scope
    if office.pk == problem.office_id or scope is None or not office.path.startswith(scope.path):
        raise HolderElsewhere("请选择本州范围内的另一个承办单位。", organisation=office.code)
    _hand_over(problem, office, ProblemMove.Kind.REFERRED, why, actor=actor, today=today)
    return problem


@transaction.atomic
def return_problem(*, problem_id: int, reason: str, actor: User, today: date) -> Problem:
    """退回分办: not this office's business; back to the office that takes what fits nowhere.

    Only within the days that the kind gives, counted from the day after it came.

    Raises:
        ReasonMissing, NotOwnProblem, ProblemNotOpen.
        ReturnTooLate: the days are over; it has to be handled, or referred with another unit's consent.
    """
    why = need_reason(reason, "退回问题")
    problem = _in_hand(problem_id, actor, act="退回分办")
    limit = problem.kind.return_days
    last = working_calendar().nth_working_day(problem.office_since, limit) if limit else problem.office_since
    if today > last:
        raise ReturnTooLate(
            f"退回分办的时限 {last} 已过（转入后 {limit} 个工作日内）；请继续办理，或商有关单位后转办。",
            last_on=last,
        )
    desk = next((kind.office for kind in selectors.kinds_in_force(today) if kind.code == OTHER), None)
    if desk is None or desk.pk == problem.office_id:
        raise HolderElsewhere("已由统筹分办的单位承办，不能再退回；请直接转办。")
    _hand_over(problem, desk, ProblemMove.Kind.RETURNED, why, actor=actor, today=today)
    return problem


def _hand_over(
    problem: Problem, office: Organisation, kind: ProblemMove.Kind, why: str, *, actor: User, today: date
) -> None:
    before = problem.office
    clocks.drop(problem.deadline, today=today)
    problem.office, problem.office_since = office, today
    if problem.state in (Problem.State.REGISTERED, Problem.State.REFERRED):
        returned = kind == ProblemMove.Kind.RETURNED
        problem.state = Problem.State.REGISTERED if returned else Problem.State.REFERRED
    problem.deadline = clocks.open_problem_clock(problem, today=today)
    problem.save(update_fields=["office", "office_since", "state", "deadline"])
    write(problem, kind, why, actor=actor, today=today, from_office=before, to_office=office)
    verb = "problem.returned" if kind == ProblemMove.Kind.RETURNED else "problem.referred"
    facts: dict[str, object] = {"from": before.name, "to": office.name, "reason": why}
    log(problem, verb, facts, actor=actor, today=today)


@transaction.atomic
def join(*, problem_id: int, note: str, actor: User, today: date) -> Problem:
    """会办: several offices look at it together; it stays with its office.

    Raises:
        ReasonMissing, NotOwnProblem, ProblemNotOpen.
    """
    text = need_reason(note, "会办")
    problem = _in_hand(problem_id, actor, act="会办")
    problem.level = Problem.Level.JOINT
    problem.save(update_fields=["level"])
    write(problem, ProblemMove.Kind.JOINED, text, actor=actor, today=today)
    log(problem, "problem.joined", {"note": text}, actor=actor, today=today)
    return problem


@transaction.atomic
def escalate(*, problem_id: int, reason: str, actor: User, today: date) -> Problem:
    """提级: ask the leading group to study it; followers are told, e.g. to make a topic of it.

    The office's clock ends: what the group decides has its own.

    Raises:
        ReasonMissing, NotOwnProblem.
        ProblemNotOpen: resolved, or escalated before.

    Source: S1-14 普遍性、政策性、一时难解.
    """
    why = need_reason(reason, "提级研究")
    problem = _in_hand(problem_id, actor, act="提级")
    problem.state, problem.level = Problem.State.ESCALATED, Problem.Level.GROUP
    problem.escalated_on, problem.escalation_reason = today, why
    clocks.drop(problem.deadline, today=today)
    problem.save(update_fields=["state", "level", "escalated_on", "escalation_reason"])
    write(problem, ProblemMove.Kind.ESCALATED, why, actor=actor, today=today)
    log(problem, "problem.escalated", {"reason": why}, actor=actor, today=today)
    tell_escalated(problem, actor=actor, today=today)
    return problem


@transaction.atomic
def resolve(*, problem_id: int, outcome: str, actor: User, today: date) -> Problem:
    """办结: the office says how it was solved.

    Raises:
        ReasonMissing: no outcome.
        NotOwnProblem, ProblemNotOpen.
        ProblemHasOpenTasks: tasks on it are not finished.
    """
    text = need_reason(outcome, "办结问题（办理结果）")
    problem = _open_problem(problem_id, actor)
    _require_office(actor, problem)
    if not problem.is_open:
        raise _wrong_state(problem, "办结")
    left = problem.tasks.unfinished().count()
    if left:
        raise ProblemHasOpenTasks(f"“{problem.title}”还有 {left} 项任务没有办结，核验后自动办结。", left=left)
    resolve_locked(problem, text, actor=actor, today=today)
    return problem


@transaction.atomic
def close(*, problem_id: int, note: str, actor: User, today: date) -> Problem:
    """销号: who keeps the list finds that it is solved.

    Raises:
        ProblemNotOpen: not resolved yet.
    """
    require(actor, Right.CLOSE_PROBLEMS)
    problem = lock_problem(problem_id, actor=actor)
    if problem.state != Problem.State.RESOLVED:
        raise _wrong_state(problem, "销号")
    problem.state, problem.closed_on = Problem.State.CLOSED, today
    problem.save(update_fields=["state", "closed_on"])
    write(problem, ProblemMove.Kind.CLOSED, note.strip(), actor=actor, today=today)
    log(problem, "problem.closed", {"note": note}, actor=actor, today=today)
    return problem


@transaction.atomic
def reopen(*, problem_id: int, reason: str, actor: User, today: date) -> Problem:
    """退回重开: it is not solved after all; its office has it again, with a new clock.

    Raises:
        ReasonMissing.
        ProblemNotOpen: it is open.
    """
    require(actor, Right.CLOSE_PROBLEMS)
    why = need_reason(reason, "退回重开")
    problem = lock_problem(problem_id, actor=actor)
    if problem.is_open:
        raise _wrong_state(problem, "退回重开")
    problem.state, problem.resolved_on, problem.closed_on = Problem.State.REGISTERED, None, None
    problem.office_since = today
    problem.deadline = clocks.open_problem_clock(problem, today=today)
    problem.save(update_fields=["state", "resolved_on", "closed_on", "office_since", "deadline"])
    write(problem, ProblemMove.Kind.REOPENED, why, actor=actor, today=today)
    log(problem, "problem.reopened", {"reason": why}, actor=actor, today=today)
    return problem


def _open_problem(problem_id: int, actor: User) -> Problem:
    require(actor, Right.RUN_PROBLEMS)
    return lock_problem(problem_id, actor=actor)


def _in_hand(problem_id: int, actor: User, *, act: str) -> Problem:
    """The locked problem, if it is open, not with the group, and the actor's to move."""
    problem = _open_problem(problem_id, actor)
    _require_office(actor, problem)
    if not problem.is_open or problem.state == Problem.State.ESCALATED:
        raise _wrong_state(problem, act)
    return problem


def _require_office(actor: User, problem: Problem) -> None:
    """The office that handles it, and the dispatch office, which routes."""
    if not selectors.handles(actor, problem):
        raise NotOwnProblem(f"“{problem.title}”由{problem.office.name}承办，请由其办理。", problem=problem.pk)


def _wrong_state(problem: Problem, act: str) -> ProblemNotOpen:
    return ProblemNotOpen(
        f"“{problem.title}”{problem.get_state_display()}，不能{act}；刷新页面查看。",
        problem=problem.pk,
        state=problem.state,
    )
