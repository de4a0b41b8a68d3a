"""A step is accepted, complete or with papers still owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from approvals import rules, selectors
from approvals.errors import (
    AcceptanceDayBound,
    HolderElsewhere,
    LimitNotChosen,
    MaterialNotMissing,
    PromiseMissing,
)
from approvals.models import Material, SetCheckItem, Step, StepLimit
from approvals.own_terms import own_terms
from approvals.services.checks import end_check_promises
from approvals.services.endings import end_undecided
from approvals.services.gates import refuse_closed
from approvals.services.occasions import follow_course
from approvals.services.steps import (
    locked_step,
    log,
    owner_of,
    refresh_papers,
    refuse_odd_day,
    refuse_unless,
)
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.selectors import working_calendar
from deadlines.services import LineSpec

MISSING_PAPERS_BASIS = "容缺受理承诺补齐"
JOINT_BASIS = "行政许可法第四十二条第二款：统一、联合、集中办理"


@dataclass(frozen=True, slots=True)
class LimitChoice:
    """Which statutory limit times the handling.

    limit_id: where the catalogue gives alternatives. is_joint: the step is handled jointly with
    other authorities (统一、联合、集中办理); the office's own 45 working days replace its limit.
    """

    limit_id: int | None = None
    is_joint: bool = False


@transaction.atomic
def accept_step(
    *,
    step_id: int,
    accepted_on: date,
    actor: User,
    today: date,
    limit_id: int | None = None,
    is_joint: bool = False,
    missing: Sequence[str] = (),
    promised_on: date | None = None,
    holder: User | None = None,
) -> Step:
    """Accept a step and start its clock on `accepted_on`, which is day 0.

    With papers missing it is accepted all the same (容缺受理): each is listed, and their own
    deadline runs until `promised_on`. Predecessors that are not done are recorded in
    `started_early`; they warn and never block (边组边审). A step whose law gives no number runs
    without a clock. After a receipt the day is bound: see rules.binding_acceptance_day.

    Args:
        limit_id, is_joint: see LimitChoice.
        missing: names of papers still owed; names outside of the checklist are added to it.
        promised_on: by when they come; None means the office's own period (HandlingSetting).
        holder: who works on it; None leaves it to the organisation.

    Raises:
        WrongStatus, DayOutOfOrder, LimitNotChosen, PromiseMissing, HolderElsewhere.
        AcceptanceDayBound: the receipt and the notice leave another day only.
        GateClosed: a gate that guards the step is closed; see services.gates.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.ACCEPT)
    refuse_odd_day(step, accepted_on, words="受理日期", today=today)
    _refuse_other_day(step, accepted_on)
    step.gate_marks = refuse_closed(step, on=accepted_on)
    if holder is not None:
        refuse_foreign_holder(step, holder)
        step.holder = holder
    owed = list(dict.fromkeys(name.strip() for name in missing if name.strip()))
    begin(step, accepted_on=accepted_on, choice=LimitChoice(limit_id, is_joint), owed=owed, today=today)
    promised = _list_materials(step, owed, promised_on=promised_on, today=today)
    refresh_papers(step.project_id, today=today)
    log(
        step,
        actor=actor,
        verb="step.accepted",
        facts={"missing": owed, "promised_on": promised, **acceptance_facts(step)},
        occurred_on=accepted_on,
    )
    follow_course(step, actor=actor, today=today)
    return step


def begin(step: Step, *, accepted_on: date, choice: LimitChoice, owed: Sequence[str], today: date) -> None:
    """Start the clock of a locked step; the notice's window ends with it."""
    unmet = selectors.unmet_before(step, selectors.states_before(step), on=accepted_on)
    step.is_joint = choice.is_joint
    step.deadline = _open_clock(step, accepted_on=accepted_on, choice=choice, today=today)
    window = step.notice_deadline
    if window is not None and window.is_open:
        clock.stop(deadline_id=window.pk, stopped_on=accepted_on, today=today)
    end_check_promises(step, on=accepted_on, today=today)
    step.status = Step.Status.RUNNING
    step.accepted_on = accepted_on
    step.accepted_complete = not owed
    step.started_early = [entry.code for entry in unmet]
    step.closing_reason = ""
    step.save(
        update_fields=[
            "holder",
            "deadline",
            "status",
            "is_joint",
            "is_deemed_accepted",
            "accepted_on",
            "accepted_complete",
            "started_early",
            "gate_marks",
            "closing_reason",
            "updated_at",
        ]
    )


def acceptance_facts(step: Step) -> dict[str, object]:
    """What the log keeps of every acceptance, so that it can be replayed."""
    return {
        "started_early": step.started_early,
        "is_joint": step.is_joint,
        "gate_marks": step.gate_marks,
        "due_on": step.deadline.due_on if step.deadline else None,
    }


def _refuse_other_day(step: Step, accepted_on: date) -> None:
    receipt = selectors.receipt_of(step)
    bound = rules.binding_acceptance_day(receipt, accepted_on=accepted_on) if receipt else None
    if receipt is None or bound is None:
        return
    if receipt.was_told_in_time:
        message = f"已于 {bound} 一次告知补正，受理日期不能早于告知日；请填材料补齐的日期。"
    else:
        until = receipt.notice_until
        message = f"{until} 前未告知补正，自收到材料之日起即为受理；请把受理日期填为 {bound}。"
    raise AcceptanceDayBound(message, accepted_on=accepted_on, bound_on=bound)


def refuse_foreign_holder(step: Step, holder: User) -> None:
    """Refuse a person who does not work in the organisation that holds the step."""
    own = holder.organisation
    if own is None or not own.path.startswith(step.holder_organisation.path) or not holder.is_active:
        raise HolderElsewhere(
            f"{holder.label}不在{step.holder_organisation.name}；请先改派责任单位。", holder=holder.pk
        )


def _open_clock(step: Step, *, accepted_on: date, choice: LimitChoice, today: date) -> Deadline | None:
    committed, statutory = lines_of(step, choice, on=accepted_on)
    if committed is None and statutory is None:
        return None
    return clock.open_deadline(
        owner=owner_of(step),
        role=Deadline.Role.HANDLING,
        started_on=accepted_on,
        committed=committed,
        statutory=statutory,
        today=today,
    )


def lines_of(step: Step, choice: LimitChoice, *, on: date) -> tuple[LineSpec | None, LineSpec | None]:
    """The committed and the statutory line of a step in its round.

    The committed one is the catalogue's, or the shorter one of the holder's own level (S1-21).

    Raises:
        LimitNotChosen: the catalogue gives alternatives and none, or a foreign one, was chosen.
    """
    promise = selectors.promise_of(step)
    committed = line_spec(promise) if promise else None
    own = own_terms(on=on, codes=[step.code]).of_step(step)
    if own is not None:
        committed = LineSpec(
            Line(limit=own.days, unit=Unit(own.unit)), f"{own.organisation.short_name}本地承诺：{own.basis}"
        )
    if choice.is_joint:
        return committed, _joint_line(on)
    alternatives = rules.handling_limits(selectors.step_limits(step))
    try:
        chosen = rules.choose(alternatives, choice.limit_id)
    except LookupError:
        raise LimitNotChosen(
            f"“{step.step_type.short}”有 {len(alternatives)} 种法定时限，请选择适用的一种。",
            step=step.code,
            choices=[{"limit_id": limit.id, "basis": limit.basis} for limit in alternatives],
        ) from None
    rows = {row.pk: row for row in step.step_type.limits.all()}
    return committed, line_spec(rows[chosen.id]) if chosen else None


def _joint_line(on: date) -> LineSpec:
    days = selectors.handling_setting(on).joint_days
    return LineSpec(Line(limit=days), JOINT_BASIS)


def line_spec(row: StepLimit) -> LineSpec | None:
    """A limit of the catalogue as a line to be stored; None where the law gives no number."""
    if row.value is None:
        return None
    line = Line(limit=row.value, unit=Unit(row.unit), kind=LineKind(row.kind), is_reference=row.is_reference)
    return LineSpec(line, row.basis)


def _list_materials(step: Step, owed: Sequence[str], *, promised_on: date | None, today: date) -> date | None:
    """Write the checklist as it stands; returns the day by which the owed papers come."""
    names = list(dict.fromkeys([*step.step_type.materials, *owed]))
    deadline = _open_promise(step, owed, promised_on=promised_on, today=today) if owed else None
    due = (promised_on or deadline.due_on) if deadline else None
    step.materials.all().delete()
    # What the check of the set saw of each paper; the last run counts.
    seen = SetCheckItem.objects.filter(check_run__step=step).order_by("check_run__number")
    versions = dict(seen.values_list("name", "version"))
    Material.objects.bulk_create(
        Material(
            step=step,
            name=name[:200],
            version=versions.get(name[:200], ""),
            is_missing=name in owed,
            promised_on=due if name in owed else None,
            deadline=deadline if name in owed else None,
        )
        for name in names
    )
    return due


def _open_promise(step: Step, owed: Sequence[str], *, promised_on: date | None, today: date) -> Deadline:
    accepted_on = step.accepted_on
    if accepted_on is None or (promised_on is not None and promised_on <= accepted_on):
        raise PromiseMissing(
            f"缺 {len(owed)} 件材料，承诺补齐日期应在受理日期之后。",
            missing=list(owed),
            promised_on=promised_on,
        )
    calendar = working_calendar()
    if promised_on is None:
        line = Line(limit=selectors.handling_setting(accepted_on).missing_papers_days)
    elif calendar.is_working(promised_on):
        line = Line(limit=calendar.count(accepted_on, promised_on))
    else:
        line = Line(limit=(promised_on - accepted_on).days, unit=Unit.CALENDAR_DAY)
    return clock.open_deadline(
        owner=owner_of(step),
        role=Deadline.Role.MISSING_PAPERS,
        started_on=accepted_on,
        committed=LineSpec(line, MISSING_PAPERS_BASIS),
        statutory=None,
        today=today,
    )


@transaction.atomic
def supply_material(
    *, step_id: int, material_id: int, supplied_on: date, actor: User, today: date
) -> Material:
    """Record that an owed paper came; the last one closes their deadline.

    Raises:
        WrongStatus, DayOutOfOrder.
        MaterialNotMissing: the paper is not owed, or has come already.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    refuse_unless(step, rules.Verb.SUPPLY)
    refuse_odd_day(step, supplied_on, words="补齐日期", today=today)
    row = step.materials.filter(pk=material_id, is_missing=True, supplied_on__isnull=True).first()
    if row is None:
        raise MaterialNotMissing("这件材料不在待补清单中，或已经补齐。", material=material_id)
    row.supplied_on = supplied_on
    row.save(update_fields=["supplied_on"])
    owed = step.materials.filter(is_missing=True, supplied_on__isnull=True, deadline=row.deadline)
    if row.deadline is not None and row.deadline.is_open and not owed.exists():
        clock.stop(deadline_id=row.deadline.pk, stopped_on=supplied_on, today=today)
    log(step, actor=actor, verb="step.supplied", facts={"material": row.name}, occurred_on=supplied_on)
    return row


@transaction.atomic
def reject_step(*, step_id: int, rejected_on: date, reason: str, actor: User, today: date) -> Step:
    """Refuse to take a step in (不予受理), with the reason that the applicant is told.

    Raises:
        WrongStatus, DayOutOfOrder, ReasonMissing.
        PermissionDenied, Step.DoesNotExist: see locked_step.
    """
    step = locked_step(step_id, actor=actor)
    return end_undecided(step, rules.Verb.REJECT, on=rejected_on, reason=reason, actor=actor, today=today)
