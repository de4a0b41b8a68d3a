"""交办、接收、进展、报告、核验、退回、撤销: every verb of a task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from deadlines import services as clock
from duties import selectors
from duties.errors import (
    DayOutOfOrder,
    HolderElsewhere,
    NotOwnTask,
    OwnReport,
    TaskHasOpenParts,
    TaskIncomplete,
    TaskNotOpen,
)
from duties.following import tell_reopened, tell_verified, tell_withdrawn
from duties.models import CoHolder, Problem, Progress, Task, TaskBook
from duties.services import clocks
from duties.services.locking import lock_problem, lock_task, need_reason
from duties.services.problem_state import follow_tasks, follow_unfinished
from notifications.models import Message
from notifications.services import Notice, post_and_mail
from papers.models import Paper
from papers.services import PaperOwner, Upload, attach
from projects.models import Project

TASK = "duties.task"
_HANDLERS = (User.Role.COUNTY, User.Role.DEPARTMENT, User.Role.SECTION, User.Role.DISPATCH)


@dataclass(frozen=True, slots=True)
class Source:
    """What ordered a task: a resolution of a meeting, a problem, a letter. Plain values."""

    kind: str
    pk: int
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task to be issued.

    Attributes:
        requirement: what counts as done (完成标准).
        due_on: the last day.
        person: who does it inside the holder, if that person has an account.
        leader_name, office_name, person_name: 分管领导、主办科室、具体负责人, as the holder names them.
        book, number: the decomposition it belongs to, and its number there.
        has_parts: parts follow it; then it has no clock of its own and is done when they are.
    """

    title: str
    requirement: str
    holder: Organisation
    due_on: date
    person: User | None = None
    co_holders: Sequence[Organisation] = ()
    project: Project | None = None
    source: Source | None = None
    problem: Problem | None = None
    parent: Task | None = None
    leader_name: str = ""
    office_name: str = ""
    person_name: str = ""
    book: TaskBook | None = None
    number: str = ""
    has_parts: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper that proves what is said."""

    upload: Upload
    title: str = ""


@transaction.atomic
def issue_tasks(actor: User, drafts: Sequence[TaskDraft], *, today: date) -> list[Task]:
    """交办: give out tasks; each gets a clock, and the holder's people a message.

    A draft whose source and holder have a task already gives that task back, unchanged: issuing
    twice has one effect.

    Returns: one task for each draft, in their order.

    Raises:
        TaskIncomplete: no title.
        DayOutOfOrder: due before `today`.
        HolderElsewhere: the holder, or a co-holder, lies outside what the actor may order.
        TaskNotOpen: the parent is finished.
        ProblemNotOpen: the problem is resolved.
    """
    require(actor, Right.ISSUE_TASKS)
    for draft in drafts:
        _refuse_incomplete(draft, actor=actor, today=today)
    problems = {draft.problem.pk for draft in drafts if draft.problem is not None}
    locked = {pk: lock_problem(pk, actor=actor) for pk in sorted(problems)}
    done = [_issue(draft, actor=actor, today=today) for draft in drafts]
    _tell_holders([task for task, is_new in done if is_new])
    for problem in locked.values():
        titles = [task.title for task, is_new in done if is_new and task.problem_id == problem.pk]
        if titles:
            follow_tasks(problem, text="；".join(titles), actor=actor, today=today)
    return [task for task, _ in done]


def _refuse_incomplete(draft: TaskDraft, *, actor: User, today: date) -> None:
    if not draft.title.strip():
        raise TaskIncomplete("还没有写明任务内容，补充后再交办。")
    if draft.due_on < today:
        raise DayOutOfOrder(
            f"“{draft.title}”的完成时限 {draft.due_on} 早于今天（{today}）；请核对日期。", due_on=draft.due_on
        )
    scope = actor.scope
    for unit in (draft.holder, *draft.co_holders):
        if scope is None or not unit.path.startswith(scope.path):
            raise HolderElsewhere(
                f"{unit.name}不在您可以交办的范围内；需要时请州局调度办交办。", organisation=unit.code
            )


def _issue(draft: TaskDraft, *, actor: User, today: date) -> tuple[Task, bool]:
    if (same := _issued_before(draft)) is not None:
        return same, False
    if draft.parent is not None:
        _open_parent(draft.parent)
    try:
        with transaction.atomic():
            task = _create(draft, actor=actor, today=today)
    except IntegrityError:
        # Another session issued the same resolution in this moment.
        same = _issued_before(draft)
        if same is None:
            raise
        return same, False
    CoHolder.objects.bulk_create(
        CoHolder(task=task, organisation=unit)
        for unit in {unit.pk: unit for unit in draft.co_holders if unit.pk != task.holder_id}.values()
    )
    if not draft.has_parts:
        task.deadline = clocks.open_task_clock(task, today=today)
        task.save(update_fields=["deadline"])
    _write(task, Progress.Kind.ISSUED, actor=actor, today=today, text=task.requirement)
    _log(task, "task.issued", {"due_on": task.due_on}, actor=actor, today=today)
    return task, True


def _issued_before(draft: TaskDraft) -> Task | None:
    if draft.source is None:
        return None
    same = Task.objects.filter(
        source_kind=draft.source.kind, source_id=draft.source.pk, holder=draft.holder
    ).exclude(state=Task.State.WITHDRAWN)
    return same.select_related("holder", "deadline").first()


def _open_parent(parent: Task) -> None:
    above = Task.objects.select_for_update(of=("self",)).get(pk=parent.pk)
    if above.is_finished or above.state == Task.State.REPORTED:
        raise TaskNotOpen(
            f"“{above.title}”{above.get_state_display()}，不能再分解下级任务。",
            task=above.pk,
            state=above.state,
        )
    if above.is_leaf:
        above.is_leaf = False
        above.save(update_fields=["is_leaf"])


def _create(draft: TaskDraft, *, actor: User, today: date) -> Task:
    source = draft.source
    assert actor.organisation is not None, "who issues has a scope, and so a unit"
    return Task.objects.create(
        title=draft.title.strip()[:200],
        requirement=draft.requirement.strip()[:2000],
        holder=draft.holder,
        person=draft.person,
        leader_name=draft.leader_name.strip()[:60],
        office_name=draft.office_name.strip()[:60],
        person_name=draft.person_name.strip()[:60],
        project=draft.project,
        problem=draft.problem,
        parent=draft.parent,
        is_leaf=not draft.has_parts,
        book=draft.book,
        book_number=draft.number,
        source_kind=source.kind if source else "",
        source_id=source.pk if source else None,
        source_label=source.label[:200] if source else "",
        source_url=source.url[:300] if source else "",
        issued_by=actor,
        issued_for=actor.organisation,
        issued_on=today,
        due_on=draft.due_on,
    )


def _tell_holders(tasks: Sequence[Task]) -> None:
    """One message for each person and unit, however many tasks came at once."""
    paths = {task.holder.path for task in tasks}
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(organisation__path__startswith=path)
    people = User.objects.filter(inside, is_active=True, role__in=_HANDLERS).select_related("organisation")
    notices = []
    for person in people:
        own = person.organisation.path if person.organisation else ""
        mine = [task for task in tasks if own.startswith(task.holder.path)]
        first = mine[0]
        notices.append(
            Notice(
                recipient=person,
                kind=Message.Kind.NOTICE,
                key=f"task-{first.pk}",
                title=f"新交办任务 {len(mine)} 项：{first.title}"[:200],
                body=f"{first.issued_for.name}交办，最早 {min(task.due_on for task in mine)} 前完成。"
                "请接收并按期报告。",
                url=first.get_absolute_url(),
            )
        )
    post_and_mail(notices)


@transaction.atomic
def accept(*, task_id: int, actor: User, today: date) -> Task:
    """接收: the holder takes the task.

    Raises:
        NotOwnTask: another unit's.
        TaskNotOpen: accepted before, or finished.
    """
    task = _of_holder(task_id, actor)
    _need_state(task, Task.State.ISSUED, act="接收")
    task.state, task.accepted_on = Task.State.ACCEPTED, today
    task.save(update_fields=["state", "accepted_on"])
    _write(task, Progress.Kind.ACCEPTED, actor=actor, today=today)
    _log(task, "task.accepted", {}, actor=actor, today=today)
    return task


@transaction.atomic
def progress(
    *,
    task_id: int,
    text: str,
    actor: User,
    today: date,
    next_plan: str = "",
    evidence: Evidence | None = None,
) -> Progress:
    """进展: what was done so far and what comes next; co-holders say so, too.

    Raises:
        NotOwnTask: neither holder nor co-holder.
        TaskNotOpen: not accepted yet, reported, or finished.
        ReasonMissing: nothing is written.
    """
    require(actor, Right.HANDLE_TASKS)
    task = lock_task(task_id, actor=actor)
    if not selectors.takes_part(actor, task):
        raise _stranger(task)
    if not text.strip():
        raise TaskIncomplete("还没有写明进展情况，补充后再保存。")
    _need_state(task, Task.State.ACCEPTED, Task.State.RUNNING, Task.State.RETURNED, act="登记进展")
    if task.state != Task.State.RUNNING:
        task.state = Task.State.RUNNING
        task.save(update_fields=["state"])
    paper = _keep(task, evidence, actor=actor, today=today)
    row = _write(
        task, Progress.Kind.PROGRESS, actor=actor, today=today, text=text, next_plan=next_plan, paper=paper
    )
    _log(task, "task.progressed", {"text": row.text}, actor=actor, today=today)
    return row


@transaction.atomic
def name_person(*, task_id: int, person: User, actor: User, today: date) -> Task:
    """指定责任人: who does it inside the holder; the clock stands in that person's list.

    Raises:
        NotOwnTask: another unit's task, or a person who does not act for the holder.
        TaskNotOpen: reported, or finished.
    """
    task = _of_holder(task_id, actor)
    if task.state not in Task.WITH_HOLDER:
        raise _wrong_state(task, "指定责任人")
    if not selectors.holds(person, task.holder):
        raise NotOwnTask(f"{person.label}不在{task.holder.name}，请选择本单位人员。", task=task.pk)
    task.person, task.person_name = person, task.person_name or person.label
    task.save(update_fields=["person", "person_name"])
    if task.deadline is not None and task.deadline.is_open:
        clock.assign(deadline_id=task.deadline.pk, organisation=task.holder, holder=person, today=today)
    _write(task, Progress.Kind.ASSIGNED, actor=actor, today=today, text=person.label)
    _log(task, "task.assigned", {"person": person.label}, actor=actor, today=today)
    return task


@transaction.atomic
def report(*, task_id: int, result: str, actor: User, today: date, evidence: Evidence | None = None) -> Task:
    """报告: the holder says it is done, with what proves it; its clock stops today, the issuer's to
    verify it begins.

    Raises:
        NotOwnTask, TaskNotOpen.
        TaskIncomplete: no result.
        TaskHasOpenParts: parts of it are not finished.
    """
    task = _of_holder(task_id, actor)
    _need_state(task, Task.State.ACCEPTED, Task.State.RUNNING, Task.State.RETURNED, act="报告结果")
    if not result.strip():
        raise TaskIncomplete("还没有写明办理结果，补充后再报告。")
    _refuse_open_parts(task)
    paper = _keep(task, evidence, actor=actor, today=today)
    task.state, task.result, task.reported_on = Task.State.REPORTED, result.strip()[:2000], today
    task.reported_by = actor
    days = selectors.setting_on(today).verify_days
    task.verification = clocks.open_verification_clock(task, days=days, today=today)
    task.save(update_fields=["state", "result", "reported_on", "reported_by", "verification"])
    clocks.end(task.deadline, on=today, today=today)
    _write(task, Progress.Kind.REPORTED, actor=actor, today=today, text=task.result, paper=paper)
    _log(task, "task.reported", {"result": task.result}, actor=actor, today=today)
    return task


@transaction.atomic
def verify(*, task_id: int, actor: User, today: date, note: str = "") -> Task:
    """核验: the issuer finds it done; what waited for it is told.

    Raises:
        NotOwnTask: issued by another unit.
        OwnReport: the actor wrote the report.
        TaskNotOpen: nothing was reported.
    """
    task = _of_issuer(task_id, actor)
    _need_state(task, Task.State.REPORTED, act="核验")
    if task.reported_by_id == actor.pk:
        raise OwnReport("不能核验本人报告的任务；请由其他同志核验。", task=task.pk)
    _finish(task, note, actor=actor, today=today)
    return task


def _finish(task: Task, note: str, *, actor: User, today: date) -> None:
    task.state, task.verified_on, task.verified_by = Task.State.VERIFIED, today, actor
    task.save(update_fields=["state", "verified_on", "verified_by"])
    clocks.end(task.verification, on=today, today=today)
    _write(task, Progress.Kind.VERIFIED, actor=actor, today=today, text=note)
    _log(task, "task.verified", {"note": note}, actor=actor, today=today)
    tell_verified(task, actor=actor, today=today)
    _settle(task, actor=actor, today=today)


def _settle(task: Task, *, actor: User, today: date) -> None:
    """After a task is over: the task above it that only follows its parts, and its problem."""
    parent = task.parent
    if parent is not None and parent.deadline_id is None and not parent.is_finished:
        open_parts = parent.parts.unfinished().exists()
        done = parent.parts.filter(state=Task.State.VERIFIED).exists()
        if not open_parts and done:
            _finish(parent, "下级任务全部办结", actor=actor, today=today)
    if task.problem is not None:
        follow_unfinished(task.problem, actor=actor, today=today)


@transaction.atomic
def send_back(*, task_id: int, reason: str, actor: User, today: date, due_on: date | None = None) -> Task:
    """退回: what was reported, or even verified, is not done; the clock runs again.

    Args:
        due_on: a new last day; None keeps the old one, even if it is past.

    Raises:
        NotOwnTask, ReasonMissing.
        TaskNotOpen: nothing was reported.
        DayOutOfOrder: the new day is past.
    """
    why = need_reason(reason, "退回任务")
    task = _of_issuer(task_id, actor)
    _refuse_heading(task)
    _need_state(task, Task.State.REPORTED, Task.State.VERIFIED, act="退回")
    if due_on is not None and due_on < today:
        raise DayOutOfOrder(f"新的完成时限 {due_on} 早于今天（{today}）；请核对日期。", due_on=due_on)
    was_verified = task.state == Task.State.VERIFIED
    clocks.end(task.verification, on=today, today=today)
    task.state, task.times_returned = Task.State.RETURNED, task.times_returned + 1
    task.due_on = due_on or task.due_on
    task.reported_on = task.reported_by = task.verified_on = task.verified_by = None
    task.deadline = clocks.open_task_clock(task, today=today)
    task.save(
        update_fields=[
            *("state", "times_returned", "due_on", "deadline"),
            *("reported_on", "reported_by", "verified_on", "verified_by"),
        ]
    )
    _write(task, Progress.Kind.RETURNED, actor=actor, today=today, text=why)
    _log(task, "task.returned", {"reason": why, "due_on": task.due_on}, actor=actor, today=today)
    if was_verified:
        tell_reopened(task, actor=actor, today=today)
        _reopen_above(task, why, actor=actor, today=today)
    return task


def _reopen_above(task: Task, why: str, *, actor: User, today: date) -> None:
    parent = task.parent
    if parent is not None and parent.state == Task.State.VERIFIED and parent.deadline_id is None:
        parent.state, parent.verified_on, parent.verified_by = Task.State.RETURNED, None, None
        parent.save(update_fields=["state", "verified_on", "verified_by"])
        text = f"下级任务退回：{why}"[:300]
        _write(parent, Progress.Kind.RETURNED, actor=actor, today=today, text=text)
        tell_reopened(parent, actor=actor, today=today)
    if task.problem is not None:
        follow_tasks(task.problem, text=f"任务退回重办：{task.title}", actor=actor, today=today)


@transaction.atomic
def withdraw(*, task_id: int, reason: str, actor: User, today: date) -> Task:
    """撤销: the task need not be done any more.

    Raises:
        NotOwnTask, ReasonMissing.
        TaskNotOpen: verified, or withdrawn before.
        TaskHasOpenParts: withdraw its parts first.
    """
    why = need_reason(reason, "撤销任务")
    task = _of_issuer(task_id, actor)
    if task.is_finished:
        raise _wrong_state(task, "撤销")
    _refuse_open_parts(task)
    withdraw_locked(task, why, actor=actor, today=today)
    return task


def withdraw_locked(task: Task, why: str, *, actor: User, today: date) -> None:
    """As `withdraw`, for a caller that holds the locks and has checked who does it."""
    task.state = Task.State.WITHDRAWN
    task.save(update_fields=["state"])
    clocks.drop(task.deadline, today=today)
    clocks.drop(task.verification, today=today)
    _write(task, Progress.Kind.WITHDRAWN, actor=actor, today=today, text=why)
    _log(task, "task.withdrawn", {"reason": why}, actor=actor, today=today)
    tell_withdrawn(task, actor=actor, today=today)
    _settle(task, actor=actor, today=today)


def _of_holder(task_id: int, actor: User) -> Task:
    require(actor, Right.HANDLE_TASKS)
    task = lock_task(task_id, actor=actor)
    if not selectors.holds(actor, task.holder):
        raise _stranger(task)
    _refuse_heading(task)
    return task


def _refuse_heading(task: Task) -> None:
    """A task that only follows its parts is done when they are; nobody reports it."""
    if task.parts_only:
        raise TaskHasOpenParts(f"“{task.title}”随下级任务办结；请办理下级任务。", task=task.pk)


def _of_issuer(task_id: int, actor: User) -> Task:
    require(actor, Right.ISSUE_TASKS)
    task = lock_task(task_id, actor=actor)
    if not selectors.issues(actor, task):
        raise NotOwnTask(f"“{task.title}”由{task.issued_for.name}交办，请由其办理。", task=task.pk)
    return task


def _stranger(task: Task) -> NotOwnTask:
    return NotOwnTask(f"“{task.title}”由{task.holder.name}办理，您的单位不能代为办理。", task=task.pk)


def _need_state(task: Task, *states: Task.State, act: str) -> None:
    if task.state not in states:
        raise _wrong_state(task, act)


def _wrong_state(task: Task, act: str) -> TaskNotOpen:
    return TaskNotOpen(
        f"“{task.title}”{task.get_state_display()}，不能{act}；刷新页面查看。", task=task.pk, state=task.state
    )


def _refuse_open_parts(task: Task) -> None:
    left = task.parts.unfinished().count()
    if left:
        raise TaskHasOpenParts(f"“{task.title}”还有 {left} 项下级任务没有办结，办结后再办理。", left=left)


def _keep(task: Task, evidence: Evidence | None, *, actor: User, today: date) -> Paper | None:
    """The proof as a paper of the task, readable by the issuer's side and by who handed it in."""
    if evidence is None:
        return None
    unit = task.holder if selectors.holds(actor, task.holder) else actor.organisation or task.holder
    return attach(
        actor=actor,
        owner=PaperOwner(TASK, task.pk, str(task), task.project_id, unit, unit),
        upload=evidence.upload,
        kind=Paper.Kind.EVIDENCE,
        title=evidence.title,
        today=today,
    )


def _write(
    task: Task,
    kind: Progress.Kind,
    *,
    actor: User,
    today: date,
    text: str = "",
    next_plan: str = "",
    paper: Paper | None = None,
) -> Progress:
    return Progress.objects.create(
        task=task,
        kind=kind,
        text=text.strip()[:2000],
        next_plan=next_plan.strip()[:1000],
        occurred_on=today,
        organisation=actor.organisation,
        paper=paper,
        entered_by=actor,
    )


def _log(task: Task, verb: str, facts: dict[str, object], *, actor: User, today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=task,
        facts={"task": task.title, "holder": task.holder.name, **facts},
        project_id=task.project_id,
        scope_path=task.holder.path,
        occurred_on=today,
    )
