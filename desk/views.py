"""Pages that combine apps: my work, the overview, the work list, search, the log, the calculator."""

from __future__ import annotations

from urllib.parse import quote

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from audit.verbs import words
from core import clock
from deadlines.errors import CalendarGap
from deadlines.selectors import working_calendar
from desk.audit_log import EntryFilter, entries
from desk.calculator import LimitForm, SpanForm, limit_answer
from desk.deadline_export import deadline_workbook
from desk.deadline_filters import DeadlineFilter
from desk.deadline_rows import deadline_rows, read_rows
from desk.my_work import my_work
from desk.overview import overview as read_overview
from projects import selectors as projects
from projects.filters import with_words
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, chosen_order, keyset_page
from ui.parts import Crumb

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDERS = {
    "lamp": ("lamp_rank", "due_on"),
    "due": ("due_on",),
    "unit": ("scope_organisation__code", "lamp_rank", "due_on"),
    "project": ("project_name", "lamp_rank"),
    "started": ("started_on",),
}
DEFAULT_ORDER = "lamp"
FOUND_SHOWN = 50


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My work."""
    work = my_work(actor=actor_of(request), today=clock.today())
    return render(request, "desk/home.html", {"work": work})


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The leadership overview."""
    actor = actor_of(request)
    require(actor, Right.READ_OVERVIEW)
    page = read_overview(actor=actor, today=clock.today())
    return render(request, "desk/overview.html", {"page": page, "now": clock.now()})


@login_required
@require_safe
def deadline_list(request: HttpRequest) -> HttpResponse:
    """Open promises, filtered by the address; where every figure of the desk leads."""
    actor, today = actor_of(request), clock.today()
    filterset = DeadlineFilter(
        request.GET, queryset=deadline_rows(actor=actor, today=today), actor=actor, today=today
    )
    order = chosen_order(request.GET.get("sort"), ORDERS, default=DEFAULT_ORDER)
    page = keyset_page(filterset.qs, order=order, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": read_rows(page, today=today),
        "total": capped_count(filterset.qs),
        "current_order": DEFAULT_ORDER,
        "crumbs": [Crumb("期限清单")],
    }
    return render_page(request, "desk/deadlines.html", context, partial="list")


@login_required
@require_safe
def deadline_export(request: HttpRequest) -> HttpResponse:
    """The work list as a workbook, with the filters and the order of the address."""
    actor, today = actor_of(request), clock.today()
    filterset = DeadlineFilter(
        request.GET, queryset=deadline_rows(actor=actor, today=today), actor=actor, today=today
    )
    order = chosen_order(request.GET.get("sort"), ORDERS, default=DEFAULT_ORDER)
    content = deadline_workbook(filterset.qs.order_by(*order, "pk"), actor=actor, today=today)
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'期限清单{today:%Y%m%d}.xlsx')}"
    return answer


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Projects by name, number, code, owner, pinyin or document. One hit opens its dossier."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("q", "").strip()[:60]
    rows = with_words(projects.project_list(actor=actor, today=today), asked)
    found = list(rows.order_by(F("lamp_rank"), "pk")[: FOUND_SHOWN + 1]) if asked else []
    if len(found) == 1:
        return redirect("desk:dossier", pk=found[0].pk)
    context = {
        "asked": asked,
        "rows": projects.with_clocks(found[:FOUND_SHOWN], today=today),
        "has_more": len(found) > FOUND_SHOWN,
        "shown": FOUND_SHOWN,
        "list_url": reverse("projects:list"),
    }
    return render(request, "desk/search.html", context)


@login_required
@require_safe
def audit_log(request: HttpRequest) -> HttpResponse:
    """Who did what, newest first."""
    actor = actor_of(request)
    require(actor, Right.READ_AUDIT)
    filterset = EntryFilter(request.GET, queryset=entries(actor=actor))
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(row, words(row.verb)) for row in page],
        "total": capped_count(filterset.qs),
    }
    return render_page(request, "desk/audit.html", context, partial="list")


@login_required
@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """When does a limit end, and how many working days lie between two days?"""
    today = clock.today()
    asked_limit, asked_span = "start" in request.GET, "first" in request.GET
    limit = LimitForm(
        request.GET if asked_limit else None, initial={"start": today, "limit": 20, "unit": "wd"}
    )
    span = SpanForm(request.GET if asked_span else None, initial={"first": today})
    context: dict[str, object] = {"limit": limit, "span": span, "today": today}
    calendar = working_calendar()
    if asked_limit and limit.is_valid():
        try:
            context["answer"] = limit_answer(**limit.cleaned_data, today=today, calendar=calendar)
        except CalendarGap as refusal:
            limit.refuse(refusal)
    if asked_span and span.is_valid():
        try:
            context["between"] = calendar.count(span.cleaned_data["first"], span.cleaned_data["last"])
            context["has_between"] = True
        except CalendarGap as refusal:
            span.refuse(refusal)
    return render(request, "desk/calculator.html", context, status=status_for(limit, span))
