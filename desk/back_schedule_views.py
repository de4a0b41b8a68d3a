"""The pages and files of the back-schedule."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from core import clock
from desk import dossier as reading
from desk.back_schedule import Plan, plan_document, plan_workbook, read_plan
from projects.models import Project
from ui.downloads import download
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class TargetForm(OfficeForm):
    """The day on which construction is to begin; without one the project's own."""

    target = forms.DateField(label="目标开工日", required=False)


@login_required
@require_safe
def back_schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """The way back from the target day, as a page that prints."""
    project = _project(request, pk)
    form = TargetForm(request.GET or None, initial={"target": project.planned_start_on})
    context: dict[str, object] = {
        "project": project,
        "form": form,
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.display_code or project.name, reverse("desk:dossier", args=[pk])),
            Crumb("倒排工期"),
        ],
    }
    if not form.is_bound or form.is_valid():
        context["plan"] = _plan(request, project, form)
    return render(request, "desk/back_schedule.html", context, status=status_for(form))


@login_required
@require_safe
def back_schedule_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan as a sheet."""
    project = _project(request, pk)
    plan = _plan(request, project, TargetForm(request.GET or None))
    return _file(plan_workbook(plan), XLSX, f"{project.name}倒排工期表.xlsx")


@login_required
@require_safe
def back_schedule_document(request: HttpRequest, pk: int) -> HttpResponse:
    """攻坚方案 as a Word file."""
    project = _project(request, pk)
    plan = _plan(request, project, TargetForm(request.GET or None))
    return _file(plan_document(plan), DOCX, f"{project.name}攻坚方案.docx")


def _project(request: HttpRequest, pk: int) -> Project:
    project: Project = get_object_or_404(reading.dossier_projects(actor_of(request)), pk=pk)
    return project


def _plan(request: HttpRequest, project: Project, form: TargetForm) -> Plan:
    target_on = form.cleaned_data["target"] if form.is_bound and form.is_valid() else None
    return read_plan(project, actor=actor_of(request), today=clock.today(), target_on=target_on)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return download(content, name, content_type=kind)
