"""How a person likes a list: views, default, density."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.models import User
from core.kept import kept
from projects.models import ListName, ListPreference, SavedView


@dataclass(frozen=True, slots=True)
class KeptView:
    """A saved view as its tab and the dialog of views show it. owner: who shares it, "" for one's own."""

    pk: int
    name: str
    query: str
    is_shared: bool
    owner_id: int
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Habits:
    """A person's views of one list, own ones first, and what it opens with."""

    views: tuple[KeptView, ...]
    default: KeptView | None
    is_dense: bool


def habits_at(list_name: ListName, *, actor: User) -> Habits:
    """One query where others share views with the actor, as a rule none; two more after somebody's habits
    have changed."""
    if not actor.is_active:
        return Habits(views=(), default=None, is_dense=True)
    views, default_id, is_dense = _habits(list_name.value, actor.pk, actor.role)
    others = {view.owner_id for view in views} - {actor.pk}
    if others:
        names = {user.pk: user.label for user in User.objects.filter(pk__in=others)}
        views = tuple(replace(view, owner=names.get(view.owner_id, "")) for view in views)
    # A shared view that is no longer shared is nobody's default.
    return Habits(views, next((view for view in views if view.pk == default_id), None), is_dense)


@kept
def _habits(list_name: str, user_id: int, role: str) -> tuple[tuple[KeptView, ...], int | None, bool]:
    rows = SavedView.objects.read_by(user_id, role=role).filter(list_name=list_name).order_by("id")
    views = [KeptView(row.pk, row.name, row.query, bool(row.shared_roles), row.owner_id) for row in rows]
    views.sort(key=lambda view: view.owner_id != user_id)
    mine = ListPreference.objects.filter(owner=user_id, list_name=list_name).first()
    return tuple(views), mine.default_view_id if mine else None, mine.is_dense if mine else True
