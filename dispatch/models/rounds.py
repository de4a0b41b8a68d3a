"""The weekly round, its frozen ledgers, and reminders."""

from __future__ import annotations

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import OwnRowsQuerySet, ScopedQuerySet
from deadlines.models import Deadline
from dispatch.rules.weeks import Week


class WeeklyRound(models.Model):
    """One ISO week's reporting. Frozen once; the schedule freezes what the office left open.

    Public among those who may read ledgers: it holds no project's data.
    """

    year = models.PositiveSmallIntegerField("年度")
    week = models.PositiveSmallIntegerField("周次")
    due_on = models.DateField("报送日", null=True)
    frozen_at = models.DateTimeField("定稿时间", null=True)
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="定稿人")
    frozen_by_schedule = models.BooleanField("由系统自动定稿", default=False)

    class Meta:
        verbose_name = "周调度"
        ordering = ("-year", "-week")
        constraints = [
            models.UniqueConstraint(name="weekly_round_once", fields=["year", "week"]),
            models.CheckConstraint(
                name="weekly_round_frozen_by_somebody",
                condition=Q(frozen_at__isnull=True) | Q(frozen_by__isnull=False) | Q(frozen_by_schedule=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.iso_week)

    @property
    def iso_week(self) -> Week:
        return Week(self.year, self.week)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class LedgerSnapshotQuerySet(ScopedQuerySet["LedgerSnapshot"]):
    organisation_path = "organisation"


class LedgerSnapshot(models.Model):
    """The ledger of one round for one unit: columns, rows, totals and the file, exactly as frozen.

    A record, not a query. The database refuses any change. `columns` says what the cells of
    `rows` were when it was frozen; areas in cells and totals are whole m² (dispatch.rules.ledger).
    """

    round = models.ForeignKey(WeeklyRound, models.PROTECT, related_name="snapshots", verbose_name="周次")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ledgers", verbose_name="单位"
    )
    taken_on = models.DateField("数据日期")
    columns = models.JSONField("栏目", encoder=DjangoJSONEncoder)
    rows = models.JSONField("明细", encoder=DjangoJSONEncoder)
    totals = models.JSONField("合计", encoder=DjangoJSONEncoder)
    row_count = models.PositiveIntegerField("行数")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = LedgerSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "周台账"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(name="ledger_once", fields=["round", "organisation"])]
        triggers = [
            pgtrigger.Protect(name="ledger_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.filename


class ReminderQuerySet(OwnRowsQuerySet["Reminder"]):
    owner_path = "recipient_id"


class Reminder(models.Model):
    """One reminder: unique per deadline, stage, due day and person, whatever crashes or runs twice.

    Written in one transaction with its message, so that neither exists without the other.
    """

    deadline = models.ForeignKey(Deadline, models.PROTECT, related_name="reminders", verbose_name="期限")
    recipient = models.ForeignKey(User, models.CASCADE, related_name="reminders", verbose_name="收件人")
    stage = models.CharField("阶段", max_length=16, help_text="before-3, due, overdue (deadlines.rules)")
    due_on = models.DateField("到期日")
    planned_on = models.DateField("计划日期")
    message_key = models.CharField("消息键", max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "提醒"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(name="reminder_once", fields=["deadline", "recipient", "stage", "due_on"])
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.due_on}"
