"""Before any page: a new account's own password, and doors that are shut to a role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts import sessions
from accounts.doors import HOMES, is_open
from accounts.http import actor_of
from core import clock


class FirstSignInMiddleware:
    """Send accounts marked `must_change_password` to the password page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if getattr(request.user, "must_change_password", False) and not self._is_open(request.path):
            return redirect("account_change_password")
        return self.get_response(request)

    def _is_open(self, path: str) -> bool:
        open_paths = (
            reverse("account_change_password"),
            reverse("account_logout"),
            "/static/",
            "/healthz",
            "/readyz",
        )
        return path.startswith(open_paths)


class OpenSessionMiddleware:
    """A session that was ended elsewhere or lay idle leads to the sign-in page; the API answers 401."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mark = request.session.get(sessions.MARK)
        if not request.user.is_authenticated or (mark is None and not self._is_older(request)):
            return self.get_response(request)
        if mark is not None and sessions.still_open(pk=mark, user=actor_of(request), now=clock.now()):
            return self.get_response(request)
        logout(request)
        if request.path.startswith("/api/"):
            return self.get_response(request)
        messages.info(request, "登录已结束，请重新登录。")
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")

    def _is_older(self, request: HttpRequest) -> bool:
        """Begun before sessions were noted: nothing could end it, so its owner signs in again, once."""
        return sessions.SIGNED_IN in request.session


class DoorMiddleware:
    """Roles that do no business find every address shut but their own; the API asks for itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Shut the door, or lead from 我的工作 to where the role works."""
        role = getattr(request.user, "role", None)
        match = request.resolver_match
        if role is None or match is None or request.path.startswith("/api/v1/"):
            return None
        if match.view_name == "desk:home" and role in HOMES:
            return redirect(HOMES[role])
        if not is_open(role, match.view_name):
            raise PermissionDenied("您的岗位不办理业务，不能打开此页。")
        return None
