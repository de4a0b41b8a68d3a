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
from desk.dossier_history import project_history
from projects.models import Project
from ui.parts import Crumb, Tab

RECENT = 5
TABS = {"progress": "办理进度", "land": "用地", "materials": "材料", "history": "变更历史"}


@login_required
@require_GET
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """A project's steps on their clocks, land, papers and history; the tab is in the address."""
    actor = actor_of(request)
    project = get_object_or_404(reading.dossier_projects(actor), pk=pk)
    page = reading.read_dossier(project, actor=actor, today=clock.today())
    asked = request.GET.get("tab", "")
    tab = asked if asked in TABS else "progress"
    history = project_history(
        project,
        size=RECENT if tab == "progress" else 40,
        before=_number(request.GET.get("before")) if tab == "history" else None,
    )
    has_steps = bool(page.started or page.later or page.set_aside)
    context = {
        "page": page,
        "project": project,
        "tab": tab,
        "tabs": _tabs(pk, tab, {"materials": len(page.materials), "history": history.total}),
        "history": history,
        "land_rows": reading.land_rows(page.land) if tab == "land" else (),
        "may_generate": reading.may_generate(project, actor, has_steps),
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.organisation.short_name, reading.list_address(project)),
            Crumb(project.display_code or project.name),
        ],
    }
    return render(request, "desk/dossier.html", context)


def _tabs(pk: int, current: str, counts: dict[str, int]) -> list[Tab]:
    address = reverse("desk:dossier", args=[pk])
    return [
        Tab(
            label,
            address if key == "progress" else f"{address}?tab={key}",
            counts.get(key),
            is_active=key == current,
        )
        for key, label in TABS.items()
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
