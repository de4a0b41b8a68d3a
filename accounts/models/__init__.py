"""Organisations, people, and the posts that people hold; one module per noun."""

from accounts.models.directory import (
    LandGuardUserManager,
    Organisation,
    OrganisationAlias,
    OrganisationQuerySet,
    Scope,
    User,
    UserQuerySet,
)
from accounts.models.posts import Post, PostQuerySet, Tenure, TenureQuerySet

__all__ = [
    "LandGuardUserManager",
    "Organisation",
    "OrganisationAlias",
    "OrganisationQuerySet",
    "Post",
    "PostQuerySet",
    "Scope",
    "Tenure",
    "TenureQuerySet",
    "User",
    "UserQuerySet",
]
