"""How long the log is kept, and what has gone because its time had run out."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from audit.models.guards import never_emptied

LEAST_DAYS = 180
LEAST_BUSINESS_YEARS = 3


class TrailRule(models.Model):
    """For how long entries are kept from a day on. Dated; not below what the law asks.

    Source: domain.md 10: logs at least 180 days (网络安全法), records of business three years.
    """

    effective_from = models.DateField("生效日期", unique=True)
    keep_days = models.PositiveIntegerField("登录、下载等记录保留（日）", default=LEAST_DAYS)
    keep_business_years = models.PositiveSmallIntegerField("业务记录保留（年）", default=LEAST_BUSINESS_YEARS)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "日志保留期限"
        ordering = ("-effective_from",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="trail_is_kept_as_long_as_the_law_asks",
                condition=Q(keep_days__gte=LEAST_DAYS, keep_business_years__gte=LEAST_BUSINESS_YEARS),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class Purge(models.Model):
    """Entries that went because their time had run out; what went otherwise is found missing."""

    purged_at = models.DateTimeField("清理时间")
    door_before = models.DateTimeField("登录、下载等记录早于")
    business_before = models.DateTimeField("业务记录早于")
    removed = models.PositiveIntegerField("清理条数")

    class Meta:
        verbose_name = "日志清理"
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="purge_leaves_what_the_law_asks_for",
                condition=Q(
                    door_before__lte=F("purged_at") - timedelta(days=LEAST_DAYS),
                    business_before__lte=F("purged_at") - timedelta(days=365 * LEAST_BUSINESS_YEARS),
                ),
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="purge_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("purge_is_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.purged_at:%Y-%m-%d}"
