"""流程图: the procedure of a track, and where one project stands in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from approvals import flow, selectors
from core import clock
from projects.models import Project
from ui.parts import Crumb, Tab

FRAME = {"box_width": flow.BOX_WIDTH, "box_height": flow.BOX_HEIGHT}


@login_required
@require_safe
def track_flow(request: HttpRequest) -> HttpResponse:
    """The catalogue in force today, drawn for one track."""
    track = flow.track_named(request.GET.get("track"))
    context = {
        "chart": flow.track_chart(track=track, today=clock.today()),
        **FRAME,
        "title": f"用地报批流程图：{Project.Track(track).label}",
        "tabs": [
            Tab(label, f"{reverse('approvals:flow')}?track={value}", is_active=value == track)
            for value, label in Project.Track.choices
        ],
        "crumbs": [Crumb("步骤目录", reverse("approvals:catalogue")), Crumb("流程图")],
    }
    return render(request, "approvals/flow.html", context)


@login_required
@require_safe
def project_flow(request: HttpRequest, pk: int) -> HttpResponse:
    """One project's steps as they stand today."""
    actor, today = actor_of(request), clock.today()
    project = get_object_or_404(Project.objects.visible_to(actor).select_related("organisation"), pk=pk)
    steps = selectors.project_steps(actor=actor, project_id=pk)
    context = {
        "chart": flow.project_chart(steps, track=project.track, today=today),
        **FRAME,
        "title": f"流程图：{project.name}",
        "lamps": ("green", "amber", "red", "pause", "done", "idle"),
        "project": project,
        "track": project.get_track_display(),
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.display_code or project.name, reverse("desk:dossier", args=[pk])),
            Crumb("流程图"),
        ],
    }
    return render(request, "approvals/flow.html", context)
