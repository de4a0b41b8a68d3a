"""The list of projects: pages, export of what the filters show, correction of one project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed
from core import clock
from core.errors import DomainError
from officefiles.values import parse_date
from projects import selectors
from projects.filters import PROVINCIAL_UP, Offers, ProjectFilterSet, offers_for
from projects.forms import ProjectForm
from projects.models import Project, ProjectQuerySet
from projects.services.editing import edit_project, require_editor
from ui.htmx import UNPROCESSABLE, render_page, wants_partial
from ui.pagination import capped_count, chosen_order, keyset_page
from ui.parts import Crumb, Tab

PAGE = "projects/project_list.html"
EDIT = "projects/project_edit.html"

ORDERS = {
    "lamp": ("lamp_rank", "next_due_on"),
    "number": ("number",),
    "name": ("name",),
    "unit": ("organisation__code", "lamp_rank"),
    "area": ("total_m2",),
    "updated": ("updated_at",),
}
DEFAULT_ORDER = "lamp"
VIEWS: tuple[tuple[str, str], ...] = (
    ("全部在办", ""),
    ("红黄灯", "lamp=red&lamp=amber"),
    ("本周到期", "due=week"),
    ("暂停计时", "lamp=pause"),
    ("省重点以上", f"category={PROVINCIAL_UP}"),
    ("待审核", "status=SUBMITTED"),
    ("已退回", "status=RETURNED"),
)


@login_required
@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    rows = selectors.project_list(actor=actor, today=today)
    offers = offers_for(actor)
    filterset = ProjectFilterSet(request.GET, queryset=rows, request=request, offers=offers)
    order = chosen_order(request.GET.get("sort"), ORDERS, default=DEFAULT_ORDER)
    page = keyset_page(filterset.qs, order=order, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": selectors.with_clocks(page, today=today),
        "total": capped_count(filterset.qs),
        "area_m2": selectors.total_area_m2(filterset.qs),
        "tabs": _tabs(request, rows, offers),
        "current_order": DEFAULT_ORDER,
        "is_partial": wants_partial(request),
        "may_submit": allowed(actor, Right.SUBMIT_LIST),
    }
    return render_page(request, PAGE, context, partial="list")


def _tabs(request: HttpRequest, rows: ProjectQuerySet, offers: Offers) -> list[Tab]:
    """The saved views with their capped counts; the one whose filters are in force is active."""
    chosen = request.GET.copy()
    for name in ("sort", "cursor"):
        chosen.pop(name, None)
    in_force = sorted((name, value) for name, values in chosen.lists() for value in values if value)
    tabs = []
    for label, parameters in VIEWS:
        view = QueryDict(parameters)
        filtered = ProjectFilterSet(view, queryset=rows, request=request, offers=offers).qs
        tabs.append(
            Tab(
                label,
                f"?{parameters}",
                capped_count(filtered),
                is_active=in_force == sorted((n, v) for n, vs in view.lists() for v in vs),
            )
        )
    return tabs


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
        return _render_edit(request, project, ProjectForm(initial=_initial(project)))
    form = ProjectForm(request.POST, initial=_initial(project))
    if form.is_valid():
        try:
            _edit(project, form, actor=actor, today=clock.today())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}”已保存。")
            return redirect(project.get_absolute_url())
    return _render_edit(request, project, form, status=UNPROCESSABLE)


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
