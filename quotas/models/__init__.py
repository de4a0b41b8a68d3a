"""The tables of the regulating pool, one module per noun."""

from quotas.models.applications import (
    Application,
    ApplicationLine,
    ApplicationLineQuerySet,
    ApplicationMaterial,
    ApplicationMaterialQuerySet,
    ApplicationOpinion,
    ApplicationOpinionQuerySet,
    ApplicationQuerySet,
    ChecklistItem,
    ChecklistItemQuerySet,
    ReviewSetting,
)
from quotas.models.ledger import Account, AccountQuerySet, Movement, MovementQuerySet
from quotas.models.negative_list import NegativeListing, NegativeListingQuerySet
from quotas.models.policies import Policy, PolicyQuerySet
from quotas.models.prices import PriceDraft, PriceDraftQuerySet, PricePoint, PricePointQuerySet
from quotas.models.proposals import (
    FiscalAccount,
    Payment,
    PaymentQuerySet,
    Proposal,
    ProposalLine,
    ProposalLineQuerySet,
    ProposalQuerySet,
)
from quotas.models.reservations import (
    Reservation,
    ReservationLine,
    ReservationLineQuerySet,
    ReservationQuerySet,
)

__all__ = [
    "Account",
    "AccountQuerySet",
    "Application",
    "ApplicationLine",
    "ApplicationLineQuerySet",
    "ApplicationMaterial",
    "ApplicationMaterialQuerySet",
    "ApplicationOpinion",
    "ApplicationOpinionQuerySet",
    "ApplicationQuerySet",
    "ChecklistItem",
    "ChecklistItemQuerySet",
    "FiscalAccount",
    "Movement",
    "MovementQuerySet",
    "NegativeListing",
    "NegativeListingQuerySet",
    "Payment",
    "PaymentQuerySet",
    "Policy",
    "PolicyQuerySet",
    "PriceDraft",
    "PriceDraftQuerySet",
    "PricePoint",
    "PricePointQuerySet",
    "Proposal",
    "ProposalLine",
    "ProposalLineQuerySet",
    "ProposalQuerySet",
    "Reservation",
    "ReservationLine",
    "ReservationLineQuerySet",
    "ReservationQuerySet",
    "ReviewSetting",
]
