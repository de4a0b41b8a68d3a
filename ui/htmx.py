"""What a view must know about htmx: is a partial wanted, and with which status it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

UNPROCESSABLE = 422


def wants_partial(request: HttpRequest) -> bool:
    """True if htmx asks for a part of the page, not for the page itself.

    A boosted link and a history restore need the whole page, as a bookmark does.
    """
    htmx = getattr(request, "htmx", None)
    if htmx is None:  # a request that never met the middleware
        return False
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def template_for(request: HttpRequest, page: str, partial: str) -> str:
    """`page` for a reader, `page#partial` for htmx: the name to render."""
    return f"{page}#{partial}" if wants_partial(request) else page


def status_for(*forms_sent: forms.BaseForm) -> int:
    """422 if any form was refused, else 200. htmx swaps both; tests and logs can tell them apart."""
    return UNPROCESSABLE if any(form.is_bound and form.errors for form in forms_sent) else 200


def render_page(
    request: HttpRequest,
    page: str,
    context: Mapping[str, Any],
    *,
    partial: str,
    status: int = 200,
) -> HttpResponse:
    """Render `page`, or its named partial for htmx. Both vary on the header that decides."""
    response = render(request, template_for(request, page, partial), dict(context), status=status)
    response.headers["Vary"] = ", ".join(filter(None, [response.headers.get("Vary"), "HX-Request"]))
    return response
