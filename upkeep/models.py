"""What was done for the system's safety, and how often it has to be. No project's data."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import User


class UpkeepRun(models.Model):
    """One backup, drill, restore or check, with its end. Written when it has ended, never altered.

    `facts` holds what it found: tables, rows, bytes, differences. A run that was killed leaves no
    row; that the last good one is too old says so.
    """

    class Kind(models.TextChoices):
        BACKUP = "BACKUP", "备份"
        DRILL = "DRILL", "恢复演练"
        RESTORE = "RESTORE", "恢复"
        LEDGER = "LEDGER", "指标账核对"
        TRAIL = "TRAIL", "操作日志核对"

    kind = models.CharField("事项", max_length=10, choices=Kind)
    succeeded = models.BooleanField("成功")
    summary = models.CharField("结果", max_length=500)
    facts = models.JSONField("事实", default=dict, encoder=DjangoJSONEncoder)
    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")

    class Meta:
        verbose_name = "维护记录"
        ordering = ("-id",)
        indexes: ClassVar = [models.Index(name="upkeep_run_by_kind", fields=["kind", "-id"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="upkeep_run_ends_after_it_began", condition=Q(ended_at__gte=F("started_at"))
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="upkeep_run_is_immutable", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ended_at:%Y-%m-%d %H:%M}"

    @property
    def duration(self) -> timedelta:
        return self.ended_at - self.started_at


class UpkeepSetting(models.Model):
    """How long backups are kept, and after which silence the health page turns red. Dated.

    The newest row in force on a day applies; without one the defaults do.
    """

    effective_from = models.DateField("生效日期", unique=True)
    keep_backup_days = models.PositiveSmallIntegerField("每日备份保留（日）", default=30)
    keep_backup_months = models.PositiveSmallIntegerField("每月首份备份保留（月）", default=12)
    backup_every_hours = models.PositiveSmallIntegerField("备份间隔不超过（小时）", default=26)
    drill_every_days = models.PositiveSmallIntegerField("恢复演练间隔不超过（日）", default=10)
    check_every_hours = models.PositiveSmallIntegerField("核对间隔不超过（小时）", default=26)
    free_disk_percent = models.PositiveSmallIntegerField("磁盘剩余不低于（%）", default=10)
    queue_minutes = models.PositiveSmallIntegerField("任务排队不超过（分钟）", default=10)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "维护设置"
        ordering = ("-effective_from",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="upkeep_setting_asks_for_something",
                condition=Q(
                    keep_backup_days__gte=7,
                    keep_backup_months__gte=1,
                    backup_every_hours__gte=1,
                    drill_every_days__gte=1,
                    check_every_hours__gte=1,
                    free_disk_percent__lt=100,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.effective_from} 起"


class MaintenanceNotice(models.Model):
    """What every page says before and while the system stands still. Withdrawn, never deleted.

    Shown from `shown_from` until `until`, both moments included in the half-open sense: at `until`
    it is gone.
    """

    text = models.CharField("内容", max_length=200)
    shown_from = models.DateTimeField("开始显示")
    until = models.DateTimeField("结束显示")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发布人")
    entered_at = models.DateTimeField("发布时间", auto_now_add=True)
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤下人")

    class Meta:
        verbose_name = "维护通知"
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(
                name="maintenance_notice_standing", fields=["until"], condition=Q(withdrawn_at__isnull=True)
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="maintenance_notice_says_something_for_a_time",
                condition=~Q(text="") & Q(until__gt=F("shown_from")),
            ),
            models.CheckConstraint(
                name="maintenance_notice_withdrawn_by_somebody",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
