"""推送: adopted projects go to the departments that have to act, and each receives them in time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import RIGHTS, Right, require
from audit.services import Act, record_all
from core.dated import SettingOutOfOrder, end_row
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line
from deadlines.services import LineSpec, Owner
from notifications.models import Message
from notifications.services import Notice, post
from projects.models import Project, Push, PushRule
from projects.refusals import PushAnswered, PushImpossible, ReasonMissing
from projects.rules.pushing import recipients
from projects.selectors.pushes import as_rules, push_facts, rules_in_force
from projects.services.locking import lock_projects

STAGE = "推送签收"
BY_HAND_DAYS = 2
_RECEIVERS = [role for role, rights in RIGHTS.items() if Right.RECEIVE_PUSH in rights]


@dataclass(frozen=True, slots=True)
class NewPush:
    """One project to one department: what it is asked to do, and why it is asked."""

    project: Project
    recipient: Organisation
    ask: str
    reason: str
    receipt_days: int
    rule: PushRule | None = None


@transaction.atomic
def push(*, actor: User, project_ids: Sequence[int], today: date) -> list[Push]:
    """Push adopted projects to the departments that the rules of their area name.

    Safe to repeat: what stands is not pushed again, so that a new rule reaches old projects.

    Raises:
        PushImpossible: a project is not adopted, or the rules name nobody.
    """
    require(actor, Right.PUSH_PROJECTS)
    projects = lock_projects(actor, project_ids)
    _check_adopted(projects)
    wanted = list(_by_rules(projects, today))
    if not wanted:
        raise PushImpossible("推送规则没有指到任何部门；请先维护推送规则。", projects=list(project_ids))
    return _push(actor, wanted, today)


def _by_rules(projects: Sequence[Project], today: date) -> Iterable[NewPush]:
    by_area: dict[Organisation, list[PushRule]] = {}
    with_land = Project.objects.select_related("land", "organisation").in_bulk([p.pk for p in projects])
    for project in with_land.values():
        area = project.organisation
        if area not in by_area:
            by_area[area] = rules_in_force(organisation=area, on=today)
        rules = {rule.pk: rule for rule in by_area[area]}
        for found in recipients(push_facts(project), as_rules(rules.values())):
            rule = rules[found.rule]
            yield NewPush(project, rule.recipient, rule.ask, found.reason, rule.receipt_days, rule)


@transaction.atomic
def push_to(
    *, actor: User, project_id: int, recipients: Sequence[int], ask: str, reason: str, today: date
) -> list[Push]:
    """Push one adopted project to departments that a person names.

    Raises:
        PushImpossible: it is not adopted, or no department of its prefecture is named.
        ReasonMissing: nothing says what they are to do.
    """
    require(actor, Right.PUSH_PROJECTS)
    if not ask.strip():
        raise ReasonMissing("请写明需要该部门办理什么，部门会看到。")
    [project] = lock_projects(actor, [project_id])
    _check_adopted([project])
    prefecture = project.organisation.path.rsplit("/", 2)[0] + "/"
    named = Organisation.objects.filter(
        pk__in=recipients, kind=Organisation.Kind.DEPARTMENT, path__startswith=prefecture, is_active=True
    )
    wanted = [
        NewPush(project, unit, ask.strip(), reason.strip() or "人工推送", BY_HAND_DAYS) for unit in named
    ]
    if not wanted:
        raise PushImpossible("还没有选择要推送的部门，选择后再推送。", project_id=project_id)
    return _push(actor, wanted, today)


def _check_adopted(projects: Sequence[Project]) -> None:
    for project in projects:
        if project.status != Project.Status.ADOPTED:
            raise PushImpossible(
                f"“{project.name}”{project.get_status_display()}，只能推送已采纳的项目。",
                project_id=project.pk,
                status=project.status,
            )


def _push(actor: User, wanted: Sequence[NewPush], today: date) -> list[Push]:
    standing = set(
        Push.objects.filter(project__in={new.project.pk for new in wanted})
        .standing()
        .values_list("project_id", "recipient_id")
    )
    fresh = [new for new in wanted if (new.project.pk, new.recipient.pk) not in standing]
    pushes = [_create(new, actor=actor, today=today) for new in fresh]
    acts = [
        Act(
            verb="project.pushed",
            subject=push.project,
            facts={"recipient": push.recipient.name, "ask": push.ask, "reason": push.reason},
            project_id=push.project_id,
            scope_path=push.project.organisation.path,
        )
        for push in pushes
    ]
    record_all(actor=actor, acts=acts, occurred_on=today)
    _tell_recipients(pushes)
    return pushes


def _create(new: NewPush, *, actor: User, today: date) -> Push:
    push = Push.objects.create(
        project=new.project,
        recipient=new.recipient,
        rule=new.rule,
        ask=new.ask,
        reason=new.reason,
        pushed_on=today,
        pushed_by=actor,
    )
    push.deadline = clocks.open_deadline(
        owner=Owner(
            subject=push,
            subject_label=f"签收推送：{new.ask}"[:200],
            stage=STAGE,
            holder_organisation=new.recipient,
            scope_organisation=new.project.organisation,
            project_id=new.project.pk,
            project_code=new.project.display_code,
            project_name=new.project.name,
        ),
        role=Deadline.Role.RECEIPT,
        started_on=today,
        committed=LineSpec(Line(limit=new.receipt_days), new.rule.basis if new.rule else "人工推送"),
        statutory=None,
        today=today,
    )
    push.save(update_fields=["deadline"])
    return push


def _tell_recipients(pushes: Sequence[Push]) -> None:
    """One message a person for all that one act pushed to their department. One query."""
    by_unit: dict[int, list[Push]] = defaultdict(list)
    for push in pushes:
        by_unit[push.recipient_id].append(push)
    people = User.objects.filter(is_active=True, role__in=_RECEIVERS, organisation__in=by_unit)
    post(
        [
            Notice(
                recipient=person,
                kind=Message.Kind.NOTICE,
                key=f"push-{by_unit[person.organisation_id][0].pk}",
                title=f"推送来 {len(by_unit[person.organisation_id])} 个项目，请签收",
                body="、".join(push.project.name for push in by_unit[person.organisation_id][:5]),
                url="/pushes/",
            )
            for person in people
            if person.organisation_id is not None
        ]
    )


@transaction.atomic
def receive(*, actor: User, push_ids: Sequence[int], note: str, today: date, now: datetime) -> list[Push]:
    """签收: the department takes note of what was pushed to it, all or none; the clocks stop.

    Raises:
        PushAnswered: one was received or withdrawn before.
        Push.DoesNotExist: one is unknown, or not the actor's department's.
    """
    require(actor, Right.RECEIVE_PUSH)
    pushes = _lock(Push.objects.visible_to(actor).filter(recipient=actor.organisation), push_ids)
    for push in pushes:
        if push.state != Push.State.PUSHED:
            raise PushAnswered(
                f"“{push.project.name}”{push.get_state_display()}，不能重复签收；刷新页面查看。",
                push_id=push.pk,
                state=push.state,
            )
    for push in pushes:
        push.state, push.received_on, push.received_at = Push.State.RECEIVED, today, now
        push.received_by, push.receipt_note = actor, note.strip()
        push.save(update_fields=["state", "received_on", "received_at", "received_by", "receipt_note"])
        if push.deadline_id is not None:
            clocks.stop(deadline_id=push.deadline_id, stopped_on=today, today=today)
    _record_all(pushes, "project.push_received", {"note": note.strip()}, actor=actor, today=today)
    return pushes


@transaction.atomic
def withdraw(*, actor: User, push_id: int, reason: str, today: date) -> Push:
    """Take a push back that was made by mistake; the department no longer sees the project.

    Raises:
        PushAnswered: withdrawn before.
        ReasonMissing: nothing says why.
    """
    require(actor, Right.PUSH_PROJECTS)
    if not reason.strip():
        raise ReasonMissing("撤回须写明理由，补充后再撤回。")
    [push] = _lock(Push.objects.visible_to(actor), [push_id])
    if push.state == Push.State.WITHDRAWN:
        raise PushAnswered("这一推送已经撤回；刷新页面查看。", push_id=push.pk, state=push.state)
    _withdraw([push], reason.strip(), actor=actor, today=today)
    return push


def withdraw_all(*, project: Project, reason: str, actor: User, today: date) -> None:
    """Take back whatever stands for a project that leaves the list; the caller has checked the right."""
    ids = list(Push.objects.filter(project=project).standing().values_list("pk", flat=True))
    _withdraw(_lock(Push.objects.all(), ids), reason, actor=actor, today=today)


def _withdraw(pushes: Sequence[Push], reason: str, *, actor: User, today: date) -> None:
    for push in pushes:
        was_open = push.state == Push.State.PUSHED
        push.state, push.withdrawn_reason = Push.State.WITHDRAWN, reason[:300]
        push.save(update_fields=["state", "withdrawn_reason"])
        if was_open and push.deadline_id is not None:
            clocks.cancel(deadline_id=push.deadline_id, stopped_on=today, today=today)
    _record_all(pushes, "project.push_withdrawn", {"reason": reason}, actor=actor, today=today)


def _lock(rows: object, ids: Sequence[int]) -> list[Push]:
    """Lock in pk order; all of `ids` or DoesNotExist."""
    chosen = rows.filter(pk__in=ids).order_by("pk")  # type: ignore[attr-defined]
    pushes = list(chosen.select_related("project__organisation", "recipient").select_for_update(of=("self",)))
    if len(pushes) != len(set(ids)):
        raise Push.DoesNotExist("a push is unknown or not visible")
    return pushes


def _record_all(
    pushes: Sequence[Push], verb: str, facts: dict[str, object], *, actor: User, today: date
) -> None:
    acts = [
        Act(
            verb=verb,
            subject=push.project,
            facts={"recipient": push.recipient.name, **facts},
            project_id=push.project_id,
            scope_path=push.project.organisation.path,
        )
        for push in pushes
    ]
    record_all(actor=actor, acts=acts, occurred_on=today)


@dataclass(frozen=True, slots=True)
class NewRule:
    """A row of the table of recipients, as the form states it."""

    recipient_id: int
    condition: str
    keywords: str
    ask: str
    receipt_days: int
    basis: str
    effective_from: date


@transaction.atomic
def add_rule(*, actor: User, organisation: Organisation, new: NewRule, today: date) -> PushRule:
    """A rule of `organisation`'s own table from a day on; one that stands for the recipient ends then.

    Raises:
        SettingOutOfOrder: the day is past, or not after the rule it follows.
    """
    require(actor, Right.EDIT_CRITERIA)
    if new.effective_from < today:
        raise SettingOutOfOrder("生效日期不能早于今天。", effective_from=new.effective_from)
    standing = PushRule.objects.select_for_update().filter(
        organisation=organisation, recipient=new.recipient_id, effective_to__isnull=True
    )
    for rule in standing.order_by("pk"):
        end_row(rule, on=new.effective_from)
    rule = PushRule.objects.create(
        organisation=organisation,
        recipient_id=new.recipient_id,
        condition=new.condition,
        keywords=new.keywords,
        ask=new.ask,
        receipt_days=new.receipt_days,
        basis=new.basis,
        effective_from=new.effective_from,
    )
    _record_rule(rule, {"condition": rule.condition, "ask": rule.ask}, actor=actor)
    return rule


@transaction.atomic
def end_rule(*, actor: User, rule_id: int, ends_on: date, today: date) -> PushRule:
    """No new push by this rule from `ends_on` on; what was pushed stays.

    Raises:
        SettingOutOfOrder: the day is past, or see `core.dated.end_row`.
    """
    require(actor, Right.EDIT_CRITERIA)
    rule = PushRule.objects.select_for_update().get(pk=rule_id)
    if ends_on < today:
        raise SettingOutOfOrder("停用日期不能早于今天。", ends_on=ends_on)
    end_row(rule, on=ends_on)
    _record_rule(rule, {"effective_to": ends_on}, actor=actor)
    return rule


def _record_rule(rule: PushRule, facts: dict[str, object], *, actor: User) -> None:
    act = Act("push.rule_changed", rule, facts, scope_path=rule.organisation.path)
    record_all(actor=actor, acts=[act])
