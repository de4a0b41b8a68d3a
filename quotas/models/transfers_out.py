"""What a giving county owes after an approval: its transfer-out plan, within the month."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.scoping import ScopedQuerySet
from deadlines.models import Deadline
from quotas.models.reservations import Reservation


class TransferOutQuerySet(ScopedQuerySet["TransferOut"]):
    organisation_path = "county"


class TransferOut(models.Model):
    """A county whose boundary scale was drawn completes its transfer-out plan (S4-42).

    Source: S4, annex 3, article 8.
    """

    reservation = models.ForeignKey(
        Reservation, models.PROTECT, related_name="transfers_out", verbose_name="调剂"
    )
    county = models.ForeignKey(
        Organisation, models.PROTECT, related_name="transfers_out", verbose_name="调出县（市）"
    )
    amount = models.BigIntegerField("调出规模（平方米）")
    deadline = models.ForeignKey(
        Deadline, models.PROTECT, null=True, related_name="+", verbose_name="调出方案期限"
    )
    completed_on = models.DateField("完成日期", null=True)
    document_no = models.CharField("调出方案文号", max_length=120, blank=True)
    completed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = TransferOutQuerySet.as_manager()

    class Meta:
        verbose_name = "调出方案"
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(name="quota_transfer_out_once", fields=["reservation", "county"]),
            models.CheckConstraint(name="quota_transfer_out_amount", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="quota_transfer_out_completed_by_a_paper",
                condition=Q(completed_on__isnull=True) | ~Q(document_no=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county}调出方案"
