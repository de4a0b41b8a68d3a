"""A step asks departments; its committed line stands still while any of them may still answer."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from approvals import rules, selectors
from approvals.errors import WrongStatus
from approvals.models import Step
from approvals.services.pauses import end_pause, start_pause
from approvals.services.steps import locked_step
from deadlines.models import Deadline, PauseKind
from deadlines.selectors import working_calendar
from opinions.following import Follower, follow
from opinions.models import Round
from opinions.selectors import kind_for_step, kinds_in_force
from opinions.services.rounds import StepRef, draft_round

OPINION_ROUND = "OPINION_ROUND"


@transaction.atomic
def draft_step_round(*, step_id: int, question: str, actor: User, today: date) -> Round:
    """Draft a round of opinions for a step, to the departments that the project's facts concern.

    Raises:
        WrongStatus: the step is over or not involved.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    if step.status not in (*rules.WAITING, *Step.OPEN_STATUSES):
        raise WrongStatus(
            f"“{step.step_type.short}”{step.get_status_display()}，不能再征求意见；需要时请先重新启用。",
            step=step.code,
            status=step.status,
        )
    return draft_round(
        project=step.project,
        kind=kind_for_step(kinds_in_force(today), step.code),
        question=question,
        actor=actor,
        today=today,
        step=StepRef(step.pk, step.code, step.step_type.short),
    )


def pause_for_round(round_: Round, actor: User, today: date) -> None:
    """Stop the committed line of the round's step, where the promise excludes such time.

    Nothing to stop: no step, not under way, standing still already, or a promise that counts the
    time through. The round is the pause's proof.
    """
    step = _locked(round_)
    if step is None or step.status != Step.Status.RUNNING or step.deadline is None:
        return
    kind = _excluded_kind(step, today)
    if kind is None or step.deadline.committed_limit is None or today < step.deadline.started_on:
        return
    due = [request.due_on for request in round_.requests.select_related("deadline") if request.due_on]
    usual = rules.usual_end(today, kind.usual_days, working_calendar())
    round_.pause = start_pause(
        step,
        kind=kind,
        first_on=today,
        last_on=None,
        evidence=f"{round_.title}，{today} 发出",
        expected_end_on=max(due, default=usual or today),
        next_step="收齐部门意见",
        actor=actor,
        today=today,
    )
    round_.save(update_fields=["pause"])


def _locked(round_: Round) -> Step | None:
    if round_.step_id is None:
        return None
    rows = Step.objects.select_for_update(of=("self",)).filter(pk=round_.step_id)
    return rows.select_related("project__organisation", "step_type", "deadline").first()


def _excluded_kind(step: Step, today: date) -> PauseKind | None:
    kinds = selectors.excludable_kinds(step, on=today)
    return next((kind for kind in kinds if kind.code == OPINION_ROUND), None)


def resume_after_round(round_: Round, last_on: date, today: date) -> None:
    """Let the step's clock run on from the day after the last answer or silence.

    While another round of the same step is open, the stop passes over to it.
    """
    if round_.pause_id is None:
        return
    step = _locked(round_)
    if step is None or step.deadline_id is None or round_.pause is None:
        return
    other = Round.objects.filter(step_id=round_.step_id, state=Round.State.OPEN).exclude(pk=round_.pk).first()
    if other is not None:
        other.pause = round_.pause
        other.save(update_fields=["pause"])
        return
    pause = round_.pause
    pause.refresh_from_db()
    deadline = Deadline.objects.get(pk=step.deadline_id)
    if pause.last_on is not None or not deadline.is_open or step.status != Step.Status.PAUSED:
        return
    end_pause(step, last_on=min(max(last_on, pause.first_on), today), actor=None, today=today)


def follow_rounds() -> None:
    """Called once when the app is ready."""
    follow(Follower(name="approvals", sent=pause_for_round, concluded=resume_after_round))
