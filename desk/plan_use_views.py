"""The page that shows how much of the year's plan is used."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from core import clock
from desk import plan_use
from projects.views.annual import chosen_year, year_tabs
from ui.parts import Crumb


@login_required
@require_GET
def plan_use_page(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    on = min(today, date(year, 12, 31))
    context = {
        "year": year,
        "classes": plan_use.use_by_class(actor=actor, year=year, on=on),
        "units": plan_use.use_by_unit(actor=actor, year=year, on=on),
        "tabs": year_tabs(actor, year, today, request.path),
        "crumbs": [Crumb("指标与需求", f"{reverse('projects:annual-quota')}?year={year}"), Crumb("使用情况")],
    }
    return render(request, "desk/plan_use.html", context)
