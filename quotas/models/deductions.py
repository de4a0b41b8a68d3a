"""Boundary scale that was not used in time and will be taken off at the plan evaluation (S4-43)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from quotas.models.bookings import Booking
from quotas.models.reservations import Reservation


class PendingDeductionQuerySet(ScopedQuerySet["PendingDeduction"]):
    organisation_path = "county"

    def open(self) -> PendingDeductionQuerySet:
        """Those that no plan evaluation has settled or found void."""
        return self.filter(settled_on__isnull=True)


class PendingDeduction(models.Model):
    """What was frozen or taken by the province because a county missed its time for use (m²).

    Nothing moves until the plan evaluation, which deducts the same amount from the county's scale
    by one booking, or finds it void. Source: S4, annex 3, article 8; domain.md 3.2 R9.
    """

    class Cause(models.TextChoices):
        FROZEN = "FROZEN", "被冻结"
        PROVINCE = "PROVINCE", "用于省级统筹"

    reservation = models.OneToOneField(
        Reservation, models.PROTECT, related_name="pending_deduction", verbose_name="调入指标"
    )
    county = models.ForeignKey(
        Organisation, models.PROTECT, related_name="pending_deductions", verbose_name="县（市）"
    )
    amount = models.BigIntegerField("待扣减规模（平方米）")
    cause = models.CharField("情形", max_length=10, choices=Cause)
    document_no = models.CharField("冻结或统筹文号", max_length=120)
    noted_on = models.DateField("登记日期")
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    settled_on = models.DateField("评估调整日期", null=True)
    booking = models.OneToOneField(
        Booking, models.PROTECT, null=True, related_name="+", verbose_name="扣减登记"
    )
    void_reason = models.CharField("不予扣减理由", max_length=300, blank=True)

    objects = PendingDeductionQuerySet.as_manager()

    class Meta:
        verbose_name = "待扣减规模"
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(name="quota_pending_deduction_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="quota_pending_deduction_settled_by_one",
                condition=Q(settled_on__isnull=True, booking__isnull=True, void_reason="")
                | Q(settled_on__isnull=False, booking__isnull=False, void_reason="")
                | Q(settled_on__isnull=False, booking__isnull=True) & ~Q(void_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county}待扣减规模"
