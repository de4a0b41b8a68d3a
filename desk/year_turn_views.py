"""The page of 年度结转."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from desk.year_turn import ACTS, Order, turn, year_to_turn, year_turn

FIRST, LAST = 2000, 2100


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Each step of the turn of a year, what carrying over would move, and the acts."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    year = asked_year(request.GET.get("year", ""), year_to_turn(today))
    context = {
        "turn": year_turn(actor=actor, year=year, today=today),
        "years": range(today.year, today.year - 4, -1),
        "may_turn": allowed(actor, Right.TURN_YEAR),
    }
    return render(request, "desk/year_turn.html", context)


@login_required
@require_POST
def act(request: HttpRequest, verb: str) -> HttpResponse:
    """Do a step or undo it."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.TURN_YEAR)
    if verb not in ACTS:
        raise Http404
    year = asked_year(request.POST.get("year", ""), year_to_turn(today))
    try:
        done = turn(verb, Order(actor, year, request.POST.get("reason", ""), today))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(f"{reverse('desk:year-turn')}?year={year}")


def asked_year(text: str, default: int) -> int:
    """The year of an address; the default where it is none."""
    return int(text) if text.isdecimal() and FIRST <= int(text) <= LAST else default
