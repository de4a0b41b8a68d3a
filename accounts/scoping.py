"""Tenancy in one place: who may see which rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows the way from its rows to the organisation that owns them.

    Subclasses set `organisation_path`, e.g. "project__organisation". Where a department
    outside the bureau may follow what it handed in or was asked, `department_path` names the
    way to that organisation. A model without such a queryset must declare itself public in
    tests/test_scoping.py or the suite goes red.
    """

    organisation_path: ClassVar[str]
    department_path: ClassVar[str | None] = None

    def visible_to(self, actor: User) -> Self:
        """Keep the rows that `actor` may read. No organisation: no rows.

        County and park staff: the subtree of the nearest reporting unit above them. Bureau
        and leaders: the prefecture. Departments: what they submitted or were asked.
        Source: rulings.md, Visibility.
        """
        scope = actor.scope
        if scope is None:
            return self.none()
        if scope.is_department:
            of_department = self._of_department(scope.path)
            return self.none() if of_department is None else self.filter(of_department)
        return self.filter(self._inside(scope.path))

    def _inside(self, path: str) -> Q:
        return Q(**{f"{self.organisation_path}__path__startswith": path})

    def _of_department(self, path: str) -> Q | None:
        """What a department outside the bureau may read; None is nothing."""
        if self.department_path is None:
            return None
        return Q(**{f"{self.department_path}__path__startswith": path})


class OwnRowsQuerySet(models.QuerySet[M]):
    """Rows that belong to one person: a message, an import in preparation."""

    owner_path: ClassVar[str]

    def visible_to(self, actor: User) -> Self:
        """Keep the rows that are the actor's own."""
        if not actor.is_active:
            return self.none()
        return self.filter(**{self.owner_path: actor.pk})
