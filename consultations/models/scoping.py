"""Who reads what of the council: the bureau all of its prefecture, others what concerns them."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from django.db import models
from django.db.models import Q

from accounts.scoping import ScopedQuerySet

M = TypeVar("M", bound=models.Model)


class ConcernedQuerySet(ScopedQuerySet[M]):
    """Rows of a council, which each unit reads as far as one of `concerned` leads to it.

    `concerned` names the ways to the organisations that a row concerns: who raised it, who leads,
    whose county. The same holds for a county and for a department outside the bureau.
    """

    concerned: ClassVar[tuple[str, ...]]

    def _inside(self, path: str) -> Q:
        return super()._inside(path) | self._concerning(path)

    def _of_department(self, path: str) -> Q | None:
        return self._concerning(path)

    def _concerning(self, path: str) -> Q:
        found = Q(pk__in=[])
        for way in self.concerned:
            rows = self.model._default_manager.filter(**{f"{way}__path__startswith": path})
            found |= Q(pk__in=rows.values("pk"))
        return found
