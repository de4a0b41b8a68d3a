"""The annual guarantee plan: 项目、问题、措施、责任; its versions, and its Word document."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from officefiles.documents import DOCX
from projects.annual_filters import PlanItemFilterSet
from projects.annual_forms import CloseItemForm, DraftPlanForm, PlanItemForm, ReasonForm
from projects.models import PlanItem, PlanVersion, PlanVersionLine, Project
from projects.plan_document import plan_document
from projects.rules import annual as rules
from projects.selectors import annual_plan as selectors
from projects.services import annual_plan as services
from projects.views.annual import chosen_year, year_tabs
from ui.downloads import download
from ui.filling import back_to, sent
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

PAGE = "projects/plan.html"
ITEM = "projects/plan_item.html"
CLOSE = "projects/plan_item_close.html"
DIFFERENCE = "projects/plan_difference.html"
MISSING = "projects/plan_missing.html"


@login_required
@require_GET
def plan_page(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: HttpRequest,
    *,
    draft_form: DraftPlanForm | None = None,
    publish_form: ReasonForm | None = None,
) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    rows = selectors.plan_items(actor=actor, year=year)
    filterset = PlanItemFilterSet(request.GET, queryset=rows, request=request)
    refused = any(form is not None and form.errors for form in (draft_form, publish_form))
    context = {
        "year": year,
        "filterset": filterset,
        "page": keyset_page(
            filterset.qs, order=("limit_on", "project__number"), cursor=request.GET.get("cursor")
        ),
        "total": capped_count(filterset.qs),
        "missing": capped_count(selectors.projects_without_plan(actor=actor, year=year)),
        "versions": list(selectors.plan_versions(actor=actor, year=year)),
        "tabs": year_tabs(actor, year, today, request.path),
        "draft_form": draft_form or DraftPlanForm(),
        "publish_form": publish_form or ReasonForm(),
        "may_edit": allowed(actor, Right.EDIT_PLAN),
        "may_publish": allowed(actor, Right.PUBLISH_LIST),
        "may_solve": allowed(actor, Right.RUN_STEPS),
        "today": today,
    }
    return render_page(request, PAGE, context, partial="list", status=UNPROCESSABLE if refused else 200)


@login_required
@require_POST
def plan_draft(request: HttpRequest) -> HttpResponse:
    """Write the proposed lines of every listed project that has none."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_PLAN)
    year, form = chosen_year(request, today), DraftPlanForm(request.POST)

    def act() -> str:
        made = services.draft_items(actor=actor, drafting=form.drafting(year), today=today)
        return f"已生成 {made} 项，逐项核对修改后再定稿。"

    if sent(request, form, act):
        return redirect(f"{reverse('projects:plan')}?year={year}")
    return _page(request, draft_form=form)


@login_required
@require_POST
def plan_publish(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.PUBLISH_LIST)
    year, form = chosen_year(request, today), ReasonForm(request.POST)

    def act() -> str:
        done = services.publish_plan(actor=actor, year=year, reason=form.cleaned_data["reason"], today=today)
        return f"{year}年度保障方案第 {done.number} 版已定稿。"

    if sent(request, form, act):
        return redirect(f"{reverse('projects:plan')}?year={year}")
    return _page(request, publish_form=form)


@login_required
@require_GET
def plan_word(request: HttpRequest) -> HttpResponse:
    """The plan as it stands now, as an official document."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    content = plan_document(actor=actor, year=year, today=today)
    return download(content, f"{year}年度要素保障工作方案_{today:%Y%m%d}.docx", content_type=DOCX)


@login_required
@require_GET
def plan_missing(request: HttpRequest) -> HttpResponse:
    """Adopted projects that no line of the plan speaks of (S2-23)."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    rows = selectors.projects_without_plan(actor=actor, year=year)
    context = {
        "year": year,
        "page": keyset_page(rows, order=("number",), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "may_edit": allowed(actor, Right.EDIT_PLAN),
        "crumbs": _crumbs(year, "未纳入方案的项目"),
    }
    return render_page(request, MISSING, context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a project into the plan; the form opens with what its facts propose."""
    actor, today = actor_of(request), clock.today()
    rows = Project.objects.visible_to(actor).select_related("organisation", "land", "course")
    project = get_object_or_404(rows, pk=pk)
    require(actor, Right.EDIT_PLAN)
    year = chosen_year(request, today)
    proposals = services.proposals_for(project)
    first: dict[str, Any] = {"responsible": project.organisation}
    if proposals:
        first |= {"problem": proposals[0].problem, "measure": proposals[0].measure}
    form = PlanItemForm(request.POST or None, initial=first, actor=actor)
    if form.is_bound and form.is_valid():
        try:
            services.add_item(actor=actor, year=year, project_id=pk, facts=form.facts(), today=today)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{project.name}”已纳入{year}年度保障方案。")
            return redirect(back_to(request, f"{reverse('projects:plan')}?year={year}"))
    return _render_item(request, form, project, year, proposals)


@login_required
@require_http_methods(["GET", "POST"])
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    rows = PlanItem.objects.visible_to(actor).select_related(
        "project__organisation", "project__land", "project__course", "responsible"
    )
    item = get_object_or_404(rows, pk=pk)
    require(actor, Right.EDIT_PLAN)
    stored = {name: getattr(item, name) for name in PlanItemForm.base_fields}
    form = PlanItemForm(request.POST or None, initial=stored, actor=actor)
    if form.is_bound and form.is_valid():
        try:
            services.change_item(actor=actor, item_id=pk, facts=form.facts(), today=today)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已保存，下次定稿时列入变化。")
            return redirect(f"{reverse('projects:plan')}?year={item.year}")
    return _render_item(
        request, form, item.project, item.year, services.proposals_for(item.project), item=item
    )


def _render_item(
    request: HttpRequest,
    form: PlanItemForm,
    project: Project,
    year: int,
    proposals: list[rules.Obstacle],
    item: PlanItem | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "project": project,
        "year": year,
        "item": item,
        "proposals": proposals,
        "crumbs": _crumbs(year, "修改事项" if item else "纳入方案"),
    }
    return render(request, ITEM, context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def item_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Solved (`act=solve`), or taken out of the plan (`act=strike`)."""
    actor, today = actor_of(request), clock.today()
    rows = PlanItem.objects.visible_to(actor).select_related("project__organisation", "responsible")
    item = get_object_or_404(rows, pk=pk)
    require(actor, Right.RUN_STEPS)
    form = CloseItemForm(request.POST or None, initial={"closed_on": today})
    if form.is_bound and form.is_valid():
        outcome, day = form.cleaned_data["outcome"], form.cleaned_data["closed_on"] or today
        try:
            if request.POST.get("act") == "strike":
                services.strike_item(actor=actor, item_id=pk, reason=outcome, today=today)
            else:
                services.solve_item(actor=actor, item_id=pk, outcome=outcome, solved_on=day, today=today)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已登记，事项不再计时。")
            return redirect(f"{reverse('projects:plan')}?year={item.year}")
    context = {
        "form": form,
        "item": item,
        "may_strike": allowed(actor, Right.EDIT_PLAN),
        "crumbs": _crumbs(item.year, "解决或移出"),
    }
    return render(request, CLOSE, context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_GET
def plan_difference(request: HttpRequest) -> HttpResponse:
    """`from` and `to` are numbers of versions; by default the last two."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    versions = list(selectors.plan_versions(actor=actor, year=year))
    older, newer = _pair(request, versions)
    both = older is not None and newer is not None
    context = {
        "year": year,
        "versions": versions,
        "older": older,
        "newer": newer,
        "labels": PlanVersionLine.LABELS,
        "difference": selectors.plan_difference(older, newer, actor=actor) if older and newer else None,
        "lines": selectors.version_words(newer, actor=actor) if newer and not both else {},
        "crumbs": _crumbs(year, "版本对比"),
    }
    return render(request, DIFFERENCE, context)


def _pair(request: HttpRequest, versions: list[PlanVersion]) -> tuple[PlanVersion | None, PlanVersion | None]:
    by_number = {str(version.number): version for version in versions}
    newer = by_number.get(request.GET.get("to", ""), versions[0] if versions else None)
    before = versions[1] if len(versions) > 1 else None
    return by_number.get(request.GET.get("from", ""), before), newer


def _crumbs(year: int, here: str) -> list[Crumb]:
    return [Crumb(f"{year}年度保障方案", f"{reverse('projects:plan')}?year={year}"), Crumb(here)]
