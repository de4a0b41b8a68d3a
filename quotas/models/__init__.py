"""The tables of the regulating pool, one module per noun."""

from quotas.models.ledger import Account, AccountQuerySet, Movement, MovementQuerySet
from quotas.models.policies import Policy, PolicyQuerySet

__all__ = ["Account", "AccountQuerySet", "Movement", "MovementQuerySet", "Policy", "PolicyQuerySet"]
