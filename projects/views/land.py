"""A project's land: its figures with a check while typing, and its split among counties."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from core.units import AreaUnit
from projects.land_forms import (
    UNITS,
    LandFigureForm,
    ShareFormSet,
    SplitForm,
    chosen_unit,
    initial_shares,
)
from projects.models import LandShare, Project
from projects.rules.land_checks import LABELS
from projects.selectors.land import read_areas, share_list
from projects.selectors.lists import units_of_prefecture
from projects.selectors.stored_projects import land_areas
from projects.services.editing import edit_project, require_editor
from projects.services.land import split_land
from ui.htmx import UNPROCESSABLE, render_page
from ui.parts import Crumb, Tab

PAGE = "projects/land_edit.html"
SPLIT = "projects/land_split.html"


def project_of(actor: User, pk: int) -> Project:
    """The project with its land, unit and reporter, or 404."""
    visible = Project.objects.visible_to(actor).exclude(status=Project.Status.REMOVED)
    return get_object_or_404(visible.select_related("organisation", "submitted_by", "land"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def land_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures in one unit. GET with figures checks them without storing anything."""
    actor = actor_of(request)
    project = project_of(actor, pk)
    require_editor(actor, project)
    sent = request.POST if request.method == "POST" else request.GET
    unit = chosen_unit(sent.get("unit"), getattr(project, "land", None))
    is_typed = request.method == "POST" or "seen_at" in request.GET
    form = LandFigureForm(sent if is_typed else None, project=project, unit=unit)
    if request.method == "POST" and form.is_valid():
        try:
            edit_project(
                actor=actor,
                project_id=pk,
                seen_at=form.cleaned_data["seen_at"],
                facts={},
                areas=form.figures(),
                today=clock.today(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "用地面积已保存。")
            return redirect(f"{project.get_absolute_url()}?tab=land")
    status = UNPROCESSABLE if request.method == "POST" else 200
    return _render(request, project, form, unit, status=status)


def _render(
    request: HttpRequest, project: Project, form: LandFigureForm, unit: AreaUnit, *, status: int
) -> HttpResponse:
    if form.is_bound:
        form.is_valid()
        areas, changed = form.typed_areas(), form.figures()
    else:
        areas, changed = land_areas(getattr(project, "land", None)), {}
    context = {
        "project": project,
        "form": form,
        "unit": unit,
        "units": _units(reverse("projects:land", args=[project.pk]), unit),
        "reading": read_areas(project=project, areas=areas, changed=changed.keys(), today=clock.today()),
        "crumbs": _crumbs(project, "修改用地"),
    }
    return render_page(request, PAGE, context, partial="check", status=status)


def _units(address: str, current: AreaUnit) -> list[Tab]:
    return [
        Tab(unit.label, f"{address}?unit={unit.value}", None, is_active=unit is current) for unit in UNITS
    ]


def _crumbs(project: Project, last: str) -> list[Crumb]:
    return [
        Crumb("项目库", reverse("projects:list")),
        Crumb(project.name, f"{project.get_absolute_url()}?tab=land"),
        Crumb(last),
    ]


@login_required
@require_http_methods(["GET", "POST"])
def land_split(request: HttpRequest, pk: int) -> HttpResponse:
    """How the land divides among counties."""
    actor = actor_of(request)
    project = project_of(actor, pk)
    require(actor, Right.EDIT_PROJECT)
    rows = share_list(project)
    unit = chosen_unit(request.POST.get("unit") or request.GET.get("unit"), getattr(project, "land", None))
    units = [(found.code, found.short_name) for found in units_of_prefecture(project.organisation)]
    head = SplitForm(
        request.POST or None, initial={"seen_at": project.updated_at.isoformat(), "unit": unit.value}
    )
    formset = ShareFormSet(
        request.POST or None,
        initial=initial_shares(rows, unit) or [{"unit_code": project.organisation.code}],
        form_kwargs={"units": units, "unit": unit},
        prefix="share",
    )
    refusal = ""
    if request.method == "POST":
        refusal = "有的行没有填对，改正后再保存。"
        if formset.is_valid() and head.is_valid():
            try:
                split_land(
                    actor=actor,
                    project_id=pk,
                    seen_at=head.cleaned_data["seen_at"],
                    shares=[share for form in formset if (share := form.share()) is not None],
                    today=clock.today(),
                )
            except DomainError as error:
                refusal = error.message
            else:
                messages.success(request, "分县面积已保存。")
                return redirect(f"{project.get_absolute_url()}?tab=land")
    context = {
        "project": project,
        "formset": formset,
        "labels": [LABELS[name] for name in LandShare.AREA_FIELDS],
        "whole": [getattr(getattr(project, "land", None), name, None) for name in LandShare.AREA_FIELDS],
        "unit": unit,
        "units": _units(reverse("projects:land-split", args=[pk]), unit),
        "head": head,
        "refusal": refusal,
        "crumbs": _crumbs(project, "分县面积"),
    }
    return render(request, SPLIT, context, status=UNPROCESSABLE if refusal else 200)
