"""Organisations, people, and the posts that people hold; one module per noun."""

from accounts.models.directory import (
    LandGuardUserManager,
    Organisation,
    OrganisationAlias,
    OrganisationQuerySet,
    Scope,
    User,
    UserQuerySet,
    line_to,
    organisation_tree,
)
from accounts.models.posts import Post, PostQuerySet, Tenure, TenureQuerySet
from accounts.models.rollout import Rollout, RolloutQuerySet
from accounts.models.sign_in import (
    Invitation,
    OpenSession,
    OpenSessionQuerySet,
    PasswordRecord,
    RecoveryCode,
    SecondFactor,
    SignInRule,
)

__all__ = [
    "Invitation",
    "LandGuardUserManager",
    "OpenSession",
    "OpenSessionQuerySet",
    "Organisation",
    "OrganisationAlias",
    "OrganisationQuerySet",
    "PasswordRecord",
    "Post",
    "PostQuerySet",
    "RecoveryCode",
    "Rollout",
    "RolloutQuerySet",
    "Scope",
    "SecondFactor",
    "SignInRule",
    "Tenure",
    "TenureQuerySet",
    "User",
    "UserQuerySet",
    "line_to",
    "organisation_tree",
]
