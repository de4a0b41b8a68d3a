"""How a person looks at a list: saved views, the columns and the density they like."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.scoping import OwnRowsQuerySet


class ListName(models.TextChoices):
    """The lists that keep views: their slug, and what messages call them."""

    PROJECTS = "projects", "项目库"
    DEADLINES = "deadlines", "期限清单"


class SavedViewQuerySet(OwnRowsQuerySet["SavedView"]):
    owner_path = "owner_id"

    def visible_to(self, actor: User) -> SavedViewQuerySet:
        """One's own, and those shared with one's role. A view is an address: it shows no row."""
        if not actor.is_active:
            return self.none()
        return self.read_by(actor.pk, role=actor.role)

    def read_by(self, user_id: int, *, role: str) -> SavedViewQuerySet:
        """As `visible_to`, for an active person of whom no more is known."""
        return self.filter(Q(owner=user_id) | Q(shared_roles__contains=[role]))


class SavedView(models.Model):
    """An address of a list under a name: filters, order and columns as the query string says them.

    Applied by going to that address, so that a link sent to a colleague shows the same question with
    the colleague's own rows.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name="所有人")
    list_name = models.CharField("清单", max_length=20, choices=ListName)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件、排序和列", max_length=1000, blank=True)
    shared_roles = models.JSONField("共享给", default=list)
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "保存的筛选"
        ordering = ("list_name", "name", "id")
        constraints = [
            models.UniqueConstraint(name="saved_view_named_once", fields=["owner", "list_name", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class ListPreferenceQuerySet(OwnRowsQuerySet["ListPreference"]):
    owner_path = "owner_id"


class ListPreference(models.Model):
    """One person's habits at one list: the view it opens with, and the height of its rows."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="list_preferences", verbose_name="用户")
    list_name = models.CharField("清单", max_length=20, choices=ListName)
    default_view = models.ForeignKey(
        SavedView, models.SET_NULL, null=True, related_name="+", verbose_name="默认筛选"
    )
    is_dense = models.BooleanField("紧凑", default=True)

    objects = ListPreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "清单习惯"
        ordering = ("list_name",)
        constraints = [models.UniqueConstraint(name="list_preference_once", fields=["owner", "list_name"])]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.list_name}"
