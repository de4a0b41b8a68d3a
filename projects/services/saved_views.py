"""Keeping a view of a list under a name, for oneself or for a role."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from projects.list_refusals import TooManyViews, ViewNameTaken
from projects.models import ListName, ListPreference, SavedView

MOST_VIEWS = 30


@transaction.atomic
def save_view(
    *, actor: User, list_name: ListName, name: str, query: str, shared_roles: Sequence[str] = ()
) -> SavedView:
    """Keep an address of a list; shared with roles only by who may.

    Args:
        query: as `projects.list_question.kept_query` writes it.

    Raises:
        ViewNameTaken: another of one's views of this list bears the name.
        TooManyViews: more than a row of tabs can hold.
    """
    if shared_roles:
        require(actor, Right.SHARE_VIEWS)
    own = list(SavedView.objects.select_for_update().filter(owner=actor, list_name=list_name))
    if any(view.name == name for view in own):
        raise ViewNameTaken(f"您已有名为“{name}”的筛选；换一个名称，或先删除原有的。", name=name)
    if len(own) >= MOST_VIEWS:
        raise TooManyViews(f"每个清单最多保存 {MOST_VIEWS} 个筛选；先删除不用的再保存。", most=MOST_VIEWS)
    view = SavedView.objects.create(
        owner=actor, list_name=list_name, name=name, query=query, shared_roles=sorted(set(shared_roles))
    )
    if shared_roles:
        record(actor=actor, verb="view.shared", subject=view, facts={"roles": view.shared_roles})
    return view


@transaction.atomic
def delete_view(*, actor: User, view_id: int) -> None:
    """Forget one of one's own views; whoever opened the list with it sees the whole list again.

    Raises:
        SavedView.DoesNotExist: not one's own.
    """
    SavedView.objects.select_for_update().get(pk=view_id, owner=actor).delete()


@transaction.atomic
def open_with(*, actor: User, list_name: ListName, view_id: int | None) -> None:
    """Let the list open with a view from now on; None: with the whole list.

    Raises:
        SavedView.DoesNotExist: not visible to the actor, or of another list.
    """
    view = (
        None
        if view_id is None
        else SavedView.objects.visible_to(actor).filter(list_name=list_name).get(pk=view_id)
    )
    ListPreference.objects.update_or_create(owner=actor, list_name=list_name, defaults={"default_view": view})


@transaction.atomic
def set_density(*, actor: User, list_name: ListName, is_dense: bool) -> None:
    """Remember the height of the list's rows."""
    ListPreference.objects.update_or_create(owner=actor, list_name=list_name, defaults={"is_dense": is_dense})
