"""Posts and their holders: who follows whom from which day.

What hangs on a post (deadlines, links) lies on higher floors; they read who holds it on a day.
`desk.succession` moves what is copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from accounts.errors import HolderMissing, PostElsewhere, PostTaken, TenureOutOfOrder
from accounts.models import Organisation, Post, PostQuerySet, Tenure, User
from accounts.rights import Right, require
from audit.services import record


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post: an account, or a name where there is none."""

    user: User | None = None
    name: str = ""
    phone: str = ""

    @property
    def label(self) -> str:
        return self.name.strip() or (self.user.label if self.user else "")


def post_list(*, actor: User, on: date) -> PostQuerySet:
    """The posts the actor may see, with unit and holder of the day. One query."""
    return Post.objects.visible_to(actor).select_related("organisation").held(on)


def post_held_by(user: User, *, organisation: Organisation, on: date) -> Post | None:
    """The one post in which `user` acts for `organisation` on a day; None when it is not certain.

    Of several the one inside that organisation; of several there, none. One query.
    """
    held = [row.post for row in Tenure.objects.on(on).filter(user=user).select_related("post__organisation")]
    inside = [post for post in held if post.organisation.path.startswith(organisation.path)]
    for found in (inside, held):
        if len(found) == 1:
            return found[0]
    return None


def holders_on(post_ids: Iterable[int], *, on: date) -> dict[int, Tenure]:
    """Who holds each of the posts on a day; a vacant post is left out. One query."""
    rows = Tenure.objects.on(on).filter(post_id__in=set(post_ids)).select_related("user")
    return {row.post_id: row for row in rows}


@transaction.atomic
def create_post(
    *, actor: User, organisation: Organisation, title: str, duty: Post.Duty, needs_check: str = ""
) -> Post:
    """Set up a post in an organisation the actor looks after.

    Raises:
        PostElsewhere: the organisation lies outside the actor's scope.
        PostTaken: the title, or the one post of this duty, exists.
    """
    require(actor, Right.MANAGE_POSTS)
    refuse_elsewhere(actor, organisation)
    try:
        with transaction.atomic():
            post = Post.objects.create(
                organisation=organisation, title=title.strip(), duty=duty, needs_check=needs_check
            )
    except IntegrityError as error:
        raise _taken(organisation, title, duty) from error
    _log(actor, "post.created", post, {"duty": duty, "title": post.title})
    return post


@transaction.atomic
def change_post(*, actor: User, post_id: int, title: str, duty: Post.Duty, is_active: bool) -> Post:
    """Rename a post, say what it is for, take it out of use; what was to be checked counts as checked.

    Raises:
        PostTaken: another post of the organisation has the title or the duty.
        Post.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.MANAGE_POSTS)
    post = locked_post(actor, post_id)
    before = {"title": post.title, "duty": post.duty, "is_active": post.is_active}
    post.title, post.duty, post.is_active, post.needs_check = title.strip(), duty, is_active, ""
    try:
        with transaction.atomic():
            post.save(update_fields=["title", "duty", "is_active", "needs_check"])
    except IntegrityError as error:
        raise _taken(post.organisation, title, duty) from error
    _log(actor, "post.changed", post, {"before": before, "title": post.title})
    return post


@transaction.atomic
def install(*, actor: User, post_id: int, holder: Holder, starts_on: date) -> Tenure:
    """Let `holder` hold the post from `starts_on`, which may lie ahead; the one before ends that day.

    Raises:
        HolderMissing: neither an account nor a name.
        TenureOutOfOrder: somebody began on that day or later.
        PostElsewhere, Post.DoesNotExist.

    Source: S2-13, S4 附件2: 成员变动自动接替.
    """
    require(actor, Right.MANAGE_POSTS)
    post = locked_post(actor, post_id)
    if not holder.label:
        raise HolderMissing("须选择账号或填写姓名。")
    last = post.tenures.select_related("user").order_by("-starts_on").first()
    if last is not None and last.starts_on >= starts_on:
        raise TenureOutOfOrder(
            f"{last.label}自 {last.starts_on} 起任该岗位，新的起任日期须晚于这一天；请核对日期。",
            starts_on=last.starts_on.isoformat(),
            holder=last.label,
        )
    if last is not None and (last.ends_on is None or last.ends_on > starts_on):
        last.ends_on = starts_on
        last.save(update_fields=["ends_on"])
    tenure = Tenure.objects.create(
        post=post,
        user=holder.user,
        person_name=holder.name.strip(),
        phone=holder.phone.strip(),
        starts_on=starts_on,
        entered_by=actor,
    )
    facts: dict[str, object] = {
        "from": last.label if last else "",
        "to": holder.label,
        "starts_on": starts_on.isoformat(),
    }
    _log(actor, "post.succeeded", post, facts)
    return tenure


@transaction.atomic
def vacate(*, actor: User, post_id: int, ends_on: date) -> Tenure:
    """Let the holder's time end: `ends_on` is the first day on which nobody holds the post.

    Raises:
        TenureOutOfOrder: nobody holds it, or the holder began on that day or later.
    """
    require(actor, Right.MANAGE_POSTS)
    post = locked_post(actor, post_id)
    last = post.tenures.select_related("user").order_by("-starts_on").first()
    if last is None or last.ends_on is not None:
        raise TenureOutOfOrder("该岗位没有在任人员，无需登记离任。")
    if ends_on <= last.starts_on:
        raise TenureOutOfOrder(
            f"{last.label}自 {last.starts_on} 起任，离任日期须晚于这一天；请核对日期。",
            starts_on=last.starts_on.isoformat(),
        )
    last.ends_on = ends_on
    last.save(update_fields=["ends_on"])
    _log(actor, "post.vacated", post, {"from": last.label, "ends_on": ends_on.isoformat()})
    return last


@transaction.atomic
def name_contact(
    *, actor: User, organisation: Organisation, duty: Post.Duty, holder: Holder, starts_on: date
) -> Post:
    """Name an organisation's head, deputy in charge or liaison; the post is made where it lacks.

    Raises: as `create_post` and `install`.

    Source: S2-26, S2-30, S1-19.
    """
    require(actor, Right.MANAGE_POSTS)
    refuse_elsewhere(actor, organisation)
    post = Post.objects.filter(organisation=organisation, duty=duty, is_active=True).first()
    if post is None:
        post = create_post(actor=actor, organisation=organisation, title=duty.label, duty=duty)
    install(actor=actor, post_id=post.pk, holder=holder, starts_on=starts_on)
    return post


def refuse_elsewhere(actor: User, organisation: Organisation) -> None:
    """Raise PostElsewhere unless the organisation lies in the actor's part of the tree."""
    if actor.scope is None or not organisation.path.startswith(actor.scope.path):
        raise PostElsewhere(
            f"{organisation}不在您负责的范围内；请联系州局调度办办理。", organisation=organisation.code
        )


def locked_post(actor: User, post_id: int) -> Post:
    rows = Post.objects.visible_to(actor).select_related("organisation")
    return rows.select_for_update(of=("self",)).get(pk=post_id)


def _taken(organisation: Organisation, title: str, duty: Post.Duty) -> PostTaken:
    if duty in Post.ONE_EACH:
        words = f"{organisation}已有“{title}”岗位，或已有一名{duty.label}；请在原岗位上登记接任。"
    else:
        words = f"{organisation}已有“{title}”岗位；请换一个名称，或在原岗位上登记接任。"
    return PostTaken(words, title=title, duty=duty.value)


def _log(actor: User, verb: str, post: Post, facts: dict[str, object]) -> None:
    record(actor=actor, verb=verb, subject=post, facts=facts, scope_path=post.organisation.path)
