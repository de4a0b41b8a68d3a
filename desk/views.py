"""Pages that combine apps: my work, the overview, the work list, search, the log, the calculator."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.doors import is_open
from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from audit.retention import trail_rule
from audit.verbs import words
from core import clock
from deadlines.errors import CalendarGap
from deadlines.selectors import working_calendar
from desk.audit_log import EntryFilter, entries
from desk.calculator import LimitForm, SpanForm, limit_answer
from desk.deadline_export import DEADLINES
from desk.deadline_question import DEFAULT_ORDER, read_deadlines
from desk.deadline_rows import read_rows
from desk.my_work import my_work
from desk.overview import overview as read_overview
from desk.overview_form import OverviewForm
from projects import selectors as projects
from projects.list_question import kept_query
from projects.list_tabs import WHOLE, kept_parameters, list_tabs
from projects.models import ListName
from projects.selectors.habits import habits_at
from projects.selectors.words import with_words
from ui.htmx import render_page, status_for, wants_partial
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

READY = (
    ("全部在办", ""),
    ("我的", "holder=me"),
    ("本单位", "holder=unit"),
    ("红黄灯", "lamp=red&lamp=amber"),
    ("已过到期日", "due=overdue"),
    ("本周到期", "due=week"),
    ("暂停计时", "lamp=pause"),
)
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
    form = OverviewForm(request.GET, actor=actor)
    if not form.is_valid():
        return render(request, "desk/overview.html", {"form": form}, status=422)
    page = read_overview(actor=actor, today=clock.today(), asked=form.asked, frozen=form.frozen)
    context = {
        "page": page,
        "form": form,
        "now": clock.now(),
        "is_screen": "screen" in request.GET,
        "narrowed": kept_query(request.GET),
    }
    return render(request, "desk/overview.html", context)


@login_required
@require_safe
def deadline_list(request: HttpRequest) -> HttpResponse:
    """Promises, filtered by the address; where every figure of the desk leads. Bare: one's default view."""
    actor, today = actor_of(request), clock.today()
    habits = habits_at(ListName.DEADLINES, actor=actor)
    if not request.GET and habits.default and not wants_partial(request):
        return redirect(DEADLINES.address(habits.default.query, view=habits.default.pk))
    question = read_deadlines(request.GET, actor=actor, today=today)
    page = keyset_page(question.rows, order=question.order, cursor=request.GET.get("cursor"))
    query = kept_query(request.GET)
    context = {
        "filterset": question.filterset,
        "page": page,
        "rows": read_rows(page, today=today, reader=actor),
        "total": capped_count(question.rows),
        "current_order": DEFAULT_ORDER,
        "crumbs": [Crumb("期限清单")],
        "tabs": list_tabs(request.GET, habits, ready=READY),
        "habits": habits,
        "list_name": ListName.DEADLINES.value,
        "query": query,
        "export_url": f"{reverse(DEADLINES.export_page)}?{query}",
        "kept": kept_parameters(request.GET, habits),
        "reset_url": f"?{WHOLE}" if habits.default else request.path,
        "may_share": allowed(actor, Right.SHARE_VIEWS),
        "roles": tuple(User.Role.choices),
        "is_partial": wants_partial(request),
    }
    return render_page(request, "desk/deadlines.html", context, partial="list")


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Projects by name, number, code, owner, pinyin or document. One hit opens its dossier."""
    actor, today = actor_of(request), clock.today()
    asked = request.GET.get("q", "").strip()[:60]
    rows = with_words(projects.project_list(actor=actor), asked)
    found = (
        list(projects.with_lamp_rank(rows, today).order_by(F("lamp_rank"), "pk")[: FOUND_SHOWN + 1])
        if asked
        else []
    )
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
        "may_open": is_open(actor.role, "desk:dossier"),
        "keeping": trail_rule(clock.today()),
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
