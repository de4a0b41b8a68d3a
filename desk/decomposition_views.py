"""The task decomposition sheet of a project: page for the printer, and Word."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from core import clock
from desk.decomposition import decomposition, decomposition_document
from officefiles.documents import DOCX
from projects.models import Project
from ui.downloads import download
from ui.parts import Crumb

PAGE = "desk/decomposition.html"


@login_required
@require_GET
def decomposition_page(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    project = _project(request, pk)
    context = {
        "project": project,
        "kinds": decomposition(project, actor=actor, today=today),
        "today": today,
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.name, project.get_absolute_url()),
            Crumb("任务分解清单"),
        ],
    }
    return render(request, PAGE, context)


@login_required
@require_GET
def decomposition_word(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    project = _project(request, pk)
    kinds = decomposition(project, actor=actor, today=today)
    content = decomposition_document(project, kinds, today=today)
    return download(content, f"{project.name}_任务分解清单_{today:%Y%m%d}.docx", content_type=DOCX)


def _project(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(actor_of(request)).select_related("organisation")
    return get_object_or_404(rows, pk=pk)
