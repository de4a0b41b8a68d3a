"""报批经费 for pages: each budget with what was paid and what is lacking, sums by county and by kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from approvals.models import Fee, FeeKind, FeePayment, FeeQuerySet


@dataclass(frozen=True, slots=True)
class FeeReading:
    """A budget as it stands: what is paid, what is lacking."""

    record: Fee
    paid: Decimal

    @property
    def gap(self) -> Decimal:
        return self.record.budget_yuan - self.paid

    @property
    def lamp(self) -> str:
        return "amber" if self.gap > 0 else "done"

    @property
    def label(self) -> str:
        return "有缺口" if self.gap > 0 else "已缴清"


@dataclass(frozen=True, slots=True)
class FeeSum:
    """Budgets of one county or one kind together, in 元; `url` opens their rows."""

    label: str
    projects: int
    budget: Decimal
    paid: Decimal
    url: str

    @property
    def gap(self) -> Decimal:
        return self.budget - self.paid


def fee_list(*, actor: User) -> FeeQuerySet:
    """Budgets the actor may see with what was paid. One query."""
    paid = (
        FeePayment.objects.filter(fee=OuterRef("pk")).order_by().values("fee").annotate(s=Sum("amount_yuan"))
    )
    money = DecimalField(max_digits=16, decimal_places=2)
    rows = Fee.objects.visible_to(actor).select_related("project__organisation", "paper", "entered_by")
    return rows.annotate(paid=Coalesce(Subquery(paid.values("s")), Value(Decimal(0), output_field=money)))


def fee_reader(today: date) -> Callable[[Fee], FeeReading]:
    return lambda row: FeeReading(row, row.paid)  # type: ignore[attr-defined]


def fee_sums(*, actor: User) -> tuple[Sequence[FeeSum], Sequence[FeeSum]]:
    """By county, then by kind, of what the actor may see. Two queries."""
    rows = fee_list(actor=actor).order_by()
    figures: dict[str, Any] = {
        "projects": Count("project", distinct=True),
        "budget": Sum("budget_yuan"),
        "spent": Sum("paid"),
    }
    by_unit: QuerySet[Any, Any] = rows.values(
        "project__organisation__code", label=F("project__organisation__short_name")
    )
    by_kind: QuerySet[Any, Any] = rows.values(label=F("kind"))
    return (
        [
            FeeSum(row["label"], row["projects"], row["budget"], row["spent"], _rows_at(unit=code))
            for row in by_unit.annotate(**figures).order_by("project__organisation__code")
            for code in [row["project__organisation__code"]]
        ],
        [
            FeeSum(row["label"], row["projects"], row["budget"], row["spent"], _rows_at(kind=row["label"]))
            for row in by_kind.annotate(**figures).order_by("kind")
        ],
    )


def kinds_on(on: date) -> list[str]:
    """The kinds of fee that are budgeted on a day. One query."""
    return list(FeeKind.objects.in_force(on).values_list("name", flat=True))


def _rows_at(**filters: str) -> str:
    return f"{reverse('approvals:fees')}?{urlencode(filters)}"
