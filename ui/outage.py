"""When the database goes away in the middle of a request: one more try for reading, else what to do."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.views.defaults import server_error as plain_server_error

logger = logging.getLogger(__name__)

# A restart is over in a second or two.
RETRY_SECONDS = 5
MESSAGE = "数据库正在重启或繁忙，本次操作没有保存。请稍候几秒，再办理一次。"
OUTAGES = (OperationalError, InterfaceError)


class OutageMiddleware:
    """A lost connection, a deadlock or a lock that took too long is no bug of ours: 503 and a sentence.

    Nothing was saved: services are whole or not at all. Reading is tried once more on a new
    connection; writing never is, that is the reader's to decide.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to an exception that a view let pass; None for any other than an outage."""
        if not isinstance(exception, OUTAGES):
            return None
        logger.warning("database outage at %s: %s", request.path, exception)
        forget_lost_connections()
        match = request.resolver_match
        if request.method == "GET" and match is not None:
            try:
                answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
            except OUTAGES:
                forget_lost_connections()
            else:
                return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer
        return told()


def server_error(request: HttpRequest) -> HttpResponse:
    """The project's handler of a 500: an outage that struck before the view is told as one, too."""
    if isinstance(sys.exc_info()[1], OUTAGES):
        forget_lost_connections()
        return told_to_a_program() if request.path.startswith("/api/") else told()
    return plain_server_error(request)


def told_to_a_program() -> HttpResponse:
    """503 in the shape of the API's refusals."""
    facts = {"retry_after_seconds": RETRY_SECONDS}
    body = {"code": "unavailable", "message": MESSAGE, "facts": facts}
    response = JsonResponse(body, status=503, json_dumps_params={"ensure_ascii": False})
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def told() -> HttpResponse:
    """503 with the sentence, made without the database."""
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def forget_lost_connections() -> None:
    """Close those that no longer answer, so that the next query opens a new one."""
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
