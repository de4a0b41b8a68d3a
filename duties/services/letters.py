"""督办函: urge what is not done, in writing, with a day for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner, open_deadline
from duties import selectors
from duties.errors import LetterClosed, NothingToUrge, NotOwnTask, TaskIncomplete
from duties.models import LetterTask, Progress, SupervisionLetter, Task
from duties.services import clocks
from duties.services.locking import need_reason
from duties.services.tasks import Evidence
from notifications.models import Message
from notifications.services import tell_and_mail
from papers.models import Paper
from papers.services import PaperOwner, attach

LETTER = "duties.supervisionletter"
STAGE = "督办函"


@transaction.atomic
def urge(*, task_ids: Sequence[int], demand: str, actor: User, today: date) -> list[SupervisionLetter]:
    """Send a letter to each unit that holds some of the tasks; each has a clock for its answer.

    Numbered by year and issuer without a gap. Tasks that are reported or finished are left out.

    Returns: the letters, by unit.

    Raises:
        ReasonMissing: no demand.
        NothingToUrge: none of the tasks is with its holder.
        NotOwnTask: one was issued by another unit.

    Source: S0-07 推进缓慢即提醒督办; S1-20.
    """
    require(actor, Right.SUPERVISE)
    words = need_reason(demand, "督办（要求）")
    chosen = (
        selectors.urgeable(actor=actor)
        .filter(pk__in=list(task_ids))
        .select_for_update(of=("self",))
        .select_related("holder", "issued_for")
        .order_by("pk")
    )
    by_unit: dict[Organisation, list[Task]] = {}
    for task in chosen:
        if not selectors.issues(actor, task):
            raise NotOwnTask(f"“{task.title}”由{task.issued_for.name}交办，请由其督办。", task=task.pk)
        by_unit.setdefault(task.holder, []).append(task)
    if not by_unit or actor.organisation is None:
        raise NothingToUrge("所选任务已报告或已办结，不需要督办；刷新页面查看。")
    return [_send(unit, tasks, words, actor=actor, today=today) for unit, tasks in by_unit.items()]


def _send(
    unit: Organisation, tasks: Sequence[Task], demand: str, *, actor: User, today: date
) -> SupervisionLetter:
    issuer = actor.organisation
    assert issuer is not None
    # Numbers are given out one after the other.
    Organisation.objects.select_for_update().get(pk=issuer.pk)
    before = SupervisionLetter.objects.filter(issued_for=issuer, year=today.year)
    letter = SupervisionLetter.objects.create(
        year=today.year,
        serial=(before.aggregate(most=Max("serial"))["most"] or 0) + 1,
        issued_for=issuer,
        addressee=unit,
        demand=demand,
        sent_on=today,
        sent_by=actor,
    )
    letter.deadline = _clock(letter, today=today)
    letter.save(update_fields=["deadline"])
    LetterTask.objects.bulk_create(LetterTask(letter=letter, task=task) for task in tasks)
    for task in tasks:
        task.times_urged += 1
        task.save(update_fields=["times_urged"])
        Progress.objects.create(
            task=task,
            kind=Progress.Kind.URGED,
            text=f"{letter.number}：{demand}"[:2000],
            occurred_on=today,
            organisation=issuer,
            entered_by=actor,
        )
    due_on = letter.deadline.due_on
    tell_and_mail(
        recipients=User.objects.filter(
            is_active=True, organisation__path__startswith=unit.path, role__in=_READERS
        ),
        kind=Message.Kind.NOTICE,
        key=f"letter-{letter.pk}",
        title=f"督办函 {letter.number}：{len(tasks)} 项任务",
        body=f"请在 {due_on} 前回复办理情况。",
        url=letter.get_absolute_url(),
    )
    _log(letter, "supervision.sent", {"tasks": len(tasks), "due_on": due_on}, actor=actor, today=today)
    return letter


_READERS = (User.Role.COUNTY, User.Role.DEPARTMENT, User.Role.SECTION, User.Role.DISPATCH)


def _clock(letter: SupervisionLetter, *, today: date) -> Deadline:
    days = selectors.setting_on(today).letter_reply_days
    line = Line(limit=days, unit=Unit.WORKING_DAY, kind=LineKind.MAX)
    return open_deadline(
        owner=Owner(
            subject=letter,
            subject_label=f"回复督办函 {letter.number}",
            stage=STAGE,
            holder_organisation=letter.addressee,
            scope_organisation=letter.addressee,
        ),
        role=Deadline.Role.RECEIPT,
        started_on=today,
        committed=LineSpec(line, "督办函回复时限"),
        statutory=None,
        today=today,
    )


@transaction.atomic
def reply(
    *, letter_id: int, text: str, actor: User, today: date, evidence: Evidence | None = None
) -> SupervisionLetter:
    """回复: the unit says how it stands; the letter's clock stops.

    Raises:
        NotOwnTask: addressed to another unit.
        LetterClosed: replied before, or withdrawn.
        TaskIncomplete: nothing is written.
    """
    require(actor, Right.HANDLE_TASKS)
    letter = _locked(letter_id, actor)
    if not selectors.holds(actor, letter.addressee):
        raise NotOwnTask(f"{letter.number}发给{letter.addressee.name}，请由其回复。", letter=letter.pk)
    _refuse_closed(letter)
    if not text.strip():
        raise TaskIncomplete("还没有写明办理情况，补充后再回复。")
    if evidence is not None:
        unit = letter.addressee
        letter.paper = attach(
            actor=actor,
            owner=PaperOwner(LETTER, letter.pk, str(letter), None, unit, unit),
            upload=evidence.upload,
            kind=Paper.Kind.EVIDENCE,
            title=f"{letter.number}回复",
            today=today,
        )
    letter.state, letter.reply = SupervisionLetter.State.REPLIED, text.strip()[:2000]
    letter.replied_on, letter.replied_by = today, actor
    letter.save(update_fields=["state", "reply", "replied_on", "replied_by", "paper"])
    clocks.end(letter.deadline, on=today, today=today)
    _log(letter, "supervision.replied", {"reply": letter.reply[:300]}, actor=actor, today=today)
    return letter


@transaction.atomic
def withdraw_letter(*, letter_id: int, reason: str, actor: User, today: date) -> SupervisionLetter:
    """撤回: the unit need not answer; the letter keeps its number.

    Raises:
        ReasonMissing, LetterClosed.
    """
    require(actor, Right.SUPERVISE)
    why = need_reason(reason, "撤回督办函")
    letter = _locked(letter_id, actor)
    _refuse_closed(letter)
    letter.state, letter.withdrawn_reason = SupervisionLetter.State.WITHDRAWN, why
    letter.save(update_fields=["state", "withdrawn_reason"])
    clocks.drop(letter.deadline, today=today)
    _log(letter, "supervision.withdrawn", {"reason": why}, actor=actor, today=today)
    return letter


def _locked(letter_id: int, actor: User) -> SupervisionLetter:
    rows = SupervisionLetter.objects.visible_to(actor).select_for_update(of=("self",))
    return rows.select_related("addressee", "issued_for", "deadline").get(pk=letter_id)


def _refuse_closed(letter: SupervisionLetter) -> None:
    if letter.state != SupervisionLetter.State.SENT:
        raise LetterClosed(
            f"{letter.number}{letter.get_state_display()}，不能再办理；刷新页面查看。", state=letter.state
        )


def _log(letter: SupervisionLetter, verb: str, facts: dict[str, object], *, actor: User, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=letter,
        facts={"number": letter.number, "addressee": letter.addressee.name, **facts},
        scope_path=letter.addressee.path,
        occurred_on=today,
    )
