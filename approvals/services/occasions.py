"""A hearing, a review, a visit beside a step: recorded once, it stops the clock and starts it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from approvals import rules, selectors
from approvals.errors import OccasionOutOfOrder, ReasonMissing, WrongStatus
from approvals.models import Occasion, Step
from approvals.services.pauses import end_pause, start_pause
from approvals.services.records import refuse_future
from approvals.services.steps import locked_step, log
from deadlines.models import PauseKind
from deadlines.selectors import working_calendar
from papers.models import Paper
from papers.services import Upload
from projects.services.evidence import Proof, paper_of

NEXT = "整理结果后继续办理"


@dataclass(frozen=True, slots=True)
class OccasionFacts:
    """What takes place; `title` names its notice. A day may not lie ahead: then it has not begun."""

    kind: PauseKind
    title: str
    first_on: date
    expected_end_on: date
    next_step: str
    place: str = ""


@transaction.atomic
def begin_occasion(
    *, step_id: int, facts: OccasionFacts, actor: User, today: date, notice: Upload | None = None
) -> Occasion:
    """Record that an event of a step has begun; where the law or the promise excludes such time, the clock
    stands still from its first day, with the notice as proof.

    Raises:
        WrongStatus: the step is over.
        OccasionOutOfOrder: it ends before it begins.
        ReasonMissing: no title or no next step.
        DayOutOfOrder, DateOutOfOrder, AlreadyPaused: see pause_step.
        PermissionDenied, Step.DoesNotExist: see locked_step.

    Source: 行政许可法 45.
    """
    step = locked_step(step_id, actor=actor)
    if step.status not in rules.UNFINISHED:
        raise WrongStatus(
            f"“{step.step_type.short}”{step.get_status_display()}，不能再登记办理事项。",
            step=step.code,
            status=step.status,
        )
    refuse_future(facts.first_on, words="开始日期", today=today)
    if facts.expected_end_on < facts.first_on:
        raise OccasionOutOfOrder("预计结束不能早于开始；请核对日期。", first_on=facts.first_on)
    if not facts.title.strip() or not facts.next_step.strip():
        raise ReasonMissing("请写明名称（通知文号）和下一步。", verb="occasion")
    paper = _paper(step, notice, title=facts.title, actor=actor, today=today)
    return _begin(step, facts, actor=actor, today=today, notice=paper)


def _begin(
    step: Step,
    facts: OccasionFacts,
    *,
    actor: User,
    today: date,
    notice: Paper | None = None,
    course: Step | None = None,
) -> Occasion:
    why_counted = _why_counted(step, facts)
    pause = None
    if not why_counted:
        pause = start_pause(
            step,
            kind=facts.kind,
            first_on=facts.first_on,
            last_on=None,
            evidence=facts.title,
            expected_end_on=facts.expected_end_on,
            next_step=facts.next_step,
            paper=notice,
            actor=actor,
            today=today,
        )
    row = Occasion.objects.create(
        step=step,
        kind=facts.kind,
        title=facts.title.strip(),
        place=facts.place.strip(),
        first_on=facts.first_on,
        expected_end_on=facts.expected_end_on,
        next_step=facts.next_step.strip(),
        pause=pause,
        why_counted=why_counted,
        course=course,
        notice=notice,
        entered_by=actor,
    )
    said: dict[str, object] = {"kind": facts.kind.label, "title": row.title, "why_counted": why_counted}
    log(step, actor=actor, verb="step.occasion_begun", facts=said, occurred_on=facts.first_on)
    return row


def _why_counted(step: Step, facts: OccasionFacts) -> str:
    """Why no clock stands still for such an event; empty when it does."""
    if step.status == Step.Status.PAUSED:
        return "登记时已因其他事由暂停"
    if step.status != Step.Status.RUNNING or step.accepted_on is None:
        return "登记时尚未受理，还没有计时"
    if step.deadline is None:
        return "这一步没有规定时限"
    if facts.first_on < step.deadline.started_on:
        return "开始于受理之前"
    if facts.kind.code not in {kind.code for kind in selectors.excludable_kinds(step, on=facts.first_on)}:
        return f"承诺时限不扣除“{facts.kind.label}”时间"
    if not facts.kind.stops_statutory and step.deadline.committed_limit is None:
        return "不停法定线，这一步没有承诺线"
    return ""


@transaction.atomic
def end_occasion(
    *,
    occasion_id: int,
    last_on: date,
    outcome: str,
    actor: User,
    today: date,
    minutes: Upload | None = None,
) -> Occasion:
    """Record the last day of an event and what came of it; the pause that it made ends with it.

    Raises:
        OccasionOutOfOrder: it is over, or ends before it began.
        ReasonMissing: no outcome.
        DayOutOfOrder, Occasion.DoesNotExist.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step_id = Occasion.objects.visible_to(actor).values_list("step_id", flat=True).get(pk=occasion_id)
    step = locked_step(step_id, actor=actor)
    row = Occasion.objects.select_related("kind", "pause").get(pk=occasion_id)
    if row.last_on is not None:
        raise OccasionOutOfOrder(f"已于 {row.last_on} 结束；不用再登记。", last_on=row.last_on)
    refuse_future(last_on, words="结束日期", today=today)
    if last_on < row.first_on:
        raise OccasionOutOfOrder(f"开始于 {row.first_on}，结束不能早于它；请核对日期。", last_on=last_on)
    if not outcome.strip():
        raise ReasonMissing("请写明结果。", verb="occasion")
    row.minutes = _paper(step, minutes, title=f"{row.kind.label}记录", actor=actor, today=today)
    return _end(row, step, last_on=last_on, outcome=outcome.strip(), actor=actor, today=today)


def _end(
    row: Occasion, step: Step, *, last_on: date, outcome: str, actor: User | None, today: date
) -> Occasion:
    row.last_on, row.outcome = last_on, outcome
    row.save(update_fields=["last_on", "outcome", "minutes"])
    if row.pause is not None and row.pause.last_on is None and step.status == Step.Status.PAUSED:
        end_pause(step, last_on=last_on, actor=actor, today=today)
    said: dict[str, object] = {"kind": row.kind.label, "title": row.title, "outcome": outcome}
    log(step, actor=actor, verb="step.occasion_ended", facts=said, occurred_on=last_on)
    return row


def _paper(step: Step, upload: Upload | None, *, title: str, actor: User, today: date) -> Paper | None:
    return paper_of(actor=actor, project=step.project, proof=Proof(upload=upload), title=title, today=today)


# --- steps that are themselves the event of another: 方案审查 stops the works permit ----------------------


def follow_course(step: Step, *, actor: User, today: date) -> None:
    """After an acceptance: the step's own course is time that others of its project exclude, or the
    other way round. Nothing to do: one query or none.
    """
    code = rules.COURSE_OF.get(step.code)
    if code is not None:
        _stop_others(step, code, actor=actor, today=today)
    for course_code, kind_code in rules.COURSE_OF.items():
        if _excludes(step, kind_code, today):
            for course in _steps(step.project_id, codes=[course_code]):
                _begin_course(step, course, kind_code, actor=actor, today=today)


def _stop_others(course: Step, kind_code: str, *, actor: User, today: date) -> None:
    for other in _steps(course.project_id):
        if _excludes(other, kind_code, today):
            _begin_course(other, course, kind_code, actor=actor, today=today)


def _steps(project_id: int, codes: list[str] | None = None) -> list[Step]:
    """Running steps: those that are to be stopped under lock, a course only read. An acceptance that comes
    at the same moment waits for the step it would stop, and then finds it running.
    """
    rows = Step.objects.filter(project_id=project_id, status=Step.Status.RUNNING)
    rows = rows.select_for_update(of=("self",)) if codes is None else rows.filter(code__in=codes)
    related = ("project__organisation", "project__submitted_by", "step_type", "deadline")
    return list(rows.select_related(*related).order_by("pk"))


def _excludes(step: Step, kind_code: str, today: date) -> bool:
    """Whether the step's own promise names such time."""
    promise = selectors.promise_of(step)
    if promise is None or not promise.excluded or step.code in rules.COURSE_OF:
        return False
    return any(
        kind.code == kind_code and kind.label in promise.excluded
        for kind in selectors.excludable_kinds(step, on=today)
    )


def _begin_course(step: Step, course: Step, kind_code: str, *, actor: User, today: date) -> None:
    assert course.accepted_on is not None
    assert step.accepted_on is not None
    kind = next(k for k in selectors.excludable_kinds(step, on=today) if k.code == kind_code)
    first_on = max(course.accepted_on, step.accepted_on)
    due = course.deadline.due_on if course.deadline else None
    usual = rules.usual_end(first_on, kind.usual_days, working_calendar())
    facts = OccasionFacts(
        kind=kind,
        title=f"{course.code} {course.step_type.short}，{course.accepted_on} 受理",
        first_on=first_on,
        expected_end_on=max(first_on, due or usual or first_on),
        next_step=NEXT,
    )
    _begin(step, facts, actor=actor, today=today, course=course)


def end_occasions(step: Step, *, on: date, actor: User, today: date) -> None:
    """After a step's end: what it was the course of is over, and so is what took place beside it."""
    said = f"{step.step_type.short}{step.get_status_display()}"
    rows = Occasion.objects.open().select_related("kind", "pause")
    for row in rows.filter(course=step).order_by("pk"):
        [other] = (
            Step.objects.select_for_update(of=("self",))
            .select_related("project__organisation", "step_type", "deadline")
            .filter(pk=row.step_id)
        )
        _end(row, other, last_on=max(on, row.first_on), outcome=said, actor=actor, today=today)
    for row in rows.filter(step=step).order_by("pk"):
        _end(row, step, last_on=max(on, row.first_on), outcome=f"随步骤{step.get_status_display()}结束",
             actor=actor, today=today)  # fmt: skip
