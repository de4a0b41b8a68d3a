"""The page of both sides (desk.both_sides)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from desk.both_sides import both_sides


@login_required
@require_safe
def sides(request: HttpRequest) -> HttpResponse:
    """保增长 on one side, 保红线 on the other."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    found = both_sides(actor=actor, today=today)
    sections = [("保增长", found.growth), ("保红线", found.kept)]
    return render(request, "desk/both_sides.html", {"sections": sections, "today": today})
