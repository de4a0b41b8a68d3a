"""Somebody leaves: everything open goes to one named successor, and the account is closed, in one act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts import services
from accounts.models import Tenure, User, UserQuerySet
from accounts.posts import Holder
from accounts.rights import ADMINISTRATORS, Right, require
from approvals.handover import follow_deadlines, hand_over_steps
from approvals.models import Step
from audit.services import record
from core.errors import DomainError
from deadlines.models import Deadline
from deadlines.services import assign
from desk import succession
from desk.overview import rows_at
from dispatch.models import Absence
from duties.handover import hand_over_tasks, open_tasks_of
from notifications.models import Message
from notifications.services import Notice, post
from projects.services.contacts import hand_over_contacts, open_contacts_of

SHOWN = 20


class SuccessorMissing(DomainError):
    """Something is open, and nobody is named who takes it over."""

    code = "successor_missing"


class SuccessorUnfit(DomainError):
    """The named successor does not work where the leaver worked."""

    code = "successor_unfit"


class DutiesOpen(DomainError):
    """An account with something open is not simply closed."""

    code = "duties_open"


class PostBegunToday(DomainError):
    """A post that began today cannot be succeeded in before tomorrow."""

    code = "post_begun_today"


@dataclass(frozen=True, slots=True)
class Estate:
    """What somebody leaves behind on a day; `deadlines` are the nearest, `deadline_count` all.

    `deputising` are absences to come in which the leaver would deputise: they need another deputy.
    """

    posts: list[Tenure]
    deadlines: list[Deadline]
    deadline_count: int
    steps: int
    tasks: int
    contacts: int
    deputising: int

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.deadline_count or self.steps or self.tasks or self.contacts)


def estate_of(user: User, *, today: date) -> Estate:
    """What is open with a person. Seven queries."""
    rows = Deadline.objects.open().filter(holder=user)
    return Estate(
        posts=list(Tenure.objects.on(today).filter(user=user).select_related("post__organisation")),
        deadlines=list(rows.order_by("due_on", "pk")[:SHOWN]),
        deadline_count=rows.count(),
        steps=Step.objects.filter(holder=user, closed_on__isnull=True).count(),
        tasks=open_tasks_of(user).count(),
        contacts=open_contacts_of(user).count(),
        deputising=Absence.objects.filter(deputy=user, last_on__gte=today).count(),
    )


def refuse_open_duties(user: User, today: date) -> None:
    """Nobody's account is closed, by whatever way, while work lies with them. Seven queries.

    Raises:
        DutiesOpen.
    """
    estate = estate_of(user, today=today)
    if estate.is_empty:
        return
    counts = {
        "岗位": len(estate.posts),
        "期限": estate.deadline_count,
        "步骤": estate.steps,
        "任务": estate.tasks,
        "对接": estate.contacts,
    }
    words = "、".join(f"{name} {number}" for name, number in counts.items() if number)
    raise DutiesOpen(
        f"{user.username} 还有在办事项（{words}），不能直接停用；请办理离岗移交，选定接办人。", **counts
    )


def successors_of(user: User, *, actor: User) -> UserQuerySet:
    """Who may take over: active, with a role of business, in the leaver's prefecture, county or unit."""
    rows = User.objects.visible_to(actor).filter(is_active=True).exclude(pk=user.pk)
    rows = rows.exclude(role__in=(*ADMINISTRATORS, User.Role.NONE))
    path = user.scope.path if user.scope else "-"
    return (
        rows.filter(organisation__path__startswith=path).select_related("organisation").order_by("username")
    )


@transaction.atomic
def leave(*, actor: User, user_id: int, successor_id: int | None, today: date) -> User:
    """Close an account; its posts, promises, steps, tasks and contacts are the successor's from today.

    What is closed keeps its name. Safe to repeat: a closed account has nothing left.

    Raises:
        SuccessorMissing, SuccessorUnfit, PostBegunToday;
        accounts.errors.OwnAccount, LastAdministrator: as `accounts.services.deactivate_user`.
    """
    require(actor, Right.MANAGE_USERS)
    rows = User.objects.visible_to(actor).select_related("organisation").select_for_update(of=("self",))
    user = rows.get(pk=user_id)
    estate = estate_of(user, today=today)
    successor = successors_of(user, actor=actor).filter(pk=successor_id or 0).first()
    if successor_id is not None and successor is None:
        raise SuccessorUnfit("接办人须是同一范围内在用的业务账号；请另选。", successor=successor_id)
    if successor is None and not estate.is_empty:
        raise SuccessorMissing(
            f"{user.username} 还有在办事项；请选定接办人。", deadlines=estate.deadline_count
        )
    if successor is not None:
        _hand_over(actor, user, successor, estate, today)
    return services.deactivate_user(user_id=user.pk, actor=actor, today=today)


def _hand_over(actor: User, user: User, successor: User, estate: Estate, today: date) -> None:
    for tenure in estate.posts:
        if tenure.starts_on >= today:
            raise PostBegunToday(f"{user.username} 今天才起任{tenure.post}；请明天办理，或先登记离任。")
        holder = Holder(user=successor)
        succession.succeed(actor=actor, post_id=tenure.post_id, holder=holder, starts_on=today, today=today)
    moved = list(Deadline.objects.open().filter(holder=user).select_related("holder_organisation"))
    for row in moved:
        assign(deadline_id=row.pk, organisation=row.holder_organisation, holder=successor, today=today)
        row.holder = successor
    follow_deadlines(moved)
    hand_over_steps(leaver=user, successor=successor)
    hand_over_tasks(leaver=user, successor=successor)
    hand_over_contacts(leaver=user, successor=successor)
    facts: dict[str, object] = {
        "接办人": successor.label,
        "岗位": [str(tenure.post) for tenure in estate.posts],
        "期限": estate.deadline_count,
        "步骤": estate.steps,
        "任务": estate.tasks,
        "对接": estate.contacts,
    }
    path = user.organisation.path if user.organisation else ""
    record(
        actor=actor, verb="user.handed_over", subject=user, facts=facts, scope_path=path, occurred_on=today
    )
    notice = Notice(
        recipient=successor,
        kind=Message.Kind.NOTICE,
        key=f"user-{user.pk}-left-{today}",
        title=f"{user.label}离岗，其在办事项由您接办",
        body="打开“期限清单”查看到期日，先办预警和逾期的事项。",
        url=rows_at(holder="me"),
    )
    post([notice])
