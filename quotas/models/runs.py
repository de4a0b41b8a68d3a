"""Year-end runs: previewed, committed once, reversible as a whole."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from quotas.models.bookings import Booking
from quotas.models.ledger import Account
from quotas.models.negative_list import NegativeListing
from quotas.models.reservations import POOLS, ReservationLine


class YearEndRunQuerySet(ScopedQuerySet["YearEndRun"]):
    organisation_path = "prefecture"


class YearEndRun(models.Model):
    """What a year's end does to one pool: boundary scale moves in, plan quota lapses (R10).

    A preview holds its lines and moves nothing. Committing moves all of them or none, once for each
    pool and year; reversing undoes all of them, and the year may be closed anew.
    """

    class State(models.TextChoices):
        PREVIEW = "PREVIEW", "待确认"
        COMMITTED = "COMMITTED", "已办结"
        REVERSED = "REVERSED", "已冲正"
        DISCARDED = "DISCARDED", "已放弃"

    prefecture = models.ForeignKey(
        Organisation, models.PROTECT, related_name="quota_runs", verbose_name="市（州）"
    )
    pool = models.CharField("调节池", max_length=12, choices=POOLS)
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREVIEW)
    occurred_on = models.DateField("记账日期")
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="拟办人")
    prepared_at = models.DateTimeField("拟办时间", auto_now_add=True)
    booking = models.OneToOneField(Booking, models.PROTECT, null=True, related_name="run")
    committed_at = models.DateTimeField("办结时间", null=True)
    committed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办结人")

    objects = YearEndRunQuerySet.as_manager()

    class Meta:
        verbose_name = "年末结转"
        ordering = ("-year", "-id")
        constraints = [
            models.UniqueConstraint(
                name="quota_run_committed_once",
                fields=["prefecture", "pool", "year"],
                condition=Q(state="COMMITTED"),
            ),
            models.CheckConstraint(
                name="quota_run_committed_has_its_booking",
                condition=Q(state__in=["PREVIEW", "DISCARDED"], booking__isnull=True)
                | Q(state__in=["COMMITTED", "REVERSED"], booking__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.get_pool_display()}年末结转"


class YearEndLineQuerySet(ScopedQuerySet["YearEndLine"]):
    organisation_path = "run__prefecture"


class YearEndLine(models.Model):
    """One account of a run, what it holds and what becomes of it (m²)."""

    class Act(models.TextChoices):
        CARRY = "CARRY", "转入州池"
        RETURN = "RETURN", "未用收回"
        LAPSE = "LAPSE", "年末失效"

    run = models.ForeignKey(YearEndRun, models.CASCADE, related_name="lines", verbose_name="年末结转")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name="账户")
    reservation_line = models.ForeignKey(
        ReservationLine, models.PROTECT, null=True, related_name="+", verbose_name="收回的预占"
    )
    act = models.CharField("处理", max_length=8, choices=Act)
    amount = models.BigIntegerField("数量（平方米）")
    listing = models.ForeignKey(
        NegativeListing, models.PROTECT, null=True, related_name="+", verbose_name="负面清单"
    )

    objects = YearEndLineQuerySet.as_manager()

    class Meta:
        verbose_name = "年末结转明细"
        ordering = ("id",)
        constraints = [models.CheckConstraint(name="quota_run_line_amount", condition=Q(amount__gt=0))]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.amount}"
