"""The signed-in person behind a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User

__all__ = ["actor_of", "login_required"]


def actor_of(request: HttpRequest) -> User:
    """The user of a request that `login_required` or DRF has let through."""
    return cast("User", request.user)
