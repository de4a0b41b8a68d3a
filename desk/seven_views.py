"""The page of the 七个一 (desk.seven)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from desk.seven import seven_panels


@login_required
@require_safe
def seven(request: HttpRequest) -> HttpResponse:
    """Seven panels with what stands and what is lacking."""
    actor = actor_of(request)
    require(actor, Right.READ_OVERVIEW)
    panels = seven_panels(actor=actor, today=clock.today())
    context = {"panels": panels, "standing": sum(not panel.lacking for panel in panels)}
    return render(request, "desk/seven.html", context)
