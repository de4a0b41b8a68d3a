"""A county that is not live yet looks and changes nothing: the one place that says so.

`accounts.rights.require` asks here for every verb. A page that is only read (GET) passes, so that a
county on trial sees all that is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.models import organisation_tree
from core import clock
from core.kept import steady

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_is_reading: ContextVar[bool] = ContextVar("landguard_is_reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """What happens inside changes nothing."""
    token = _is_reading.set(True)
    try:
        yield
    finally:
        _is_reading.reset(token)


class ReadingMiddleware:
    """Marks requests that only read (GET, HEAD, OPTIONS)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with reading(), steady():
            self._introduce(request.user)
            return self.get_response(request)

    def _introduce(self, user: User | AnonymousUser) -> None:
        """The reader's unit as this process keeps it: every page names it."""
        if user.is_authenticated and user.organisation_id is not None:
            user.organisation = organisation_tree().by_pk[user.organisation_id]


def trial_words(actor: User, *, today: date) -> str:
    """Why this person only looks, as a sentence; "" for who works. At most one query a person."""
    unit = actor.reporting_unit
    rollout = getattr(unit, "rollout", None)
    if unit is None or rollout is None:
        return ""
    if rollout.stage == "NONE":
        return f"{unit.short_name}还没有启用本系统。启用时间由州局安排。"
    if rollout.stage == "LIVE" and rollout.live_from <= today:
        return ""
    begins = f"{rollout.live_from} 起正式启用。" if rollout.live_from else "启用时间由州局安排。"
    return f"{unit.short_name}正在试运行，只能查看，不能办理。{begins}"


def refuse_on_trial(actor: User) -> None:
    """Let who works pass, and whatever only reads; refuse the rest with the unit's sentence."""
    if _is_reading.get() or actor.reporting_unit is None:
        return
    said = trial_words(actor, today=clock.today())
    if said:
        raise PermissionDenied(said)
