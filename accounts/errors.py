"""What the keeping of units and accounts refuses."""

from __future__ import annotations

from core.errors import DomainError


class UsernameTaken(DomainError):
    """Another account, perhaps a deactivated one, has the name."""

    code = "username_taken"


class CodeTaken(DomainError):
    """Another organisation, or another alias, has the code or name."""

    code = "code_taken"


class RoleDoesNotFit(DomainError):
    """The organisation is not one in which people of this role work."""

    code = "role_does_not_fit"


class OwnAccount(DomainError):
    """Nobody deactivates the account they are signed in with."""

    code = "own_account"


class OrganisationInUse(DomainError):
    """People still work there or units still hang below."""

    code = "organisation_in_use"


class SignInRefused(DomainError):
    """Name and password do not open an account; deliberately silent about which is wrong."""

    code = "sign_in_refused"


class PasswordMustChange(DomainError):
    """The account still has its one-time password."""

    code = "password_must_change"


class TooManyTokens(DomainError):
    code = "too_many_tokens"


class PostTaken(DomainError):
    """The organisation has a post of this title, or its one post of this duty, already."""

    code = "post_taken"


class TenureOutOfOrder(DomainError):
    """A holder follows the one before; a successor already named stands in the way."""

    code = "tenure_out_of_order"


class HolderMissing(DomainError):
    """A post is held by somebody: an account or a name."""

    code = "holder_missing"


class PostElsewhere(DomainError):
    """The organisation lies outside of what the actor looks after."""

    code = "post_elsewhere"


class LastAdministrator(DomainError):
    """Without this account there would be none of its kind."""

    code = "last_administrator"


class OtherAdministrator(DomainError):
    """One kind of administrator would act on another's account."""

    code = "other_administrator"


class HoldsAnotherOffice(DomainError):
    """A person is an administrator of another kind already: nobody holds two."""

    code = "holds_another_office"


class RuleOutOfOrder(DomainError):
    """A version of the rules does not follow the newest, or begins before today."""

    code = "rule_out_of_order"


class InvitationNotNeeded(DomainError):
    """The account is closed, or its owner has a password of their own."""

    code = "invitation_not_needed"


class InvitationOver(DomainError):
    """The link is forged, used, void or too old."""

    code = "invitation_over"


class CodeRefused(DomainError):
    """Wrong, used before, or of another moment; which of them is not said."""

    code = "code_refused"


class FactorBlocked(DomainError):
    """Too many wrong codes in a row."""

    code = "factor_blocked"


class FactorRequired(DomainError):
    """The role must have a second factor."""

    code = "factor_required"
