"""Periods of the procedure that the office sets, as dated rows."""

from __future__ import annotations

from django.db import models


class HandlingSetting(models.Model):
    """The office's own periods from `effective_from` on; the newest row in force applies.

    Public reference data. A period that runs keeps the length under which it began.
    """

    effective_from = models.DateField("生效日期", unique=True)
    missing_papers_days = models.PositiveSmallIntegerField("容缺材料补齐（工作日）", default=5)
    notice_days = models.PositiveSmallIntegerField("补正一次告知（工作日）", default=5)
    joint_days = models.PositiveSmallIntegerField("联合办理（工作日）", default=45)
    joint_extension_days = models.PositiveSmallIntegerField("联合办理可延长（工作日）", default=15)
    assumed_days = models.PositiveSmallIntegerField("未规定时限步骤的测算用时（工作日）", default=10)
    late_entry_days = models.PositiveSmallIntegerField("补录判定（发生后超过几个工作日录入）", default=1)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "办理期间设置"
        ordering = ("-effective_from",)

    def __str__(self) -> str:
        return f"{self.effective_from} 起"
