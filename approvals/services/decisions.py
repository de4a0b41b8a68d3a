"""How a step ends: decided, returned, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from accounts.models import User
from approvals import rules, selectors
from approvals.errors import DocNoMalformed, LimitNotChosen, PeriodNotOver, ReasonMissing, StepCarriesOthers
from approvals.models import Decision, Step
from approvals.services.acceptance import line_spec
from approvals.services.endings import end_undecided
from approvals.services.gates import refuse_decision
from approvals.services.occasions import end_occasions
from approvals.services.steps import (
    cancel_clocks,
    locked_step,
    log,
    owner_of,
    refresh_papers,
    refuse_odd_day,
    refuse_silence,
    refuse_unless,
)
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import LineKind
from projects.services.searching import name_document


@transaction.atomic
def decide_step(
    *,
    step_id: int,
    decided_on: date,
    result: str,
    actor: User,
    today: date,
    doc_no: str = "",
    note: str = "",
    facts: Mapping[str, object] | None = None,
    validity_limit_id: int | None = None,
) -> Step:
    """Finish a step: its clock stands still from `decided_on`, an open pause ends there.

    Where the paper is good for a time only, its own deadline starts that day.

    Args:
        doc_no: number of the document, brackets as typed; stored as 机关代字〔年〕号.
        validity_limit_id: which validity applies, where the catalogue gives alternatives.

    Raises:
        WrongStatus, DayOutOfOrder, DocNoMalformed, ReasonMissing (no result), LimitNotChosen.
        GateClosed: silence accepted the step, and a gate that was closed then still is.
        PeriodNotOver: a minimum period (公告不少于 …) is still running on `decided_on`.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.DECIDE)
    refuse_odd_day(step, decided_on, words="办结日期", today=today)
    if not result.strip():
        raise ReasonMissing("办结须写明结论。", verb=rules.Verb.DECIDE.value)
    number = _doc_no(doc_no)
    _refuse_early(step, decided_on)
    refuse_decision(step, on=decided_on)
    if step.deadline is not None and step.deadline.is_open:
        clock.stop(deadline_id=step.deadline.pk, stopped_on=decided_on, today=today)
    step.status, step.closed_on, step.closing_reason = Step.Status.DONE, decided_on, ""
    step.save(update_fields=["status", "closed_on", "closing_reason", "updated_at"])
    end_occasions(step, on=decided_on, actor=actor, today=today)
    validity = _open_validity(step, decided_on, validity_limit_id, today=today)
    Decision.objects.create(
        step=step,
        decided_on=decided_on,
        result=result.strip(),
        doc_no=number,
        note=note.strip(),
        facts=dict(facts or {}),
        validity=validity,
        decided_by=actor,
    )
    name_document(project_id=step.project_id, number=number)
    refresh_papers(step.project_id, today=today)
    log(
        step,
        actor=actor,
        verb="step.decided",
        facts={
            "result": result.strip(),
            "doc_no": number,
            "valid_until": validity.due_on if validity else None,
            "still_missing": list(_owed(step)),
        },
        occurred_on=decided_on,
    )
    return step


def _doc_no(text: str) -> str:
    number = rules.normalise_doc_no(text)
    if not rules.is_doc_no(number):
        raise DocNoMalformed(
            f"文号“{number}”不合规范；请写成“机关代字〔年〕号”，如“黔自然资审批〔2026〕12号”。", doc_no=number
        )
    return number


def _refuse_early(step: Step, decided_on: date) -> None:
    deadline = step.deadline
    if deadline is None or deadline.statutory_kind != LineKind.MIN:
        return
    possible_on = rules.next_possible_on(deadline.statutory_due_on)
    if possible_on is None or decided_on < possible_on:
        until = f"{deadline.statutory_due_on} 期满，{possible_on} 起可办结" if possible_on else "正在暂停"
        raise PeriodNotOver(
            f"“{step.step_type.short}”的最短期间未满（{until}）。",
            possible_on=possible_on,
            last_day=deadline.statutory_due_on,
        )


def _open_validity(
    step: Step, decided_on: date, validity_limit_id: int | None, *, today: date
) -> Deadline | None:
    alternatives = selectors.validities(step)
    try:
        chosen = rules.choose(alternatives, validity_limit_id)
    except LookupError:
        raise LimitNotChosen(
            f"“{step.step_type.short}”有 {len(alternatives)} 种有效期，请选择适用的一种。",
            step=step.code,
            choices=[{"limit_id": limit.id, "basis": limit.basis} for limit in alternatives],
        ) from None
    spec = line_spec(step.step_type.limits.get(pk=chosen.id)) if chosen else None
    if spec is None:
        return None
    return clock.open_deadline(
        owner=owner_of(step),
        role=Deadline.Role.VALIDITY,
        started_on=decided_on,
        committed=None,
        statutory=spec,
        today=today,
    )


def _owed(step: Step) -> list[str]:
    return list(
        step.materials.filter(is_missing=True, supplied_on__isnull=True).values_list("name", flat=True)
    )


@transaction.atomic
def return_step(*, step_id: int, returned_on: date, reason: str, actor: User, today: date) -> Step:
    """Send a step back (退回、不予许可), with the reason that the applicant is told.

    Raises:
        WrongStatus, DayOutOfOrder, ReasonMissing.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    return end_undecided(step, rules.Verb.RETURN, on=returned_on, reason=reason, actor=actor, today=today)


@transaction.atomic
def withdraw_step(*, step_id: int, withdrawn_on: date, reason: str, actor: User, today: date) -> Step:
    """The applicant takes the matter back; its clocks fall away.

    Raises:
        WrongStatus, DayOutOfOrder, ReasonMissing.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    return end_undecided(step, rules.Verb.WITHDRAW, on=withdrawn_on, reason=reason, actor=actor, today=today)


@transaction.atomic
def mark_not_involved(*, step_id: int, reason: str, actor: User, today: date) -> Step:
    """Set a step aside that this project does not need; it then satisfies what comes after.

    Raises:
        WrongStatus: it is under way or over.
        StepCarriesOthers: other steps were merged into it.
        ReasonMissing.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.NOT_INVOLVED)
    return set_aside(step, refuse_silence(reason, rules.Verb.NOT_INVOLVED), actor=actor, today=today)


def set_aside(step: Step, said: str, *, actor: User, today: date, merged_into: str = "") -> Step:
    """Set a locked step aside for what was `said`: its clocks and occasions end with it.

    Args:
        merged_into: the code of the step that does its work; what follows waits for that one.

    Raises:
        StepCarriesOthers: others were merged into it, and it would be merged into none itself.
    """
    if not merged_into:
        _refuse_with_others(step)
    cancel_clocks(step, today, today=today)
    step.status = Step.Status.NOT_INVOLVED
    step.closing_reason = said
    step.merged_into = merged_into
    step.save(update_fields=["status", "closing_reason", "merged_into", "updated_at"])
    end_occasions(step, on=today, actor=actor, today=today)
    refresh_papers(step.project_id, today=today)
    log(step, actor=actor, verb="step.not_involved", facts={"reason": said})
    return step


def _refuse_with_others(step: Step) -> None:
    """What follows a merged step would wait for nothing. One query."""
    merged = Step.objects.filter(project_id=step.project_id, merged_into=step.code)
    names = [f"{other.code} {other.step_type.short}" for other in merged.select_related("step_type")]
    if names:
        raise StepCarriesOthers(
            f"{'、'.join(sorted(names))}已并入本步骤办理，不能改为不涉及；请先重新启用并入的步骤。",
            merged=sorted(names),
        )
