"""The year's quota against what the list asks for; where one project's quota comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from core.units import AreaUnit, format_area, from_m2
from projects.annual_filters import NO_CLASS
from projects.annual_forms import CourseForm, QuotaForm, RouteForm, quota_units
from projects.models import AnnualListVersion, LandClass, PlanQuota, Project, QuotaRoute
from projects.rules import annual as rules
from projects.selectors import annual as lists
from projects.selectors import annual_plan as selectors
from projects.selectors.annual_plan import Balance, UnitBalance
from projects.services.annual_plan import enter_quota, record_course, settle_route
from projects.views.annual import chosen_year, year_tabs
from ui.charts import Chart, Series
from ui.htmx import UNPROCESSABLE
from ui.parts import Crumb, Kpi

PAGE = "projects/annual_quota.html"
ENTER = "projects/annual_quota_enter.html"
COURSE = "projects/course.html"
CLASSES = [*Project.PriorityClass.choices, ("", "未分类")]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the demand table and the address of its rows."""

    m2: int
    url: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    balance: UnitBalance
    cells: Sequence[Cell]
    url: str


@login_required
@require_GET
def quota_page(request: HttpRequest) -> HttpResponse:
    """Every figure of demand opens the entries of the list that add up to it."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    on = min(today, date(year, 12, 31))
    state = lists.list_as_of(year=year, on=on, actor=actor)
    found = selectors.balance(actor=actor, year=year, on=on, entries=state.entries)
    context = {
        "year": year,
        "version": state.version,
        "balance": found,
        "kpis": _kpis(found, year, state.version),
        "chart": _chart(found, year),
        "classes": CLASSES,
        "coverage": [(_label(row.priority_class), row) for row in found.coverage],
        "rows": [_row(unit, year, state.version) for unit in found.units],
        "by_class": _by_class(selectors.quota_by_class(actor=actor, year=year, on=on)),
        "issues": list(selectors.plan_quotas(actor=actor, year=year)),
        "tabs": year_tabs(actor, year, today, request.path),
        "may_enter": allowed(actor, Right.ENTER_QUOTA),
    }
    return render(request, PAGE, context)


def _label(priority_class: str) -> str:
    return dict(CLASSES).get(priority_class, priority_class)


def rows_at(year: int, version: AnnualListVersion | None, **filters: str) -> str:
    """The address of the list's entries with these filters, in that version."""
    fixed = {"year": str(year), **({"version": str(version.number)} if version else {})}
    return f"{reverse('projects:annual-list')}?{urlencode({**fixed, **filters})}"


def _row(unit: UnitBalance, year: int, version: AnnualListVersion | None) -> UnitRow:
    code = unit.unit.code
    return UnitRow(
        balance=unit,
        cells=[
            Cell(
                unit.by_class.get(name, 0),
                rows_at(year, version, unit=code, priority=name or NO_CLASS, route=QuotaRoute.PLAN.value),
            )
            for name, _ in CLASSES
        ],
        url=rows_at(year, version, unit=code, route=QuotaRoute.PLAN.value),
    )


def _by_class(quota: dict[str, int]) -> list[tuple[str, int]]:
    return [(label, quota.get(value, 0)) for value, label in LandClass.choices]


def _kpis(found: Balance, year: int, version: AnnualListVersion | None) -> list[Kpi]:
    demand_url = rows_at(year, version, route=QuotaRoute.PLAN.value)
    over = found.gap_m2 > 0
    return [
        _area_kpi("年度计划指标", found.quota_m2, "已下达", "#issues"),
        _area_kpi("清单需求", found.demand_m2, "需年度指标", demand_url),
        _area_kpi(
            "缺口" if over else "结余",
            abs(found.gap_m2),
            "需争取或购买" if over else "可再安排",
            demand_url,
            "red" if over else "green",
        ),
        _area_kpi(
            "不占年度指标",
            found.stock_m2,
            "存量和直配",
            rows_at(year, version, route=QuotaRoute.STOCK.value),
        ),
    ]


def _area_kpi(label: str, m2: int, note: str, url: str, lamp: str = "") -> Kpi:
    hectares = format_area(m2, AreaUnit.HA, 2)
    return Kpi(label, format_area(m2, AreaUnit.MU), "亩", f"{hectares} 公顷 · {note}", url, lamp)


def _chart(found: Balance, year: int) -> Chart:
    over = "缺口" if found.gap_m2 > 0 else "结余"
    return Chart(
        categories=[unit.unit.short_name for unit in found.units],
        series=[
            Series("计划指标", [from_m2(unit.quota_m2, AreaUnit.MU) for unit in found.units]),
            Series(
                "清单需求", [from_m2(unit.demand_m2, AreaUnit.MU) for unit in found.units], colour="second"
            ),
            Series(
                "缺口",
                [from_m2(max(unit.gap_m2, 0), AreaUnit.MU) for unit in found.units],
                kind="points",
                colour="red",
            ),
        ],
        summary=(
            f"{year}年度计划指标 {format_area(found.quota_m2, AreaUnit.MU)} 亩，清单需求 "
            f"{format_area(found.demand_m2, AreaUnit.MU)} 亩，{over} "
            f"{format_area(abs(found.gap_m2), AreaUnit.MU)} 亩"
        ),
        unit="亩",
    )


@login_required
@require_http_methods(["GET", "POST"])
def quota_enter(request: HttpRequest) -> HttpResponse:
    """Write down one handing-out with its paper."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ENTER_QUOTA)
    year, units = chosen_year(request, today), quota_units(actor)
    form = QuotaForm(initial={"year": year, "issued_on": today}, units=units)
    if request.method == "POST":
        form = QuotaForm(request.POST, units=units)
        if form.is_valid():
            try:
                row: PlanQuota = enter_quota(actor=actor, issue=form.issue(), today=today)
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"已登记 {row.organisation} {row.entered_value} 的计划指标。")
                return redirect(f"{reverse('projects:annual-quota')}?year={row.year}")
    address = f"{reverse('projects:annual-quota')}?year={year}"
    crumbs = [Crumb("指标与需求", address), Crumb("登记计划指标")]
    context = {"form": form, "year": year, "back": address, "crumbs": crumbs}
    return render(request, ENTER, context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """A project's source of quota and its whole-life dates; `act` says which form was sent."""
    actor, today = actor_of(request), clock.today()
    rows = Project.objects.visible_to(actor).select_related("organisation", "land", "course")
    project = get_object_or_404(rows, pk=pk)
    require(actor, Right.RUN_STEPS)
    dates_form, route_form = _course_forms(project)
    if request.method == "POST":
        sends_route = request.POST.get("act") == "route"
        if sends_route:
            route_form = RouteForm(request.POST)
        else:
            dates_form = CourseForm(request.POST)
        form = route_form if sends_route else dates_form
        if form.is_valid():
            try:
                _save_course(actor, pk, route_form if sends_route else None, dates_form, today)
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"“{project.name}”已保存。")
                return redirect("projects:course", pk=pk)
    land = getattr(project, "land", None)
    context = {
        "project": project,
        "form": dates_form,
        "route_form": route_form,
        "proposed": QuotaRoute(
            rules.proposed_route(
                track=project.track, new_construction_m2=land.new_construction_m2 if land else None
            )
        ).label,
        "on_stock": rules.should_live_on_stock(
            priority_class=project.priority_class, route=lists.route_of(project)
        ),
        "may_route": allowed(actor, Right.SCREEN_LIST),
        "crumbs": [
            Crumb("项目库", reverse("projects:list")),
            Crumb(project.name, project.get_absolute_url()),
            Crumb("全周期"),
        ],
    }
    refused = dates_form.errors or route_form.errors
    return render(request, COURSE, context, status=UNPROCESSABLE if refused else 200)


def _course_forms(project: Project) -> tuple[CourseForm, RouteForm]:
    stored = getattr(project, "course", None)
    dates = {name: getattr(stored, name, None) for name in CourseForm.base_fields}
    reason = stored.route_reason if stored else ""
    return CourseForm(initial=dates), RouteForm(
        initial={"route": lists.route_of(project), "route_reason": reason}
    )


def _save_course(
    actor: User, pk: int, route_form: RouteForm | None, dates_form: CourseForm, today: date
) -> None:
    if route_form is None:
        record_course(actor=actor, project_id=pk, dates=dates_form.dates(), today=today)
        return
    settle_route(
        actor=actor,
        project_id=pk,
        route=QuotaRoute(route_form.cleaned_data["route"]),
        reason=route_form.cleaned_data["route_reason"],
        today=today,
    )
