"""Correction of one project of the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from core import clock
from officefiles.values import parse_date
from projects.forms import ProjectForm
from projects.models import Project
from projects.selectors.list_kinds import kinds_to_choose
from projects.services.editing import edit_project, require_editor
from ui.filling import sent
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb

EDIT = "projects/project_edit.html"


@login_required
@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    project = get_object_or_404(
        Project.objects.visible_to(actor)
        .exclude(status=Project.Status.REMOVED)
        .select_related("organisation", "submitted_by"),
        pk=pk,
    )
    require_editor(actor, project)
    if request.method == "GET":
        return _render_edit(request, project, _form(project))
    form = _form(project, request.POST)

    def act() -> str:
        _edit(project, form, actor=actor, today=clock.today())
        return f"“{form.cleaned_data['name']}”已保存。"

    if sent(request, form, act):
        return redirect(project.get_absolute_url())
    return _render_edit(request, project, form, status=UNPROCESSABLE)


def _form(project: Project, data: QueryDict | None = None) -> ProjectForm:
    kinds = kinds_to_choose(on=clock.today(), now=project.list_category)
    return ProjectForm(data, initial=_initial(project), kinds=kinds)


def _initial(project: Project) -> dict[str, object]:
    facts = {name: getattr(project, name) for name in ProjectForm.base_fields if hasattr(project, name)}
    wan = None if project.investment_yuan is None else project.investment_yuan / 10_000
    return {**facts, "investment_wan": wan, "seen_at": project.updated_at.isoformat()}


def _edit(project: Project, form: ProjectForm, *, actor: User, today: date) -> None:
    facts = dict(form.cleaned_data)
    seen_at = facts.pop("seen_at")
    wan = facts.pop("investment_wan")
    facts["investment_yuan"] = None if wan is None else wan * 10_000
    for name in ("planned_start", "planned_finish"):
        facts[f"{name}_on"] = parse_date(facts[name]).last
    edit_project(actor=actor, project_id=project.pk, seen_at=seen_at, facts=facts, areas={}, today=today)


def _render_edit(
    request: HttpRequest, project: Project, form: ProjectForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "project": project,
        "form": form,
        "crumbs": _crumbs(project),
    }
    return render(request, EDIT, context, status=status)


def _crumbs(project: Project) -> Sequence[Crumb]:
    return [
        Crumb("项目库", reverse("projects:list")),
        Crumb(project.name, project.get_absolute_url()),
        Crumb("修改"),
    ]
