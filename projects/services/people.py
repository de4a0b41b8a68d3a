"""Who answers for a project: links, task forces, liaisons. Links name posts, so successors inherit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Organisation, Post, User
from accounts.posts import Holder, name_contact, refuse_elsewhere
from accounts.rights import Right, require
from audit.services import record
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from projects.models import LiaisonCall, LiaisonReply, Link, Project, TaskForce, TaskForceMember
from projects.refusals import LimitBeforeIssue, LinkOutOfOrder, LinkTargetWrong, UnitsMissing
from projects.services.ordering import lock_project

STAGE = "联络员报送"
# What a county names for its projects; the rest is the bureau's to say.
COUNTY_KINDS = (Link.Kind.COUNTY_LEADER, Link.Kind.TOWN_LIAISON)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a link names: exactly one of the three, the one its kind asks for."""

    post: Post | None = None
    organisation: Organisation | None = None
    task_force: TaskForce | None = None

    @property
    def label(self) -> str:
        return str(self.post or self.organisation or self.task_force or "")


@transaction.atomic
def assign_link(
    *,
    actor: User,
    project_id: int,
    kind: Link.Kind,
    target: Target,
    from_on: date,
    basis: str = "",
    reason: str = "",
    today: date,
) -> Link:
    """Let `target` answer for a project from a day on; whoever did before ends that day.

    The same target again changes nothing and gives the standing link back: safe to repeat.

    Raises:
        LinkTargetWrong: the kind asks for something else, it is out of use, or lies elsewhere.
        LinkOutOfOrder: the standing link begins later than `from_on`.
        PermissionDenied: a county names only its own leader and liaison.
        ProjectNotEditable, Project.DoesNotExist.

    Source: S1-01, S2-07, S2-21, S3-05, S4-10.
    """
    require(actor, Right.ASSIGN_LINKS)
    refuse_foreign_kind(actor, kind)
    project = lock_project(actor, project_id)
    _check_target(project, kind, target)
    standing = (
        Link.objects.active().filter(project=project, kind=kind).select_for_update(of=("self",)).first()
    )
    if standing is not None:
        if _same(standing, target):
            return standing
        _end(standing, from_on)
    link = Link.objects.create(
        project=project,
        kind=kind,
        post=target.post,
        organisation=target.organisation,
        task_force=target.task_force,
        from_on=from_on,
        basis=basis.strip(),
        reason=reason.strip(),
        entered_by=actor,
    )
    facts: dict[str, object] = {
        "kind": kind.label,
        "from": str(standing.target) if standing else "",
        "to": target.label,
        "basis": link.basis,
        "reason": link.reason,
    }
    _log(actor, "link.assigned", project, facts, today)
    return link


@transaction.atomic
def end_link(*, actor: User, link_id: int, ended_on: date, reason: str, today: date) -> Link:
    """Let a link end without a successor.

    Raises:
        LinkOutOfOrder: it ended before, or began after `ended_on`.
        Link.DoesNotExist.
    """
    require(actor, Right.ASSIGN_LINKS)
    visible = Link.objects.visible_to(actor).select_related("project__organisation")
    link = visible.select_for_update(of=("self",)).get(pk=link_id)
    refuse_foreign_kind(actor, Link.Kind(link.kind))
    if link.to_on is not None:
        raise LinkOutOfOrder("这项责任关系已经解除，无需再办。")
    _end(link, ended_on)
    facts: dict[str, object] = {"kind": link.get_kind_display(), "from": str(link.target), "reason": reason}
    _log(actor, "link.ended", link.project, facts, today)
    return link


def refuse_foreign_kind(actor: User, kind: Link.Kind) -> None:
    """A county names its own leader and the liaison in the town; the bureau names everybody."""
    if actor.role == User.Role.COUNTY and kind not in COUNTY_KINDS:
        raise PermissionDenied(f"{kind.label}由州局指定；如需调整，请联系州局调度办。")


def _same(link: Link, target: Target) -> bool:
    return (link.post_id, link.organisation_id, link.task_force_id) == (
        target.post.pk if target.post else None,
        target.organisation.pk if target.organisation else None,
        target.task_force.pk if target.task_force else None,
    )


def _end(link: Link, on: date) -> None:
    if on < link.from_on:
        raise LinkOutOfOrder(
            f"{link.get_kind_display()}自 {link.from_on} 起为{link.target}，日期不能早于这一天。",
            from_on=link.from_on.isoformat(),
        )
    link.to_on = on
    link.save(update_fields=["to_on"])


def _check_target(project: Project, kind: Link.Kind, target: Target) -> None:
    named = [name for name in ("post", "organisation", "task_force") if getattr(target, name) is not None]
    wanted = {Link.Kind.LEAD_OFFICE: "organisation", Link.Kind.TASK_FORCE: "task_force"}.get(kind, "post")
    if named != [wanted]:
        raise LinkTargetWrong(f"须选定{kind.label}。", kind=kind.value)
    if target.task_force is not None and target.task_force.dissolved_on is not None:
        raise LinkTargetWrong(f"{target.task_force}已撤销，请选择在用的专班。", kind=kind.value)
    above = project.organisation.path.removesuffix(f"{project.organisation.code}/")
    if target.task_force is not None and not target.task_force.host.path.startswith(above):
        raise LinkTargetWrong(f"{target.task_force}不在本州（市），请选择本州（市）的专班。", kind=kind.value)
    if target.organisation is not None and not target.organisation.is_active:
        raise LinkTargetWrong(f"{target.organisation}已停用，请选择在用的单位。", kind=kind.value)
    if target.post is not None:
        _check_post(project, kind, target.post)


def _check_post(project: Project, kind: Link.Kind, post: Post) -> None:
    if not post.is_active:
        raise LinkTargetWrong(f"{post}已停用，请选择在用的岗位。", kind=kind.value)
    county = project.organisation
    if kind in COUNTY_KINDS and not post.organisation.path.startswith(county.path):
        raise LinkTargetWrong(f"{post}不在{county.name}；{kind.label}须由本县市人员担任。", kind=kind.value)
    prefecture = county.path.removesuffix(f"{county.code}/")
    if kind is Link.Kind.LEAD_LEADER and not post.organisation.path.startswith(prefecture):
        raise LinkTargetWrong(f"{post}不在本州（市），请选择本州（市）的领导岗位。", kind=kind.value)


# --- task forces ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ForceFacts:
    """A task force as stated."""

    name: str
    host: Organisation
    duty: str = ""
    scope_flags: Sequence[str] = ()
    classes: Sequence[str] = ()
    established_on: date = date.min
    dissolved_on: date | None = None


@transaction.atomic
def save_task_force(*, actor: User, facts: ForceFacts, task_force_id: int | None = None) -> TaskForce:
    """Set up a task force or change what is stated about it.

    Raises:
        LinkTargetWrong: another one has the name.
        LinkOutOfOrder: dissolved before it was established.
        PostElsewhere, TaskForce.DoesNotExist.

    Source: S0-04, S2-13, S2-14, S4-10.
    """
    require(actor, Right.EDIT_CRITERIA)
    refuse_elsewhere(actor, facts.host)
    force = TaskForce()
    if task_force_id is not None:
        force = TaskForce.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=task_force_id)
    if TaskForce.objects.filter(name=facts.name).exclude(pk=force.pk).exists():
        raise LinkTargetWrong(f"已有“{facts.name}”；请换一个名称。", name=facts.name)
    if facts.dissolved_on is not None and facts.dissolved_on < facts.established_on:
        raise LinkOutOfOrder("撤销日期不能早于成立日期。", dissolved_on=facts.dissolved_on.isoformat())
    names = ("name", "host", "duty", "scope_flags", "classes", "established_on", "dissolved_on")
    for name in names:
        value = getattr(facts, name)
        setattr(force, name, list(value) if name in ("scope_flags", "classes") else value)
    if force.pk is None:
        force.save(force_insert=True)
    else:
        force.save(update_fields=list(names))
    record(
        actor=actor,
        verb="task_force.saved",
        subject=force,
        facts={"host": facts.host.name, "scope_flags": force.scope_flags, "classes": force.classes},
        scope_path=facts.host.path,
    )
    return force


@transaction.atomic
def join_task_force(
    *, actor: User, task_force_id: int, post: Post, role: TaskForceMember.Role, from_on: date
) -> TaskForceMember:
    """Let a post be a member from a day on. A second head, or the same post twice, is refused.

    Raises:
        LinkTargetWrong.
    """
    require(actor, Right.EDIT_CRITERIA)
    force = TaskForce.objects.visible_to(actor).select_related("host")
    group = force.select_for_update(of=("self",)).get(pk=task_force_id)
    present = group.members.filter(to_on__isnull=True)
    if role == TaskForceMember.Role.HEAD and present.filter(role=role).exists():
        raise LinkTargetWrong("专班已有组长；请先登记原组长退出。", role=role.value)
    if present.filter(post=post, role=role).exists():
        raise LinkTargetWrong(f"{post}已是专班{role.label}。", role=role.value)
    member = TaskForceMember.objects.create(task_force=group, post=post, role=role, from_on=from_on)
    facts: dict[str, object] = {"post": str(post), "role": role.label, "from_on": from_on.isoformat()}
    record(actor=actor, verb="task_force.joined", subject=group, facts=facts, scope_path=group.host.path)
    return member


@transaction.atomic
def leave_task_force(*, actor: User, member_id: int, to_on: date) -> TaskForceMember:
    """Let a member leave on a day.

    Raises:
        LinkOutOfOrder: it left before, or joined later.
    """
    require(actor, Right.EDIT_CRITERIA)
    rows = TaskForceMember.objects.visible_to(actor).select_related("task_force__host", "post__organisation")
    member = rows.select_for_update(of=("self",)).get(pk=member_id)
    if member.to_on is not None or to_on < member.from_on:
        raise LinkOutOfOrder("该成员已退出，或退出日期早于加入日期。", from_on=member.from_on.isoformat())
    member.to_on = to_on
    member.save(update_fields=["to_on"])
    group = member.task_force
    facts: dict[str, object] = {"post": str(member.post), "to_on": to_on.isoformat()}
    record(actor=actor, verb="task_force.left", subject=group, facts=facts, scope_path=group.host.path)
    return member


# --- liaisons ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice that asks for liaisons. `goes_on`: the person saw that the limit precedes the issue."""

    title: str
    notice_no: str
    signed_on: date
    issued_on: date
    due_on: date
    goes_on: bool = False


@transaction.atomic
def call_liaisons(*, actor: User, notice: Notice, units: Sequence[Organisation], today: date) -> LiaisonCall:
    """Ask each unit to name its liaison by a day; each gets a clock that ends on it.

    The clock starts when the notice was signed, or, where even that is after the limit, the day
    before the limit: it is then overdue from the first day and says so.

    Raises:
        LimitBeforeIssue: the limit lies before the day of issue, and nobody said to go on.
        UnitsMissing: no unit.
        DateOutOfOrder: signed after today.

    Source: S1-19 (signed 11-07, due 11-09, issued 11-10).
    """
    require(actor, Right.EDIT_CRITERIA)
    if not units:
        raise UnitsMissing("至少选择一个单位。")
    if notice.due_on < notice.issued_on and not notice.goes_on:
        raise LimitBeforeIssue(
            f"报送截止日 {notice.due_on} 早于发布日 {notice.issued_on}，各单位收到时已逾期；"
            "请更正日期，或勾选“仍按此截止日下达”。",
            due_on=notice.due_on.isoformat(),
            issued_on=notice.issued_on.isoformat(),
        )
    assert actor.organisation is not None
    call = LiaisonCall.objects.create(
        title=notice.title,
        notice_no=notice.notice_no,
        issued_by=actor.organisation,
        signed_on=notice.signed_on,
        issued_on=notice.issued_on,
        due_on=notice.due_on,
        was_late=notice.due_on < notice.issued_on,
        entered_by=actor,
    )
    for unit in units:
        refuse_elsewhere(actor, unit)
        _ask(call, unit, today)
    facts: dict[str, object] = {"units": len(units), "due_on": notice.due_on, "was_late": call.was_late}
    record(actor=actor, verb="liaison.called", subject=call, facts=facts, scope_path=actor.organisation.path)
    return call


def _ask(call: LiaisonCall, unit: Organisation, today: date) -> None:
    reply = LiaisonReply.objects.create(call=call, organisation=unit)
    started_on = min(call.signed_on, call.due_on - timedelta(days=1), today)
    line = Line(limit=(call.due_on - started_on).days, unit=Unit.CALENDAR_DAY, kind=LineKind.MAX)
    reply.deadline = clock.open_deadline(
        owner=clock.Owner(
            subject=reply,
            subject_label=f"报送联络员：{call.title}"[:200],
            holder_organisation=unit,
            scope_organisation=unit,
            stage=STAGE,
        ),
        role=Deadline.Role.SUBMISSION,
        started_on=started_on,
        committed=clock.LineSpec(line, call.notice_no or call.title),
        statutory=None,
        today=today,
    )
    reply.save(update_fields=["deadline"])


@transaction.atomic
def name_liaison(*, actor: User, reply_id: int, holder: Holder, today: date) -> LiaisonReply:
    """Answer a call: the unit's liaison is who is named, from today; the clock stops.

    Raises:
        LinkOutOfOrder: the unit has answered.
        TenureOutOfOrder, HolderMissing: as `accounts.posts.install`.
        LiaisonReply.DoesNotExist.
    """
    require(actor, Right.MANAGE_POSTS)
    rows = LiaisonReply.objects.visible_to(actor).select_related("organisation", "call", "deadline")
    reply = rows.select_for_update(of=("self",)).get(pk=reply_id)
    if reply.replied_on is not None:
        raise LinkOutOfOrder(
            f"{reply.organisation}已于 {reply.replied_on} 报送；更换联络员请在岗位上登记接任。"
        )
    duty = Post.Duty.LIAISON
    post = Post.objects.filter(organisation=reply.organisation, duty=duty, is_active=True).held(today).first()
    if post is None or getattr(post, "holder_name", "") != holder.label:
        post = name_contact(
            actor=actor, organisation=reply.organisation, duty=duty, holder=holder, starts_on=today
        )
    reply.post, reply.replied_on = post, today
    reply.save(update_fields=["post", "replied_on"])
    if reply.deadline is not None and reply.deadline.is_open:
        clock.stop(deadline_id=reply.deadline.pk, stopped_on=today, today=today)
    record(
        actor=actor,
        verb="liaison.named",
        subject=reply,
        facts={"name": holder.label, "call": reply.call.title},
        scope_path=reply.organisation.path,
        occurred_on=today,
    )
    return reply


def _log(actor: User, verb: str, project: Project, facts: dict[str, object], today: date) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=project,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
