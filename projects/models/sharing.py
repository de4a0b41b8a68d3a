"""Who reads a project that lies in several counties."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Q

from accounts.scoping import ScopedQuerySet

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)


class SharedProjectsQuerySet(ScopedQuerySet[M]):
    """Rows of a project, which every county and park with a share of its land may read.

    Only once it is adopted: what a neighbour has handed in and the bureau has not answered is
    the neighbour's own business. `project_path` names the way to the project's id.
    """

    project_path: ClassVar[str]

    def visible_to(self, actor: User) -> Self:
        """As `ScopedQuerySet.visible_to`, and for a reporting unit what it holds a share of.

        For people of a reporting unit one query at once: as a rule it finds nothing, and then
        the list keeps its plain condition and its index.
        """
        scope = actor.scope
        if scope is None or scope.is_department or actor.reporting_unit is None:
            return super().visible_to(actor)
        shared = shared_with(scope.path)
        if not shared:
            return super().visible_to(actor)
        return self.filter(self._inside(scope.path) | Q(**{f"{self.project_path}__in": shared}))


def shared_with(path: str) -> list[int]:
    """Ids of adopted projects of others with a share in the subtree of `path`."""
    project = apps.get_model("projects", "Project")
    found = project._default_manager.filter(status="ADOPTED", shares__organisation__path__startswith=path)
    return list(found.exclude(organisation__path__startswith=path).values_list("pk", flat=True).distinct())
