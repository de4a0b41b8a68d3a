"""已核实无变化 in one click, notes of the day, the record of them, and their thresholds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.dossier_forms import NoteForm, StalenessForm
from projects.filters_verification import VerificationFilter
from projects.models import Project
from projects.selectors.verification import staleness_settings, verification_list
from projects.services.verification import note_progress, set_staleness, verify_unchanged
from projects.views.comments import render_form
from ui.filling import sent
from ui.htmx import UNPROCESSABLE, render_page, wants_partial
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "projects/verification_list.html"
SETTINGS = "projects/staleness.html"
CELL = "projects/verified_cell.html"


@login_required
@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: for htmx the answer is the cell alone, else the dossier again."""
    actor, today = actor_of(request), clock.today()
    project = _visible(request, pk)
    require(actor, Right.VERIFY_PROJECT)
    try:
        done = verify_unchanged(actor=actor, project=project, today=today)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(project)
    if wants_partial(request):
        return render(request, CELL, {"verification": done})
    messages.success(request, "已记录：今日核实无变化。")
    return redirect(project)


@login_required
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A short note of where the project stands today."""
    actor = actor_of(request)
    project = _visible(request, pk)
    require(actor, Right.VERIFY_PROJECT)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            note_progress(actor=actor, project=project, note=form.cleaned_data["note"], today=clock.today())
        except DomainError as refusal:
            form.refuse(refusal, field="note")
        else:
            messages.success(request, "今日进展已记录。")
            return redirect(project)
    return render_form(request, project, form, "记录今日进展", back=project.get_absolute_url())


@login_required
@require_GET
def verification_list_page(request: HttpRequest) -> HttpResponse:
    rows = verification_list(actor=actor_of(request))
    filterset = VerificationFilter(request.GET, queryset=rows, request=request)
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "may_set": allowed(actor_of(request), Right.EDIT_STALENESS),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def staleness(request: HttpRequest) -> HttpResponse:
    """The dated thresholds, and the form for the next row."""
    actor, today = actor_of(request), clock.today()
    form = StalenessForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_STALENESS)

    def act() -> str:
        set_staleness(actor=actor, today=today, **form.cleaned_data)
        return "核实时限已保存。"

    if sent(request, form, act):
        return redirect("projects:staleness")
    context = {
        "form": form,
        "rows": staleness_settings(),
        "may_set": allowed(actor, Right.EDIT_STALENESS),
        "crumbs": [Crumb("核实记录", reverse("projects:verifications")), Crumb("核实时限")],
    }
    return render(request, SETTINGS, context, status=UNPROCESSABLE if form.errors else 200)


def _visible(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(
        Project.objects.visible_to(actor_of(request)).select_related("organisation"), pk=pk
    )
