"""A new account changes its password before it sees anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


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
