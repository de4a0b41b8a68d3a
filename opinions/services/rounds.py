"""A round is drafted, sent, withdrawn, and done again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.rights import RIGHTS, Right, require
from audit.services import record
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner
from notifications.models import Message
from notifications.services import Notice, post_and_mail
from opinions import selectors
from opinions.errors import ReasonMissing, RoundEmpty, RoundNotDraft, RoundStillOpen
from opinions.following import tell_sent
from opinions.models import Request, Round, RoundKind
from opinions.services.locking import conclude_if_over, lock_round, log, need_reason, require_asker
from projects.models import Project

STAGE = "征求意见"
_ANSWERERS = [role for role, rights in RIGHTS.items() if Right.ANSWER_OPINION in rights]


@dataclass(frozen=True, slots=True)
class StepRef:
    """The step a round belongs to, as plain values: approvals stands above."""

    pk: int
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A department to ask, what, and why it."""

    department_id: int
    ask: str = ""
    reason: str = ""


@transaction.atomic
def draft_round(
    *,
    project: Project,
    kind: RoundKind,
    question: str,
    actor: User,
    today: date,
    asked: Sequence[Asked] | None = None,
    step: StepRef | None = None,
    redo_of: Round | None = None,
    redo_reason: str = "",
) -> Round:
    """Draft a round on a project that the caller found visible to the actor.

    Args:
        asked: None takes whom the dated table names for the project's facts.

    Raises:
        RoundEmpty: no question, or a department that may not be asked about this project.
    """
    require(actor, Right.ASK_OPINIONS)
    text = _question(question)
    # Numbers are given out one after the other.
    Project.objects.select_for_update().get(pk=project.pk)
    before = Round.objects.filter(project=project, kind__code=kind.code, step_id=step.pk if step else None)
    newest = before.aggregate(most=Max("number"))["most"] or 0
    round_ = Round.objects.create(
        project=project,
        kind=kind,
        step_id=step.pk if step else None,
        step_code=step.code if step else "",
        step_label=step.label if step else "",
        number=newest + 1,
        question=text,
        drafted_by=actor,
        redo_of=redo_of,
        redo_reason=redo_reason,
    )
    if asked is None:
        proposed = selectors.suggestions(project, on=today)
        asked = [Asked(each.department.pk, each.ask, each.reason) for each in proposed]
    _set_departments(round_, asked)
    _log(round_, actor=actor, verb="opinion.drafted", facts={"departments": len(asked)}, today=today)
    return round_


def _question(question: str) -> str:
    if not question.strip():
        raise RoundEmpty("还没有写明征求事项，部门会看到；补充后再保存。")
    return question.strip()[:2000]


def _set_departments(round_: Round, asked: Sequence[Asked]) -> None:
    allowed = {unit.pk for unit in selectors.departments_for(round_.project)}
    strangers = [each.department_id for each in asked if each.department_id not in allowed]
    if strangers:
        raise RoundEmpty("所选单位不是本州可征求意见的部门，请重新选择。", departments=strangers)
    round_.requests.exclude(organisation__in=[each.department_id for each in asked]).delete()
    present = set(round_.requests.values_list("organisation_id", flat=True))
    Request.objects.bulk_create(
        Request(
            round=round_, organisation_id=each.department_id, ask=each.ask[:200], reason=each.reason[:200]
        )
        for each in asked
        if each.department_id not in present
    )


@transaction.atomic
def change_draft(
    *, round_id: int, question: str, departments: Sequence[int], actor: User, today: date
) -> Round:
    """Other words, other departments, as long as nothing was sent.

    Raises:
        RoundNotDraft, RoundEmpty.
    """
    require(actor, Right.ASK_OPINIONS)
    round_ = _locked_draft(round_id, actor)
    round_.question = _question(question)
    round_.save(update_fields=["question"])
    proposed = {each.department.pk: each for each in selectors.suggestions(round_.project, on=today)}
    chosen = []
    for pk in departments:
        found = proposed.get(pk)
        chosen.append(Asked(pk, found.ask, found.reason) if found else Asked(pk, "", "经办人指定"))
    _set_departments(round_, chosen)
    _log(round_, actor=actor, verb="opinion.changed", facts={"departments": len(chosen)}, today=today)
    return round_


def _locked_draft(round_id: int, actor: User) -> Round:
    round_ = lock_round(round_id, actor=actor)
    require_asker(actor, round_)
    if round_.state != Round.State.DRAFT:
        raise RoundNotDraft(
            f"“{round_.title}”{round_.get_state_display()}，不能再修改或重发；需要时请重新征求。",
            round=round_.pk,
            state=round_.state,
        )
    return round_


@transaction.atomic
def send_round(*, round_id: int, actor: User, today: date, now: datetime) -> Round:
    """Send the draft: each department gets a clock, a message and its reminders; followers are told.

    The clock runs from today until a receipt is registered (`requests.receive`).

    Raises:
        RoundNotDraft: it was sent before.
        RoundEmpty: it asks nobody.
    """
    require(actor, Right.ASK_OPINIONS)
    round_ = _locked_draft(round_id, actor)
    requests = list(
        round_.requests.select_for_update(of=("self",)).select_related("organisation").order_by("pk")
    )
    if not requests:
        raise RoundEmpty("还没有选择征求的部门，选择后再发出。", round=round_.pk)
    round_.state, round_.sent_on = Round.State.OPEN, today
    round_.save(update_fields=["state", "sent_on"])
    for request in requests:
        request.round = round_
        _send(request, actor=actor, today=today, now=now)
    _tell_departments(round_, requests)
    names = "、".join(request.organisation.short_name for request in requests)
    _log(round_, actor=actor, verb="opinion.sent", facts={"departments": names}, today=today)
    tell_sent(round_, actor=actor, today=today)
    return round_


def _send(request: Request, *, actor: User, today: date, now: datetime) -> None:
    request.deadline = clocks.open_deadline(
        owner=owner_of(request),
        role=Deadline.Role.HANDLING,
        started_on=today,
        committed=line_of(request.round.kind),
        statutory=None,
        today=today,
        reminder_days=request.round.kind.reminder_days,
    )
    request.state, request.sent_on, request.sent_at = Request.State.SENT, today, now
    request.sent_by = actor
    request.save(update_fields=["deadline", "state", "sent_on", "sent_at", "sent_by"])


def owner_of(request: Request) -> Owner:
    """Whose clock a request's is: the department's, within the project's county."""
    project = request.round.project
    return Owner(
        subject=request,
        subject_label=f"反馈意见：{request.round.kind.label}"[:200],
        stage=STAGE,
        holder_organisation=request.organisation,
        holder=request.handler,
        scope_organisation=project.organisation,
        subject_code=request.round.step_code,
        project_id=project.pk,
        project_code=project.display_code,
        project_name=project.name,
    )


def line_of(kind: RoundKind) -> LineSpec:
    """The limit for an answer: where silence is consent, a line of its own kind."""
    meaning = LineKind.DEEMED_CONSENT if kind.may_lapse else LineKind.MAX
    return LineSpec(Line(limit=kind.limit_days, unit=Unit(kind.limit_unit), kind=meaning), kind.basis)


def _tell_departments(round_: Round, requests: Sequence[Request]) -> None:
    by_unit = {request.organisation_id: request for request in requests}
    people = User.objects.filter(is_active=True, role__in=_ANSWERERS, organisation__in=by_unit)
    silence = "逾期未反馈视为同意。" if round_.kind.may_lapse else ""
    post_and_mail(
        [
            Notice(
                recipient=person,
                kind=Message.Kind.NOTICE,
                key=f"opinion-{by_unit[person.organisation_id].pk}",
                title=f"请反馈意见：{round_.project.name}",
                body=f"{round_.title}，请签收并在 {round_.kind.limit_days}"
                f"{round_.kind.get_limit_unit_display()}内反馈。{silence}",
                url=by_unit[person.organisation_id].get_absolute_url(),
            )
            for person in people
            if person.organisation_id is not None
        ]
    )


@transaction.atomic
def withdraw_round(*, round_id: int, reason: str, actor: User, today: date) -> Round:
    """Take the whole round back; what was answered or lapsed stays on record.

    Raises:
        RoundStillOpen: it is over already.
        ReasonMissing.
    """
    require(actor, Right.ASK_OPINIONS)
    why = need_reason(reason, "撤回征求意见")
    round_ = lock_round(round_id, actor=actor)
    require_asker(actor, round_)
    if round_.state not in (Round.State.DRAFT, Round.State.OPEN):
        raise RoundStillOpen(
            f"“{round_.title}”{round_.get_state_display()}，不能撤回。", round=round_.pk, state=round_.state
        )
    was_open = round_.state == Round.State.OPEN
    rows = round_.requests.open().select_for_update(of=("self",)).select_related("organisation")
    for request in rows.order_by("pk"):
        request.round = round_
        withdraw_one(request, why, actor=actor, today=today)
    round_.withdrawn_reason = why
    round_.save(update_fields=["withdrawn_reason"])
    if was_open:
        conclude_if_over(round_, actor=actor, today=today)
    round_.state = Round.State.WITHDRAWN
    round_.save(update_fields=["state"])
    _log(round_, actor=actor, verb="opinion.withdrawn", facts={"reason": why}, today=today)
    return round_


def withdraw_one(request: Request, reason: str, *, actor: User, today: date) -> None:
    """One department need not answer any more; the caller has locked it and checked the right."""
    request.state, request.withdrawn_reason = Request.State.WITHDRAWN, reason
    request.save(update_fields=["state", "withdrawn_reason"])
    if request.deadline_id is not None:
        clocks.cancel(deadline_id=request.deadline_id, stopped_on=today, today=today)
    log(request, actor=actor, verb="opinion.withdrawn", facts={"reason": reason}, occurred_on=today)


@transaction.atomic
def redo_round(*, round_id: int, reason: str, actor: User, today: date) -> Round:
    """Draft the next round with the same question to the same departments; the old one stays as it is.

    Raises:
        RoundStillOpen: departments may still answer.
        ReasonMissing.
    """
    require(actor, Right.ASK_OPINIONS)
    if not reason.strip():
        raise ReasonMissing("重新征求须写明理由，补充后再办理。")
    old = lock_round(round_id, actor=actor)
    require_asker(actor, old)
    if old.state not in (Round.State.CONCLUDED, Round.State.WITHDRAWN):
        raise RoundStillOpen(
            f"“{old.title}”{old.get_state_display()}，办结或撤回后才能重新征求。",
            round=old.pk,
            state=old.state,
        )
    kind = next(k for k in selectors.kinds_in_force(today) if k.code == old.kind.code)
    step = StepRef(old.step_id, old.step_code, old.step_label) if old.step_id is not None else None
    return draft_round(
        project=old.project,
        kind=kind,
        question=old.question,
        actor=actor,
        today=today,
        asked=[Asked(row.organisation_id, row.ask, row.reason) for row in old.requests.order_by("pk")],
        step=step,
        redo_of=old,
        redo_reason=reason.strip()[:300],
    )


def _log(round_: Round, *, actor: User, verb: str, facts: dict[str, object], today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=round_,
        facts={"round": round_.title, **facts},
        project_id=round_.project_id,
        scope_path=round_.project.organisation.path,
        occurred_on=today,
    )
