"""A new project, typed instead of uploaded."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from core.units import AreaUnit
from projects import selectors
from projects.create_forms import NewProjectForm
from projects.models import Project
from projects.services.creating import create_project
from ui.htmx import status_for
from ui.parts import Crumb

PAGE = "projects/project_new.html"


def offered_units(actor: User) -> list[tuple[str, str]]:
    """Counties and parks for which the actor may hand in; none for a county's own people."""
    if actor.reporting_unit is not None:
        return []
    return [(unit.code, unit.short_name) for unit in selectors.reporting_units(actor=actor)]


@login_required
@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """Hand in one project; it waits for its answer like a workbook's row."""
    actor = actor_of(request)
    require(actor, Right.SUBMIT_LIST)
    form = NewProjectForm(request.POST or None, units=offered_units(actor))
    if request.method == "POST" and form.is_valid():
        try:
            project = create_project(
                actor=actor,
                cells=form.cells(),
                area_unit=AreaUnit(form.cleaned_data["area_unit"]),
                today=clock.today(),
                now=clock.now(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            _tell(request, project)
            return redirect(project.get_absolute_url())
    crumbs = [Crumb("项目库", reverse("projects:list")), Crumb("新建项目")]
    context = {"form": form, "unit": actor.reporting_unit, "crumbs": crumbs}
    return render(request, PAGE, context, status=status_for(form))


def _tell(request: HttpRequest, project: Project) -> None:
    """Who has it now, and what the reading only warned of."""
    where = "待县市汇总后上报州局" if project.status == Project.Status.REPORTED else "等待州局审核"
    messages.success(request, f"“{project.name}”已报送，{where}；答复见“清单报送”。")
    for words in selectors.warnings_about(project):
        messages.warning(request, words)
