"""The clocks of duties: one Deadline for each thing somebody owes by a day."""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Organisation, User
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner, cancel, open_deadline, stop
from duties.models import Problem, Task

STAGE_TASK, STAGE_PROBLEM, STAGE_VERIFICATION = "督办任务", "问题处置", "任务核验"


def until(day: date, *, since: date, basis: str) -> LineSpec:
    """A promise that ends on a day: as many calendar days as lie between."""
    return LineSpec(Line(limit=(day - since).days, unit=Unit.CALENDAR_DAY, kind=LineKind.MAX), basis)


def open_task_clock(task: Task, *, today: date) -> Deadline:
    """The holder's clock, from the day before the task was due the same day; else from its issue."""
    since = min(task.issued_on, task.due_on - timedelta(days=1))
    return open_deadline(
        owner=_owner(task, "任务", STAGE_TASK, unit=task.holder, person=task.person),
        role=Deadline.Role.HANDLING,
        started_on=since,
        committed=until(task.due_on, since=since, basis=task.source_label or f"{task.issued_for.name}交办"),
        statutory=None,
        today=today,
    )


def open_problem_clock(problem: Problem, *, today: date) -> Deadline:
    """The office's clock from the day the problem came to it, by the limit of its kind."""
    kind = problem.kind
    line = Line(limit=kind.limit_days, unit=Unit(kind.limit_unit), kind=LineKind.MAX)
    return open_deadline(
        owner=_owner(problem, "问题", STAGE_PROBLEM, unit=problem.office),
        role=Deadline.Role.HANDLING,
        started_on=today,
        committed=LineSpec(line, kind.basis or f"{kind.label}类问题办理时限"),
        statutory=None,
        today=today,
    )


def open_verification_clock(task: Task, *, days: int, today: date) -> Deadline:
    """The issuer's clock, from the day the holder reported: it verifies, or sends the task back."""
    issuer = task.issued_by
    person = issuer if issuer.is_active and issuer.organisation_id == task.issued_for_id else None
    return open_deadline(
        owner=_owner(task, "核验", STAGE_VERIFICATION, unit=task.issued_for, person=person),
        role=Deadline.Role.HANDLING,
        started_on=today,
        committed=LineSpec(Line(limit=days, unit=Unit.WORKING_DAY, kind=LineKind.MAX), "督办设置：核验时限"),
        statutory=None,
        today=today,
    )


def _owner(
    subject: Task | Problem, what: str, stage: str, *, unit: Organisation, person: User | None = None
) -> Owner:
    project = subject.project
    return Owner(
        subject=subject,
        subject_label=f"{what}：{subject.title}"[:200],
        stage=stage,
        holder_organisation=unit,
        holder=person,
        scope_organisation=unit,
        project_id=subject.project_id,
        project_code=project.display_code if project else "",
        project_name=project.name if project else "",
    )


def end(deadline: Deadline | None, *, on: date, today: date) -> None:
    """The promise was kept, late or not."""
    if deadline is not None and deadline.is_open:
        stop(deadline_id=deadline.pk, stopped_on=max(on, deadline.started_on), today=today)


def drop(deadline: Deadline | None, *, today: date) -> None:
    """The promise falls away."""
    if deadline is not None and deadline.is_open:
        cancel(deadline_id=deadline.pk, stopped_on=today, today=today)


def seat_of(unit: Organisation) -> Organisation:
    """The county, park or prefecture in which a unit lies. One query."""
    line = Organisation.objects.filter(code__in=unit.ancestor_codes).order_by("path")
    kinds = (*Organisation.REPORTING_KINDS, Organisation.Kind.PREFECTURE)
    return next((row for row in reversed(line) if row.kind in kinds), unit)
