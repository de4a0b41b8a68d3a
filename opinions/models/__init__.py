"""Rounds of opinions, what each department was asked and said, and the dated settings behind them."""

from opinions.models.links import LinkTry, SignedLink, SignedLinkQuerySet
from opinions.models.requests import (
    Reply,
    ReplyQuerySet,
    Request,
    RequestQuerySet,
    Supplement,
    SupplementQuerySet,
)
from opinions.models.rounds import Round, RoundQuerySet
from opinions.models.settings import DepartmentRule, RoundKind

__all__ = [
    "DepartmentRule",
    "LinkTry",
    "Reply",
    "ReplyQuerySet",
    "Request",
    "RequestQuerySet",
    "Round",
    "RoundKind",
    "RoundQuerySet",
    "SignedLink",
    "SignedLinkQuerySet",
    "Supplement",
    "SupplementQuerySet",
]
