"""业务统计: what was done between two days, by item, land and money.

Source: S3-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Aggregate, Count, Q, Sum
from django.urls import reverse

from accounts.models import User
from approvals import rules
from approvals.models import DocumentKind, FundEntry, LandDocumentArea, Supply
from core.units import AreaUnit, format_area
from projects.models import AreaAdjustment

# Each kind of document that has a line of its own: words, measure word, kinds, the land that counts,
# and the words of the list's filter that gives the same documents.
PAPERS = (
    ("用地预审与选址", "宗", (DocumentKind.PREEXAM,), "approved_total_m2", "kind=PREEXAM"),
    ("农用地转用（含随批征收）", "件", tuple(rules.COUNTS_AS_LAND), "approved_total_m2", "counted=land"),
    (
        "土地征收",
        "件",
        (DocumentKind.REQUISITION, DocumentKind.LAND),
        "approved_requisition_m2",
        "counted=requisition",
    ),
    ("建设用地规划许可", "件", (DocumentKind.LAND_PERMIT,), "approved_total_m2", "counted=land_permit"),
    ("建设工程规划许可", "件", (DocumentKind.WORKS_PERMIT,), "approved_total_m2", "counted=works_permit"),
)


@dataclass(frozen=True, slots=True)
class BusinessRow:
    """One item: how many, over how much land (m²), for how much money (yuan); None where it has none."""

    label: str
    number: int
    measure: str
    area_m2: int | None
    amount_yuan: Decimal | None
    url: str

    @property
    def sentence(self) -> str:
        """The row as a report says it: 用地预审与选址147宗，面积183.0700公顷."""
        parts = [f"{self.label}{self.number}{self.measure}"]
        if self.area_m2 is not None:
            parts.append(f"面积{format_area(self.area_m2, AreaUnit.HA)}公顷")
        if self.amount_yuan is not None:
            parts.append(f"金额{self.amount_yuan:,.2f}元")
        return "，".join(parts)


def business_statistics(*, actor: User, first: date, last: date) -> list[BusinessRow]:
    """What was done from `first` to `last`, both included, as far as the actor may see it.

    Documents count by their day of approval; what was revoked by `last` does not count. An approval
    that converts and expropriates stands in both lines, each with its own land. Four queries.
    """
    return [*_papers(actor, first, last), _adjustments(actor, first, last), *_money(actor, first, last)]


def _papers(actor: User, first: date, last: date) -> list[BusinessRow]:
    valid = Q(document__revoked_on__isnull=True) | Q(document__revoked_on__gt=last)
    in_time = Q(document__decided_on__range=(first, last))
    areas = LandDocumentArea.objects.visible_to(actor).filter(valid & in_time)
    figures: dict[str, Aggregate] = {}
    for number, (_, _, kinds, column, _) in enumerate(PAPERS):
        mine = Q(document__kind__in=kinds)
        if column == "approved_requisition_m2":
            mine &= Q(approved_requisition_m2__gt=0) | Q(document__kind=DocumentKind.REQUISITION)
        figures[f"number_{number}"] = Count("document", filter=mine, distinct=True)
        figures[f"area_{number}"] = Sum(column, filter=mine)
    found = areas.order_by().aggregate(**figures)
    address = reverse("approvals:documents")
    return [
        BusinessRow(
            label,
            found[f"number_{number}"],
            measure,
            found[f"area_{number}"] or 0,
            None,
            f"{address}?{asked}&first={first}&last={last}",
        )
        for number, (label, measure, _, _, asked) in enumerate(PAPERS)
    ]


def _adjustments(actor: User, first: date, last: date) -> BusinessRow:
    rows = AreaAdjustment.objects.visible_to(actor).filter(
        state=AreaAdjustment.State.APPROVED, state_on__range=(first, last)
    )
    found = rows.order_by().aggregate(number=Count("pk"), area=Sum("area_m2"))
    return BusinessRow("规划和限制区调整", found["number"], "个", found["area"] or 0, None, "")


def _money(actor: User, first: date, last: date) -> Sequence[BusinessRow]:
    supplied = Supply.objects.visible_to(actor).filter(signed_on__range=(first, last))
    supply = supplied.order_by().aggregate(number=Count("pk"), area=Sum("area_m2"), price=Sum("price_yuan"))
    paid = FundEntry.objects.visible_to(actor).filter(
        kind=FundEntry.Kind.PAYOUT, occurred_on__range=(first, last)
    )
    funds = paid.order_by().aggregate(number=Count("expropriation", distinct=True), total=Sum("amount_yuan"))
    return [
        BusinessRow(
            "土地供应",
            supply["number"],
            "宗",
            supply["area"] or 0,
            supply["price"] or Decimal(0),
            f"{reverse('approvals:supplies')}?signed_first={first}&signed_last={last}",
        ),
        BusinessRow(
            "征地补偿兑付",
            funds["number"],
            "件",
            None,
            funds["total"] or Decimal(0),
            "",
        ),
    ]


def report(rows: Sequence[BusinessRow], *, first: date, last: date) -> str:
    """The rows as one paragraph for a report; items of which there were none are left out."""
    done = [row.sentence for row in rows if row.number]
    span = f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"
    return f"{span}，办理{'；'.join(done)}。" if done else f"{span}，没有登记办结的业务。"
