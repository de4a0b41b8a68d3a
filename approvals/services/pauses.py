"""A step's clock stands still, runs on, and is given more time."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from approvals import rules, selectors
from approvals.errors import ExtensionTooLong, NoClock, PauseNotExcluded, PauseWithoutEnd
from approvals.models import Step, StepLimit
from approvals.services.steps import locked_step, log, refuse_unless
from deadlines import services as clock
from deadlines.errors import AlreadyPaused
from deadlines.models import Deadline, Extension, Pause, PauseKind
from deadlines.rules import LineName
from deadlines.selectors import working_calendar
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach


@transaction.atomic
def pause_step(
    *,
    step_id: int,
    kind: PauseKind,
    first_on: date,
    evidence: str,
    actor: User,
    today: date,
    last_on: date | None = None,
    expected_end_on: date | None = None,
    next_step: str = "",
    proof: Upload | None = None,
) -> Pause:
    """Record time that does not count, both ends included, with the paper that proves it.

    The eight reasons of 行政许可法45 stop both lines. Another reason stops the committed line
    alone, and only where this step's own promise excludes it.

    Args:
        last_on: None while it lasts; the step then stands as paused.
        expected_end_on, next_step: by when it should be over, and what comes then; a pause that lasts
            must say both. Who holds the step is reminded of the day.
        proof: the file of the evidence; it can be handed in later.

    Raises:
        WrongStatus, NoClock.
        PauseNotExcluded: the step's promise does not exclude such time.
        PauseWithoutEnd: it lasts, and says no end or no next step; the facts propose the usual end.
        AlreadyPaused, DateOutOfOrder, PauseReasonUnlawful: see deadlines.services.pause.
        PaperRefused and others: see papers.services.attach.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    row = start_pause(
        step,
        kind=kind,
        first_on=first_on,
        last_on=last_on,
        evidence=evidence,
        expected_end_on=expected_end_on,
        next_step=next_step,
        actor=actor,
        today=today,
    )
    if proof is not None:
        _hang(row, step, proof, title=row.evidence, occurred_on=None, actor=actor, today=today)
    return row


def start_pause(
    step: Step,
    *,
    kind: PauseKind,
    first_on: date,
    last_on: date | None,
    evidence: str,
    expected_end_on: date | None,
    next_step: str,
    actor: User,
    today: date,
    paper: Paper | None = None,
) -> Pause:
    """Pause a locked step. Raises as pause_step."""
    if step.status == Step.Status.PAUSED and last_on is None:
        raise AlreadyPaused(
            f"“{step.step_type.short}”已在暂停中；请先恢复计时，再登记新的暂停。", step=step.code
        )
    if step.status != Step.Status.PAUSED:
        refuse_unless(step, rules.Verb.PAUSE)
    deadline = _clock_of(step)
    _refuse_not_excluded(step, kind)
    if last_on is None:
        _refuse_endless(kind, first_on, expected_end_on, next_step)
    row = clock.pause(
        deadline_id=deadline.pk,
        kind=kind,
        first_on=first_on,
        last_on=last_on,
        evidence=evidence,
        expected_end_on=expected_end_on,
        next_step=next_step.strip(),
        actor=actor,
        today=today,
    )
    if paper is not None:
        row.paper = paper
        row.save(update_fields=["paper"])
    if last_on is None:
        _set_status(step, Step.Status.PAUSED)
    log(
        step,
        actor=actor,
        verb="step.paused",
        facts={"kind": kind.label, "first_on": first_on, "last_on": last_on, "evidence": row.evidence},
        occurred_on=first_on,
    )
    return row


@transaction.atomic
def prove_pause(
    *,
    pause_id: int,
    proof: Upload,
    actor: User,
    today: date,
    title: str = "",
    occurred_on: date | None = None,
) -> Pause:
    """Hand in the file behind a pause, or another in its place; the earlier one stays in the dossier.

    Args:
        title: what the office calls it; empty takes what the pause names as evidence.

    Raises:
        PaperRefused and others: see papers.services.attach.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step, row = _locked_pause(pause_id, actor=actor)
    _hang(row, step, proof, title=title or row.evidence, occurred_on=occurred_on, actor=actor, today=today)
    return row


def _hang(
    row: Pause, step: Step, proof: Upload, *, title: str, occurred_on: date | None, actor: User, today: date
) -> None:
    project = step.project
    row.paper = attach(
        actor=actor,
        owner=PaperOwner(
            kind=row._meta.label_lower,
            pk=row.pk,
            label=f"{step.step_type.short} {row}",
            project_id=project.pk,
            organisation=project.organisation,
            department=project.submitted_by if project.submitted_by_id != project.organisation_id else None,
        ),
        upload=proof,
        kind=Paper.Kind.EVIDENCE,
        title=title,
        today=today,
        occurred_on=occurred_on,
    )
    row.save(update_fields=["paper"])


@transaction.atomic
def plan_pause(
    *, pause_id: int, actor: User, today: date, expected_end_on: date | None = None, next_step: str = ""
) -> Pause:
    """Say anew when an open pause should end and what comes next; reminders follow.

    Raises:
        NotPaused: the pause is over.
        DateOutOfOrder: the end lies before the beginning.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step, before = _locked_pause(pause_id, actor=actor)
    row = clock.plan_pause(
        pause_id=pause_id, expected_end_on=expected_end_on, next_step=next_step, today=today
    )
    log(
        step,
        actor=actor,
        verb="step.pause_planned",
        facts={
            "kind": row.kind.label,
            "from": before.expected_end_on,
            "expected_end_on": row.expected_end_on,
            "next_step": row.next_step,
        },
    )
    return row


def _locked_pause(pause_id: int, *, actor: User) -> tuple[Step, Pause]:
    row = Pause.objects.select_related("kind", "deadline").get(pk=pause_id)
    return locked_step(row.deadline.subject_id, actor=actor), row


def _clock_of(step: Step) -> Deadline:
    if step.deadline is None:
        raise NoClock(f"“{step.step_type.short}”没有规定时限，没有计时可以变动。", step=step.code)
    return step.deadline


def _refuse_not_excluded(step: Step, kind: PauseKind) -> None:
    committed = selectors.promise_of(step)
    excluded = committed.excluded if committed is not None else []
    # Without any promise there is no line to stop, which the clock says in its own words.
    promised = step.deadline is not None and step.deadline.committed_limit is not None
    if kind.stops_statutory or kind.label in excluded or not promised:
        return
    named = "、".join(excluded) or "无"
    raise PauseNotExcluded(
        f"“{step.step_type.short}”的承诺时限不扣除“{kind.label}”时间（承诺不计入：{named}）。",
        kind=kind.code,
        excluded=excluded,
    )


def _refuse_endless(kind: PauseKind, first_on: date, expected_end_on: date | None, next_step: str) -> None:
    if expected_end_on is not None and next_step.strip():
        return
    proposed = rules.usual_end(first_on, kind.usual_days, working_calendar())
    usual = f"“{kind.label}”通常 {kind.usual_days} 个工作日，可填 {proposed}。" if proposed else ""
    raise PauseWithoutEnd(
        f"仍在暂停的，须写明预计结束日期和下一步。{usual}", kind=kind.code, proposed=proposed
    )


@transaction.atomic
def resume_step(*, step_id: int, last_on: date, actor: User, today: date) -> Pause:
    """End the open pause; `last_on` is its last day and still does not count.

    Raises:
        WrongStatus: the step is not paused.
        DateOutOfOrder: see deadlines.services.resume.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.RESUME)
    return end_pause(step, last_on=last_on, actor=actor, today=today)


def end_pause(step: Step, *, last_on: date, actor: User | None, today: date) -> Pause:
    """End the open pause of a locked step. Raises as resume_step."""
    row = clock.resume(deadline_id=_clock_of(step).pk, last_on=last_on, today=today)
    _set_status(step, Step.Status.RUNNING)
    log(
        step,
        actor=actor,
        verb="step.resumed",
        facts={"kind": row.kind.label, "first_on": row.first_on, "last_on": last_on},
        occurred_on=last_on,
    )
    return row


def _set_status(step: Step, status: Step.Status) -> None:
    step.status = status
    step.save(update_fields=["status", "updated_at"])


@transaction.atomic
def extend_step(
    *,
    step_id: int,
    line: LineName,
    days: int,
    approved_by: str,
    approved_on: date,
    told_on: date,
    reason: str,
    actor: User,
    today: date,
) -> Extension:
    """Add days that the head of the office granted, in the line's own unit.

    Raises:
        WrongStatus, NoClock.
        ExtensionTooLong: more, in sum, than the limit's law allows.
        NoSuchLine, DateOutOfOrder: see deadlines.services.extend.
        PermissionDenied, Step.DoesNotExist: see locked_step.

    Source: 行政许可法 42.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.EXTEND)
    deadline = _clock_of(step)
    most = most_extension(step, deadline, line)
    granted = getattr(deadline, f"{line}_extension")
    if most == 0:
        raise ExtensionTooLong(
            f"{line.label}的依据没有规定可以延长（{deadline.statutory_basis}）；"
            "确有规定的，请先在步骤目录中写明可延长的时间。",
            most=most,
            granted=granted,
        )
    if most is not None and granted + days > most:
        raise ExtensionTooLong(
            f"{line.label}最多可延长 {most}{deadline.get_statutory_unit_display()}"
            f"（已延长 {granted}）；请核对天数。",
            most=most,
            granted=granted,
        )
    row = clock.extend(
        deadline_id=deadline.pk,
        line=line,
        days=days,
        approved_by=approved_by,
        approved_on=approved_on,
        told_on=told_on,
        reason=reason,
        actor=actor,
        today=today,
    )
    log(
        step,
        actor=actor,
        verb="step.extended",
        facts={"line": line.value, "days": days, "approved_by": approved_by, "was_late": row.was_late},
        occurred_on=approved_on,
    )
    return row


def most_extension(step: Step, deadline: Deadline, line: LineName) -> int | None:
    """What the law of the chosen limit allows, 0 where it names no extension; None: nobody's law.

    No query where the step's limits are loaded.
    """
    if line is not LineName.STATUTORY:
        return None
    if step.is_joint:
        return selectors.handling_setting(deadline.started_on).joint_extension_days
    for row in step.step_type.limits.all():
        if row.line == StepLimit.LineName.STATUTORY and row.basis == deadline.statutory_basis:
            return row.extension or 0
    return None
