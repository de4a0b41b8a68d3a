"""Who may look at what is brought in."""

from __future__ import annotations

from accounts.models import User
from accounts.rights import Right, allowed, require


def require_reader(actor: User) -> None:
    """Let those pass who bring in or sign off."""
    if not allowed(actor, Right.SIGN_BRINGING):
        require(actor, Right.BRING_IN)
