"""The signed-in person behind a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from rest_framework.permissions import BasePermission

from accounts.doors import is_open

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from accounts.models import User

__all__ = ["OpenDoor", "actor_of", "login_required"]


def actor_of(request: HttpRequest) -> User:
    """The user of a request that `login_required` or DRF has let through."""
    return cast("User", request.user)


class OpenDoor(BasePermission):
    """The API's doors, as `accounts.middleware.DoorMiddleware` keeps those of the pages."""

    message = "您的岗位不办理业务，不能使用此接口。"

    def has_permission(self, request: Request, view: APIView) -> bool:
        match = request.resolver_match
        return match is None or is_open(getattr(request.user, "role", ""), match.view_name)
