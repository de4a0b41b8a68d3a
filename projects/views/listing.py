"""The list of projects: rows by key, tabs, saved views, columns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed
from core import clock
from projects import bulk, selectors
from projects.filters import UP_FROM_PROVINCE, offers_for
from projects.kept_lists import list_called
from projects.list_columns import FIXED, all_columns, cells_of
from projects.list_orders import DEFAULT
from projects.list_page import count, list_page
from projects.list_question import Question, kept_query, read_question
from projects.list_tabs import WHOLE, kept_parameters, list_tabs, parameters_of
from projects.models import ListName
from projects.selectors.habits import habits_at
from ui.htmx import render_page, wants_partial
from ui.parts import Tab

PAGE = "projects/project_list.html"
VIEWS: tuple[tuple[str, str], ...] = (
    ("全部在办", ""),
    ("我的", "focus=mine"),
    ("未分派", "focus=unassigned"),
    ("久未核实", "focus=stale"),
    ("无领办领导", "focus=leaderless"),
    ("红黄灯", "lamp=red&lamp=amber"),
    ("本周到期", "due=week"),
    ("暂停计时", "lamp=pause"),
    ("省重点以上", f"category={UP_FROM_PROVINCE}"),
    ("待审核", "status=SUBMITTED"),
    ("已退回", "status=RETURNED"),
)


@login_required
@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """One page of the list as the address asks for it; a bare address opens one's default view."""
    actor, today = actor_of(request), clock.today()
    habits = habits_at(ListName.PROJECTS, actor=actor)
    if not request.GET and habits.default and not wants_partial(request):
        return redirect(list_called(ListName.PROJECTS).address(habits.default.query, view=habits.default.pk))
    offers = offers_for(actor)
    question = read_question(request.GET, actor=actor, today=today, offers=offers)
    found = list_page(question, actor=actor, today=today, cursor=request.GET.get("cursor"))
    rows = found.page.rows
    context = {
        "filterset": question.filterset,
        "page": found.page,
        "columns": question.columns,
        "rows": rows,
        "body": mark_safe("".join(f"<tr>{cells}</tr>\n" for cells in cells_of(question.columns, rows))),
        "total": found.total,
        "area_m2": found.area_m2,
        "tabs": list_tabs(request.GET, habits, ready=VIEWS),
        "habits": habits,
        "query": kept_query(request.GET),
        "query_parameters": parameters_of(kept_query(request.GET)),
        "kept": kept_parameters(request.GET, habits),
        "choices": column_choices(question),
        "fixed_column": FIXED,
        "reset_url": f"?{WHOLE}" if habits.default else request.path,
        "current_order": DEFAULT,
        "is_partial": wants_partial(request),
        "may_submit": allowed(actor, Right.SUBMIT_LIST),
        "may_share": allowed(actor, Right.SHARE_VIEWS),
        "roles": tuple(User.Role.choices),
        "actions": tuple((action.slug, action.label) for action in bulk.actions_for(actor)),
        "list_name": ListName.PROJECTS.value,
    }
    return render_page(request, PAGE, context, partial="list")


@login_required
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    """The tabs with their capped counts; the page asks for them once it stands."""
    if not wants_partial(request):
        return redirect(list_called(ListName.PROJECTS).address(kept_query(request.GET)))
    actor, today = actor_of(request), clock.today()
    habits, offers = habits_at(ListName.PROJECTS, actor=actor), offers_for(actor)
    tabs = tuple(
        Tab(
            tab.label,
            tab.url,
            count(
                read_question(QueryDict(tab.url.partition("?")[2]), actor=actor, today=today, offers=offers),
                actor=actor,
            ),
            tab.is_active,
        )
        for tab in list_tabs(request.GET, habits, ready=VIEWS)
    )
    return render_page(request, PAGE, {"tabs": tabs}, partial="tabs")


@login_required
@require_GET
def totals(request: HttpRequest) -> HttpResponse:
    """The exact number and area of a list that is longer than the cap."""
    if not wants_partial(request):
        return redirect(list_called(ListName.PROJECTS).address(kept_query(request.GET)))
    actor, today = actor_of(request), clock.today()
    rows = read_question(request.GET, actor=actor, today=today).rows
    context = {"total": rows.count(), "area_m2": selectors.total_area_m2(rows)}
    return render_page(request, PAGE, context, partial="sum")


def column_choices(question: Question) -> tuple[tuple[str, str, bool], ...]:
    """Every column for the chooser, the shown ones first in their order: key, label, shown."""
    shown = {column.key: column for column in question.columns}
    hidden = [column for column in all_columns() if column.key not in shown]
    return (
        *((column.key, column.label, True) for column in shown.values()),
        *((column.key, column.label, False) for column in hidden),
    )
