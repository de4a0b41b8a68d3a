"""The tables of the regulating pool, one module per noun."""

from quotas.models.ledger import Account, AccountQuerySet, Movement, MovementQuerySet
from quotas.models.negative_list import NegativeListing, NegativeListingQuerySet
from quotas.models.policies import Policy, PolicyQuerySet
from quotas.models.reservations import (
    Reservation,
    ReservationLine,
    ReservationLineQuerySet,
    ReservationQuerySet,
)

__all__ = [
    "Account",
    "AccountQuerySet",
    "Movement",
    "MovementQuerySet",
    "NegativeListing",
    "NegativeListingQuerySet",
    "Policy",
    "PolicyQuerySet",
    "Reservation",
    "ReservationLine",
    "ReservationLineQuerySet",
    "ReservationQuerySet",
]
