"""A page opened by hand that only takes what is sent to it: said in words instead of an empty page."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class WrongMethodMiddleware:
    """405 with a sentence: as a rule somebody signed in again after a pause, and what they sent is gone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = request.method == "GET" and not request.path.startswith("/api/")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_page:
            return response
        told = render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        told["Allow"] = response.get("Allow", "POST")
        return told
