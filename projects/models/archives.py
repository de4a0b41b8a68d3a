"""Years that are closed: their projects are read and searched, and no longer written."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet


class YearArchiveQuerySet(ScopedQuerySet["YearArchive"]):
    organisation_path = "prefecture"

    def standing(self) -> YearArchiveQuerySet:
        """Archived and not restored."""
        return self.filter(restored_on__isnull=True)


class YearArchive(models.Model):
    """That a prefecture's year was archived, by whom and why; and, later, restored.

    While it stands, every project on the year's list is read-only (`services.archiving`). A year
    archived again after a restore is a row of its own.
    """

    prefecture = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="市（州）")
    year = models.PositiveSmallIntegerField("年度")
    reason = models.CharField("归档说明", max_length=300)
    archived_on = models.DateField("归档日期")
    archived_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="归档人")
    restored_on = models.DateField("恢复日期", null=True)
    restored_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="恢复人")
    restore_reason = models.CharField("恢复理由", max_length=300, blank=True)

    objects = YearArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = "年度归档"
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(
                name="year_archive_stands_once",
                fields=["prefecture", "year"],
                condition=Q(restored_on__isnull=True),
            ),
            models.CheckConstraint(
                name="year_archive_restored_by_somebody_for_a_reason",
                condition=Q(restored_on__isnull=True, restored_by__isnull=True, restore_reason="")
                | Q(restored_on__gte=F("archived_on"), restored_by__isnull=False) & ~Q(restore_reason=""),
            ),
            models.CheckConstraint(name="year_archive_says_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.year} 年度归档"
