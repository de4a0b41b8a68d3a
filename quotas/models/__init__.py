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
from quotas.models.bookings import Booking, BookingQuerySet, Consolidation, ConsolidationQuerySet
from quotas.models.county_books import CountyEntry, CountyEntryQuerySet
from quotas.models.deductions import PendingDeduction, PendingDeductionQuerySet
from quotas.models.ledger import Account, AccountQuerySet, Movement, MovementQuerySet
from quotas.models.negative_list import NegativeListing, NegativeListingQuerySet
from quotas.models.opening import OpeningDraft, OpeningDraftQuerySet
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
from quotas.models.runs import YearEndLine, YearEndLineQuerySet, YearEndRun, YearEndRunQuerySet
from quotas.models.supply_links import SupplyLink, SupplyLinkQuerySet
from quotas.models.transfers_out import TransferOut, TransferOutQuerySet

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
    "Booking",
    "BookingQuerySet",
    "ChecklistItem",
    "ChecklistItemQuerySet",
    "Consolidation",
    "ConsolidationQuerySet",
    "CountyEntry",
    "CountyEntryQuerySet",
    "FiscalAccount",
    "Movement",
    "MovementQuerySet",
    "NegativeListing",
    "NegativeListingQuerySet",
    "OpeningDraft",
    "OpeningDraftQuerySet",
    "Payment",
    "PaymentQuerySet",
    "PendingDeduction",
    "PendingDeductionQuerySet",
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
    "SupplyLink",
    "SupplyLinkQuerySet",
    "TransferOut",
    "TransferOutQuerySet",
    "YearEndLine",
    "YearEndLineQuerySet",
    "YearEndRun",
    "YearEndRunQuerySet",
]
