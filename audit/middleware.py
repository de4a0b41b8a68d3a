"""Every request gives its entries an address; what was refused or taken out leaves one of its own."""

from __future__ import annotations

from collections.abc import Callable

from axes.helpers import get_client_ip_address
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.context import Said, coming_from
from audit.models import Entry
from audit.services import Event, record_event

FORBIDDEN = 403
TAKEN = {"file.downloaded", "file.taken", "list.downloaded", "trail.exported"}


class TrailMiddleware:
    """Stands behind authentication. A page that hands out a file is noted unless its service has."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with coming_from(get_client_ip_address(request) or None) as said:
            response = self.get_response(request)
            user = getattr(request, "user", None)
            if user is not None and user.is_authenticated:
                event = _refused(request, response) or _taken(request, response, said)
                if event is not None:
                    record_event(actor=user, event=event)
            return response


def _refused(request: HttpRequest, response: HttpResponseBase) -> Event | None:
    if response.status_code != FORBIDDEN:
        return None
    return Event(
        verb="request.refused",
        outcome=Entry.Outcome.REFUSED,
        label=request.path,
        scope_path=_scope_of(request),
        facts={"方式": request.method},
    )


def _taken(request: HttpRequest, response: HttpResponseBase, said: Said) -> Event | None:
    disposition = response.headers.get("Content-Disposition", "")
    if not disposition or response.status_code != 200 or said.verbs & TAKEN:
        return None
    facts: dict[str, object] = {"文件": disposition[:300]}
    if request.GET:
        facts["筛选"] = request.GET.urlencode()[:500]
    return Event(
        verb="file.taken",
        outcome=Entry.Outcome.DONE,
        label=request.path,
        scope_path=_scope_of(request),
        facts=facts,
    )


def _scope_of(request: HttpRequest) -> str:
    organisation = getattr(request.user, "organisation", None)
    return str(organisation.path) if organisation is not None else ""
