"""Calls for liaisons: a notice with a limit, and what each unit answered (S1-19)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from projects.models import LiaisonReply
from projects.people_filters import LiaisonReplyFilterSet
from projects.people_forms import CallForm, LiaisonForm
from projects.selectors import people as reading
from projects.services import people
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb


@login_required
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The liaison register: what each unit owes and gave, newest notice first."""
    actor, today = actor_of(request), clock.today()
    rows = reading.liaison_replies(actor=actor, on=today)
    filterset = LiaisonReplyFilterSet(request.GET, queryset=rows, request=request)
    page = keyset_page(filterset.qs, order=("-call", "organisation__path"), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "total": capped_count(filterset.qs),
        "calls": list(reading.liaison_calls(actor=actor)[:10]),
        "today": today,
        "may_call": allowed(actor, Right.EDIT_CRITERIA),
        "may_name": allowed(actor, Right.MANAGE_POSTS),
    }
    return render_page(request, "projects/liaisons.html", context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """Ask units for their liaisons."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_CRITERIA)
    units = reading.units_to_ask(actor=actor)
    initial = {"signed_on": today, "issued_on": today, "units": units}
    form = CallForm(request.POST or None, initial=initial, units=units)

    def act() -> str:
        done = people.call_liaisons(
            actor=actor, notice=form.notice(), units=list(form.cleaned_data["units"]), today=today
        )
        return f"已通知 {done.replies.count()} 个单位在 {done.due_on} 前报送联络员。"

    back = reverse("projects:liaisons")
    page = FormPage(
        "通知报送联络员", back, [Crumb("联络员报送", back), Crumb("通知报送联络员")], button="下达"
    )
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a call for one's unit."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.MANAGE_POSTS)
    rows = LiaisonReply.objects.visible_to(actor).select_related("organisation", "call")
    reply = get_object_or_404(rows, pk=pk)
    form = LiaisonForm(request.POST or None, actor=actor)

    def act() -> str:
        said = form.holder()
        people.name_liaison(actor=actor, reply_id=pk, holder=said, today=today)
        return f"{reply.organisation.short_name}的联络员：{said.label}。"

    back = reverse("projects:liaisons")
    title = f"{reply.organisation.short_name}报送联络员"
    page = FormPage(title, back, [Crumb("联络员报送", back), Crumb(title)], reply.call.title, button="报送")
    return fill_in(request, form, page, act)
