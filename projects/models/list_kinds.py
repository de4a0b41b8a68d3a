"""The lists that projects stand on: 国家重大, 省重点 and what the bureau adds to them."""

from __future__ import annotations

from datetime import date

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from accounts.models import User


class ListScope(models.TextChoices):
    """What a list counts as where the law asks: the kinds of article 11 of the pool's rules."""

    NATIONAL = "NATIONAL", "国家重大"
    PROVINCIAL = "PROVINCIAL", "省重点"
    FIVE_PLUS_THREE = "FIVE_PLUS_THREE", "“5+3”重大项目"
    PREFECTURAL = "PREFECTURAL", "州重点"
    OTHER = "OTHER", "其他"


PROVINCIAL_UP = (ListScope.NATIONAL, ListScope.PROVINCIAL)


class ListKindQuerySet(models.QuerySet["ListKind"]):
    def in_use(self, on: date) -> ListKindQuerySet:
        """Those that a project may be put on that day."""
        return self.filter(Q(in_use_until__isnull=True) | Q(in_use_until__gte=on), in_use_from__lte=on)

    def codes_counting_as(self, *scopes: ListScope) -> list[str]:
        """One query."""
        return list(self.filter(counts_as__in=scopes).values_list("code", flat=True))


@pghistory.track()
class ListKind(models.Model):
    """A kind of list, `Project.list_category` by its code. Public reference data.

    Renamed it stays the same list; `counts_as` says what quota, filters and rules take it for. In
    use from `in_use_from` to `in_use_until`, both ends included. Never deleted: projects of earlier
    years stand on it.
    """

    code = models.CharField("代号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=20, unique=True)
    words = models.JSONField("其他写法", default=list)
    counts_as = models.CharField("政策口径", max_length=20, choices=ListScope)
    position = models.PositiveSmallIntegerField("次序")
    in_use_from = models.DateField("启用日期")
    in_use_until = models.DateField("停用日期", null=True)
    basis = models.CharField("依据或说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间", auto_now=True)

    objects = ListKindQuerySet.as_manager()

    class Meta:
        verbose_name = "清单类别"
        ordering = ("position", "code")
        constraints = [
            models.CheckConstraint(
                name="list_kind_ends_after_it_begins",
                condition=Q(in_use_until__isnull=True) | Q(in_use_until__gte=F("in_use_from")),
            ),
            models.CheckConstraint(name="list_kind_has_a_code", condition=~Q(code="") & ~Q(name="")),
        ]
        triggers = [pgtrigger.Protect(name="list_kind_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    def is_in_use(self, on: date) -> bool:
        return self.in_use_from <= on and (self.in_use_until is None or on <= self.in_use_until)


def list_name() -> Subquery:
    """The name of the kind of list on which a row stands; for `annotate(list_name=list_name())`."""
    return Subquery(ListKind.objects.filter(code=OuterRef("list_category")).values("name")[:1])
