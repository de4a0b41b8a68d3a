"""How a person likes a list: views, default, density."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from accounts.models import User
from projects.models import ListName, ListPreference, SavedView


@dataclass(frozen=True, slots=True)
class Habits:
    """A person's views of one list, own ones first, and what it opens with."""

    views: list[SavedView]
    default: SavedView | None
    is_dense: bool


def habits_at(list_name: ListName, *, actor: User) -> Habits:
    """Two queries; a third for the owners of shared views where there are any."""
    views = list(SavedView.objects.visible_to(actor).filter(list_name=list_name).order_by("id"))
    views.sort(key=lambda view: view.owner_id != actor.pk)
    for view in views:
        if view.owner_id == actor.pk:
            view.owner = actor
    prefetch_related_objects(views, "owner")
    mine = ListPreference.objects.filter(owner=actor, list_name=list_name).first()
    chosen = mine.default_view_id if mine else None
    return Habits(
        views=views,
        # A shared view that is no longer shared is nobody's default.
        default=next((view for view in views if view.pk == chosen), None),
        is_dense=mine.is_dense if mine else True,
    )
