"""The year's list: as published, as of a day, what is new, what two versions differ in."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.annual_export import annual_workbook
from projects.annual_filters import EntryFilterSet
from projects.annual_forms import PublishForm, YearForm
from projects.models import AnnualListVersion
from projects.selectors import annual as selectors
from projects.selectors.annual import LABELS, ListAsOf
from projects.services.annual_list import publish_version
from ui.downloads import download
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, chosen_order, keyset_page
from ui.parts import Crumb, Tab

LIST = "projects/annual_list.html"
DRAFT = "projects/annual_draft.html"
DIFFERENCE = "projects/annual_difference.html"
ORDERS = {
    "number": ("number",),
    "name": ("name",),
    "unit": ("organisation__code", "number"),
    "area": ("total_m2", "number"),
    "new": ("new_construction_m2", "number"),
}


def chosen_year(request: HttpRequest, today: date) -> int:
    """The year of the address, this one where it names none or nonsense."""
    form = YearForm(request.GET if "year" in request.GET else request.POST)
    return int(form.cleaned_data["year"]) if form.is_valid() else today.year


def year_tabs(actor: User, year: int, today: date, address: str) -> list[Tab]:
    return [
        Tab(f"{each}年度", f"{address}?year={each}", is_active=each == year)
        for each in selectors.years(actor=actor, today=today)
    ]


@login_required
@require_GET
def annual_list(request: HttpRequest) -> HttpResponse:
    """`version` names a published state, `on` a day; without either the list in force today."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    state = _state(request, actor, year, today)
    filterset = EntryFilterSet(request.GET, queryset=state.entries, request=request)
    order = chosen_order(request.GET.get("sort"), ORDERS, default="number")
    screens = allowed(actor, Right.SCREEN_LIST)
    context = {
        "year": year,
        "version": state.version,
        "versions": list(selectors.versions(actor=actor, year=year)),
        "sums": selectors.sums_of(filterset.qs, actor=actor, unit=chosen_unit(filterset)),
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=order, cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "tabs": year_tabs(actor, year, today, request.path),
        "draft": selectors.draft_size(actor=actor, year=year) if screens else None,
        "may_publish": allowed(actor, Right.PUBLISH_LIST),
        "kept": [(name, request.GET[name]) for name in ("version", "on") if request.GET.get(name)],
    }
    return render_page(request, LIST, context, partial="list")


def chosen_unit(filterset: EntryFilterSet) -> str:
    """The county or park the list is narrowed to; "" for none."""
    return str(filterset.form.cleaned_data.get("unit") or "") if filterset.form.is_valid() else ""


@login_required
@require_GET
def annual_export(request: HttpRequest) -> HttpResponse:
    """The same state with the same filters as a workbook."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    state = _state(request, actor, year, today)
    filterset = EntryFilterSet(request.GET, queryset=state.entries, request=request)
    order = chosen_order(request.GET.get("sort"), ORDERS, default="number")
    rows = selectors.with_parts(filterset.qs, actor=actor, unit=chosen_unit(filterset))
    content = annual_workbook(rows.order_by(*order, "pk"), version=state.version, year=year, today=today)
    number = f"第{state.version.number}版" if state.version else "未发布"
    return download(content, f"{year}年度清单_{number}_{today:%Y%m%d}.xlsx")


def _state(request: HttpRequest, actor: User, year: int, today: date) -> ListAsOf:
    number = request.GET.get("version", "")
    if number:
        return selectors.list_in(_version(actor, year, number), actor=actor)
    return selectors.list_as_of(year=year, on=_day(request.GET.get("on", "")) or today, actor=actor)


def _day(text: str) -> date | None:
    """None for anything that is no day."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _version(actor: User, year: int, number: str) -> AnnualListVersion:
    if not number.isdecimal() or len(number) > 4:
        raise Http404
    found = selectors.versions(actor=actor, year=year).filter(number=int(number)).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def annual_draft(request: HttpRequest) -> HttpResponse:
    """What has collected since the last version; POST publishes it as the next."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.SCREEN_LIST)
    year = chosen_year(request, today)
    form = PublishForm(initial={"published_on": today})
    if request.method == "POST":
        require(actor, Right.PUBLISH_LIST)
        form = PublishForm(request.POST)
        if form.is_valid():
            try:
                done = publish_version(actor=actor, year=year, today=today, **form.cleaned_data)
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, f"{year}年度清单第{done.number}版已发布。")
                return redirect(f"{reverse('projects:annual-list')}?year={year}")
    context = {
        "year": year,
        "form": form,
        "draft": selectors.draft_difference(actor=actor, year=year),
        "labels": LABELS,
        "last": selectors.versions(actor=actor, year=year).first(),
        "may_publish": allowed(actor, Right.PUBLISH_LIST),
        "crumbs": _crumbs(year, "待发布变动"),
    }
    return render(request, DRAFT, context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_GET
def annual_difference(request: HttpRequest) -> HttpResponse:
    """`from` and `to` are numbers of versions; by default the last two."""
    actor, today = actor_of(request), clock.today()
    year = chosen_year(request, today)
    versions = list(selectors.versions(actor=actor, year=year))
    older, newer = _pair(request, versions)
    context = {
        "year": year,
        "versions": versions,
        "labels": LABELS,
        "older": older,
        "newer": newer,
        "sums": [selectors.list_in(version, actor=actor).sums for version in (older, newer) if version],
        "difference": (selectors.version_difference(older, newer, actor=actor) if older and newer else None),
        "crumbs": _crumbs(year, "版本对比"),
    }
    return render(request, DIFFERENCE, context)


def _pair(
    request: HttpRequest, versions: list[AnnualListVersion]
) -> tuple[AnnualListVersion | None, AnnualListVersion | None]:
    by_number = {str(version.number): version for version in versions}
    newer = by_number.get(request.GET.get("to", ""), versions[0] if versions else None)
    before = versions[1] if len(versions) > 1 else None
    return by_number.get(request.GET.get("from", ""), before), newer


def _crumbs(year: int, here: str) -> list[Crumb]:
    return [Crumb(f"{year}年度清单", f"{reverse('projects:annual-list')}?year={year}"), Crumb(here)]
