"""Which project's farmland is made up for by which consolidation project (S3-14)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from projects.models import Project
from quotas.models.bookings import Consolidation


class SupplyLinkQuerySet(ScopedQuerySet["SupplyLink"]):
    """A county sees what its projects are linked to, and what its consolidations make up for."""

    organisation_path = "county"

    def _inside(self, path: str) -> Q:
        return Q(county__path__startswith=path) | Q(consolidation__county__path__startswith=path)

    def standing(self) -> SupplyLinkQuerySet:
        """Those that were not taken back."""
        return self.filter(released_on__isnull=True)


class SupplyLink(models.Model):
    """So much of a consolidation project stands for the farmland that a project takes (m², kg).

    `county` is the project's. The prefecture's office alone makes and takes back links (市级统管);
    the sum of the standing ones never exceeds what the consolidation brings.
    Source: S3, 补充耕地与土地开发整理项目挂钩制度.
    """

    consolidation = models.ForeignKey(
        Consolidation, models.PROTECT, related_name="links", verbose_name="整治项目"
    )
    project = models.ForeignKey(Project, models.PROTECT, related_name="supply_links", verbose_name="建设项目")
    county = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="项目所在县（市）"
    )
    area_m2 = models.BigIntegerField("挂钩耕地（平方米）", default=0)
    paddy_m2 = models.BigIntegerField("挂钩水田（平方米）", default=0)
    grain_kg = models.BigIntegerField("挂钩产能（公斤）", default=0)
    plots = models.CharField("地块位置", max_length=300, blank=True)
    document_no = models.CharField("依据文号", max_length=120)
    linked_on = models.DateField("挂钩日期")
    linked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    released_on = models.DateField("解除日期", null=True)
    release_reason = models.CharField("解除理由", max_length=300, blank=True)

    objects = SupplyLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "补充耕地挂钩"
        ordering = ("-id",)
        indexes = [models.Index(name="quota_link_by_project", fields=["project", "-id"])]
        constraints = [
            models.UniqueConstraint(
                name="quota_link_once",
                fields=["consolidation", "project"],
                condition=Q(released_on__isnull=True),
            ),
            models.CheckConstraint(
                name="quota_link_stands_for_something",
                condition=Q(area_m2__gte=0, paddy_m2__gte=0, grain_kg__gte=0)
                & (Q(area_m2__gt=0) | Q(grain_kg__gt=0)),
            ),
            models.CheckConstraint(
                name="quota_link_paddy_is_farmland", condition=Q(paddy_m2__lte=F("area_m2"))
            ),
            models.CheckConstraint(
                name="quota_link_released_with_reason",
                condition=Q(released_on__isnull=True) | ~Q(release_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consolidation}补充{self.project}"
