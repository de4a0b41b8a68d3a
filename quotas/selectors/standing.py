"""What stands beside the ledgers: transfer-out plans and what is still to be deducted."""

from __future__ import annotations

from accounts.models import User
from quotas.models import PendingDeduction, PendingDeductionQuerySet, TransferOut, TransferOutQuerySet


def transfers_out(*, actor: User) -> TransferOutQuerySet:
    """The transfer-out plans that the actor sees, newest first. One query."""
    rows = TransferOut.objects.visible_to(actor)
    return rows.select_related("county", "deadline", "reservation").order_by("-id")


def pending_deductions(*, actor: User) -> PendingDeductionQuerySet:
    """What was frozen, open and settled, newest first. One query."""
    rows = PendingDeduction.objects.visible_to(actor)
    return rows.select_related("county", "reservation", "booking", "noted_by").order_by("-id")
