"""What every change of a step begins and ends with: the lock, the state, the log."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.rights import Right, require
from approvals import rules
from approvals.errors import DayOutOfOrder, ReasonMissing, WrongStatus
from approvals.models import Decision, Step
from audit.services import record
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.services import Owner


def locked_step(step_id: int, *, actor: User) -> Step:
    """The step under a row lock, for its holder's side to change.

    Raises:
        Step.DoesNotExist: unknown, or not visible to the actor.
        PermissionDenied: the role runs no steps, or county staff reach for a step that another
            unit holds.
    """
    require(actor, Right.RUN_STEPS)
    step = (
        Step.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related(
            "project__organisation", "step_type", "holder_organisation", "deadline", "notice_deadline"
        )
        .get(pk=step_id)
    )
    require_hands(actor, step)
    return step


def require_hands(actor: User, step: Step) -> None:
    """Let the step's own side pass or raise PermissionDenied."""
    require(actor, Right.RUN_STEPS)
    if not runs_step(actor, step):
        raise PermissionDenied(
            f"“{step.step_type.short}”由{step.holder_organisation.name}办理，您的单位不能代为办理。"
        )


def runs_step(actor: User, step: Step) -> bool:
    """Whether the step is the actor's side to run: county staff run what their own unit holds."""
    unit = actor.reporting_unit
    return unit is None or step.holder_organisation.path.startswith(unit.path)


def refuse_unless(step: Step, verb: rules.Verb) -> None:
    """Refuse what the step's state does not allow."""
    if rules.may(verb, step.status):
        return
    raise WrongStatus(
        f"“{step.step_type.short}”现在是“{step.get_status_display()}”，不能{verb.label}；请刷新后再看。",
        step=step.code,
        status=step.status,
        verb=verb.value,
    )


def refuse_odd_day(step: Step, day: date, *, words: str, today: date) -> None:
    """Refuse a day in the future, or before the papers came in or were accepted."""
    if day > today:
        raise DayOutOfOrder(f"{words}不能晚于今天（{today}）。", day=day, today=today)
    if step.received_on is not None and day < step.received_on:
        raise DayOutOfOrder(
            f"{words} {day} 早于收件日期 {step.received_on}；请核对日期。",
            day=day,
            received_on=step.received_on,
        )
    if step.accepted_on is not None and day < step.accepted_on:
        raise DayOutOfOrder(
            f"{words} {day} 早于受理日期 {step.accepted_on}；请核对日期。",
            day=day,
            accepted_on=step.accepted_on,
        )


def refuse_silence(reason: str, verb: rules.Verb) -> str:
    """The reason without blanks; an ending without one is refused."""
    if not reason.strip():
        raise ReasonMissing(f"{verb.label}须写明原因。", verb=verb.value)
    return reason.strip()


def cancel_clocks(step: Step, closed_on: date, *, today: date) -> None:
    """All that still runs for a step falls away: the notice, the handling, the owed papers."""
    open_rows = Deadline.objects.open().filter(subject_kind=step._meta.label_lower, subject_id=step.pk)
    # What a pause promises ends with the promise that it stopped.
    others = open_rows.exclude(role__in=(Deadline.Role.VALIDITY, Deadline.Role.PAUSE_END))
    for deadline in others.order_by("pk"):
        clock.cancel(deadline_id=deadline.pk, stopped_on=max(closed_on, deadline.started_on), today=today)


def owner_of(step: Step) -> Owner:
    """Whose deadline a step's deadlines are."""
    project = step.project
    return Owner(
        subject=step,
        subject_label=step.step_type.short,
        holder_organisation=step.holder_organisation,
        scope_organisation=project.organisation,
        holder=step.holder,
        subject_code=step.code,
        stage=step.step_type.stage,
        project_id=project.pk,
        project_code=project.display_code,
        project_name=project.name,
    )


def log(
    step: Step, *, actor: User | None, verb: str, facts: dict[str, object], occurred_on: date | None = None
) -> None:
    """Write the change into the project's history."""
    record(
        actor=actor,
        verb=verb,
        subject=step,
        facts={"step": step.code, **facts},
        project_id=step.project_id,
        scope_path=step.project.organisation.path,
        occurred_on=occurred_on,
    )


def refresh_papers(project_id: int, *, today: date) -> None:
    """Tell each paper of the project whether an unfinished step still leans on it.

    Only then does its lapse turn a lamp red. Two queries when nothing changes.
    """
    decisions = list(
        Decision.objects.filter(step__project_id=project_id, validity__isnull=False)
        .select_related("validity", "step")
        .order_by("validity_id")
    )
    if not decisions:
        return
    # In the order of rounds, so that the last round of each code remains.
    latest = {
        code: (pk, status, merged_into, predecessors)
        for code, pk, status, merged_into, predecessors in Step.objects.filter(project_id=project_id)
        .order_by("round")
        .values_list("code", "pk", "status", "merged_into", "step_type__predecessors")
    }
    others = [(status, rules.read_predecessors(before)) for _, status, _, before in latest.values()]
    for decision in decisions:
        is_current = latest[decision.step.code][0] == decision.step_id
        own = {code for code, row in latest.items() if decision.step.code in (code, row[2])}
        is_open = is_current and rules.is_dependency_open(own, others)
        if decision.validity is not None and decision.validity.dependent_is_open != is_open:
            clock.mark_dependent(deadline_id=decision.validity.pk, is_open=is_open, today=today)
