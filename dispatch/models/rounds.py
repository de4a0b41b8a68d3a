"""Rounds, who has to report in them, and the ledgers that freezing keeps."""

from __future__ import annotations

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from core.clock import day_of
from deadlines.models import Deadline
from dispatch.rules.periods import Period, PeriodKind


class RoundKind(models.TextChoices):
    WEEK = PeriodKind.WEEK.value, "周调度"
    MONTH = PeriodKind.MONTH.value, "月调度"
    QUARTER = PeriodKind.QUARTER.value, "季调度"
    YEAR = PeriodKind.YEAR.value, "年度调度"


class RoundRule(models.Model):
    """When the rounds of a kind end and who is reminded when, dated; the row in force applies.

    `weekday` counts for weeks (0 is Monday), `days_after` for longer periods: the n-th working day
    after their end, 0 being their last working day. Public reference data.
    """

    kind = models.CharField("类型", max_length=8, choices=RoundKind)
    effective_from = models.DateField("生效日期")
    is_held = models.BooleanField("按期开展", default=True)
    weekday = models.PositiveSmallIntegerField("每周报送日", default=3)
    days_after = models.PositiveSmallIntegerField("期末后第几个工作日", default=0)
    opens_before = models.PositiveSmallIntegerField("报送日前几个工作日开始", default=5)
    reminder_days = models.JSONField("提前提醒（工作日）", default=list)
    note = models.CharField("依据或原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "调度规则"
        ordering = ("kind", "-effective_from")
        constraints = [
            models.UniqueConstraint(name="round_rule_once", fields=["kind", "effective_from"]),
            models.CheckConstraint(name="round_rule_on_a_day_of_the_week", condition=Q(weekday__lte=6)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.effective_from} 起"

    @property
    def day_label(self) -> str:
        if self.kind == RoundKind.WEEK:
            return f"每周星期{'一二三四五六日'[self.weekday]}"
        return f"期末后第 {self.days_after} 个工作日" if self.days_after else "期内最后一个工作日"


class ReportingDuty(models.Model):
    """Who reports in the rounds of a kind, from a day on. Public reference data."""

    kind = models.CharField("类型", max_length=8, choices=RoundKind)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "应报单位"
        ordering = ("kind", "organisation__path")
        constraints = [
            models.UniqueConstraint(
                name="reporting_duty_once", fields=["kind", "organisation"], condition=Q(to_on__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.organisation}"


class Round(models.Model):
    """One week's, month's, quarter's or year's reporting.

    `version` is the one in work or frozen last; reopening begins the next and leaves the ledgers of
    the ones before. What is open when `closes_on` ends, the schedule freezes. Public among those
    who may read ledgers: it holds no project's data.
    """

    kind = models.CharField("类型", max_length=8, choices=RoundKind, default=RoundKind.WEEK)
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("期次")
    due_on = models.DateField("报送日", null=True)
    closes_on = models.DateField("截止日", null=True)
    opened_at = models.DateTimeField("开始时间", null=True)
    version = models.PositiveSmallIntegerField("版次", default=1)
    frozen_at = models.DateTimeField("定稿时间", null=True)
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="定稿人")
    frozen_by_schedule = models.BooleanField("由系统自动定稿", default=False)

    class Meta:
        verbose_name = "调度"
        ordering = ("-year", "-number")
        constraints = [
            models.UniqueConstraint(name="round_once", fields=["kind", "year", "number"]),
            models.CheckConstraint(
                name="weekly_round_frozen_by_somebody",
                condition=Q(frozen_at__isnull=True) | Q(frozen_by__isnull=False) | Q(frozen_by_schedule=True),
            ),
        ]

    def __str__(self) -> str:
        return self.period.label

    @property
    def period(self) -> Period:
        return Period(self.year, self.number, PeriodKind(self.kind))

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class Reopening(models.Model):
    """A frozen version that was opened again, with the reason. Its ledgers stay. Public as its round."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reopenings", verbose_name="调度")
    version = models.PositiveSmallIntegerField("原版次")
    frozen_at = models.DateTimeField("原定稿时间")
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="原定稿人")
    reason = models.CharField("原因", max_length=300)
    closes_on = models.DateField("重新截止日")
    reopened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="重新打开人")
    reopened_at = models.DateTimeField("重新打开时间")

    class Meta:
        verbose_name = "重新打开"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="reopening_once", fields=["round", "version"]),
            models.CheckConstraint(name="reopening_has_a_reason", condition=~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Protect(name="reopening_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.round} 第{self.version}版"

    @property
    def sentence(self) -> str:
        """Who opened it again on which day, and why."""
        day = day_of(self.reopened_at)
        return f"第{self.version}版定稿由{self.reopened_by.label}于 {day} 重新打开：{self.reason}"


class ReportQuerySet(ScopedQuerySet["Report"]):
    organisation_path = "organisation"
    department_path = "organisation"

    def owed(self) -> ReportQuerySet:
        return self.filter(reported_at__isnull=True)


class Report(models.Model):
    """What one unit owes in a round: its word that the projects are as they stand. A `Deadline`.

    `is_unchanged` is the one-click answer 已核实无变化; else `remarks` say what there is.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports", verbose_name="调度")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="reports", verbose_name="单位"
    )
    deadline = models.OneToOneField(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="期限"
    )
    reported_at = models.DateTimeField("报送时间", null=True)
    reported_on = models.DateField("报送日期", null=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="报送人")
    is_unchanged = models.BooleanField("已核实无变化", default=False)
    remarks = models.TextField("说明", blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "报送"
        ordering = ("organisation__path",)
        constraints = [
            models.UniqueConstraint(name="report_once", fields=["round", "organisation"]),
            models.CheckConstraint(
                name="report_says_something",
                condition=Q(reported_at__isnull=True) | Q(is_unchanged=True) | ~Q(remarks=""),
            ),
            models.CheckConstraint(
                name="report_has_a_reporter",
                condition=Q(reported_at__isnull=True, reported_on__isnull=True, reported_by__isnull=True)
                | Q(reported_at__isnull=False, reported_on__isnull=False, reported_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.organisation}"


class LedgerSnapshotQuerySet(ScopedQuerySet["LedgerSnapshot"]):
    organisation_path = "organisation"


class LedgerSnapshot(models.Model):
    """One version of a round's ledger for one unit: columns, rows, totals and the file as frozen.

    A record, not a query. The database refuses any change. `rule_versions` names the dated rules
    under which it was made: calendar, lamps. `columns` says what the cells of `rows` were then;
    areas in cells and totals are whole m² (dispatch.rules.ledger). `lists` are the three lists of the
    same moment, of the prefecture's ledger alone; None where it is older than that.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="snapshots", verbose_name="调度")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ledgers", verbose_name="单位"
    )
    version = models.PositiveSmallIntegerField("版次", default=1)
    taken_on = models.DateField("数据日期")
    rule_versions = models.JSONField("所依规则版本", default=dict, encoder=DjangoJSONEncoder)
    columns = models.JSONField("栏目", encoder=DjangoJSONEncoder)
    rows = models.JSONField("明细", encoder=DjangoJSONEncoder)
    totals = models.JSONField("合计", encoder=DjangoJSONEncoder)
    lists = models.JSONField("三项清单", null=True, encoder=DjangoJSONEncoder)
    row_count = models.PositiveIntegerField("行数")
    filename = models.CharField("文件名", max_length=200)
    content = models.BinaryField("文件")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = LedgerSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = "台账"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="ledger_once", fields=["round", "organisation", "version"])
        ]
        triggers = [
            pgtrigger.Protect(name="ledger_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.filename
