"""The page of one project."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from approvals.services.opening import open_track
from core import clock
from core.errors import DomainError
from desk import dossier as reading
from desk.dossier_attention import read_attention
from desk.dossier_history import PAGE, project_history
from desk.dossier_tabs import TABS, tab_called
from projects.models import Project
from projects.services.archiving import archived_year_of
from ui.parts import Crumb, Tab

RECENT = 5


@login_required
@require_GET
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """A project's head and the tab that the address names."""
    actor, today = actor_of(request), clock.today()
    project = get_object_or_404(reading.dossier_projects(actor), pk=pk)
    page = reading.read_dossier(project, actor=actor, today=today)
    tab = tab_called(request.GET.get("tab", ""))
    history = project_history(
        project,
        size=PAGE if tab.slug == "history" else RECENT,
        before=_number(request.GET.get("before")) if tab.slug == "history" else None,
    )
    has_steps = bool(page.started or page.later or page.set_aside)
    counts = {"materials": len(page.materials), "history": history.total}
    counts |= {tab.slug: tab.count(project, actor) for tab in TABS if tab.count}
    context = {
        "page": page,
        "project": project,
        "tab": tab.slug,
        "template": tab.template,
        "tabs": _tabs(pk, tab.slug, counts),
        "history": history,
        "archived_year": archived_year_of(project),
        "attention": read_attention(project, actor=actor, today=today),
        "may_generate": reading.may_generate(project, actor, has_steps),
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.organisation.short_name, reading.list_address(project)),
            Crumb(project.display_code or project.name),
        ],
        **tab.read(project, actor, today),
    }
    return render(request, "desk/dossier.html", context)


def _tabs(pk: int, current: str, counts: dict[str, int]) -> list[Tab]:
    address = reverse("desk:dossier", args=[pk])
    return [
        Tab(
            tab.label,
            address if tab is TABS[0] else f"{address}?tab={tab.slug}",
            counts.get(tab.slug),
            is_active=tab.slug == current,
        )
        for tab in TABS
    ]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


@login_required
@require_POST
def generate_steps(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an adopted project the steps it lacks."""
    actor = actor_of(request)
    project = get_object_or_404(Project.objects.visible_to(actor), pk=pk)
    try:
        steps = open_track(project=project, actor=actor, today=clock.today())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"报批步骤已生成，共 {len(steps)} 个。")
    return HttpResponseRedirect(reverse("desk:dossier", args=[pk]))
