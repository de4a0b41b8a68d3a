"""One row of everything in the pool that an address can name, of 都匀市."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from quotas.models import Application, ApplicationOpinion, Payment, PriceDraft, PricePoint, Proposal
from quotas.services import applications as services
from quotas.services.prices import stage_prices
from tests.factories import organisation
from tests.quotas.scenes import TODAY, draft, drafted, submitted

PRICES = """指标,公示日期,单价,成交数量,平台,公示编号,来源
补充水田规模,2026-10-12,210000,60,省平台,G-1,公示
补充水田规模,2026年,210000,60,省平台,G-2,公示
"""


@dataclass(frozen=True, slots=True)
class NestedRow:
    """A row under another's address."""

    pk: int
    arguments: list[object]


@dataclass(frozen=True, slots=True)
class PoolRows:
    application: Application
    application_draft: Application
    quota_opinion: ApplicationOpinion
    proposal: Proposal
    payment: Payment
    payment_of_scheme: NestedRow
    price: PricePoint
    price_draft: PriceDraft


def build_pool(*, officer: User, dispatcher: User) -> PoolRows:
    """A draft, and an application under review on which three offices were asked."""
    proposal = drafted(officer, dispatcher)
    payment = _payment(proposal, dispatcher)
    application = submitted(officer)
    services.begin_review(actor=dispatcher, application_id=application.pk, today=TODAY)
    return PoolRows(
        application=application,
        application_draft=draft(officer),
        quota_opinion=application.opinions.order_by("pk")[0],
        proposal=proposal,
        payment=payment,
        payment_of_scheme=NestedRow(payment.pk, [proposal.pk, payment.pk]),
        price=PricePoint.objects.get(),
        price_draft=stage_prices(actor=dispatcher, filename="价格.csv", content=PRICES.encode(), today=TODAY),
    )


def _payment(proposal: Proposal, actor: User) -> Payment:
    """A payment of a scheme, as its row stands once the money has come."""
    material = proposal.application.materials.select_related("paper").first()
    assert material is not None
    return Payment.objects.create(
        proposal=proposal,
        payee=organisation("522725"),
        voucher_no="PZ-1",
        yuan=1,
        paid_on=TODAY,
        paper=material.paper,
        entered_by=actor,
    )
