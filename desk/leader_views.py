"""The leader's page (desk.leader)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from desk.leader import leader_page


@login_required
@require_safe
def leader(request: HttpRequest) -> HttpResponse:
    """My counties, my projects, my visits."""
    actor = actor_of(request)
    require(actor, Right.READ_OVERVIEW)
    today = clock.today()
    return render(
        request, "desk/leader.html", {"page": leader_page(actor=actor, today=today), "today": today}
    )
