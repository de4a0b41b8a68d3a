"""The register of problems, and each problem with its record and tasks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from duties import selectors
from duties.act_views import act_page, buttons
from duties.acts import PROBLEM_ACTS
from duties.filters import PROBLEM_TABS, ProblemFilterSet
from duties.forms import RaiseForm
from duties.models import Problem
from duties.readings import read_problem, read_task
from duties.services.problems import raise_problem
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

LIST = "duties/problems.html"


@login_required
@require_GET
def problem_list(request: HttpRequest) -> HttpResponse:
    """问题清单: open ones first."""
    actor, today = actor_of(request), clock.today()
    rows = selectors.problem_list(actor=actor)
    filterset = ProblemFilterSet(request.GET, queryset=rows, request=request)
    tab = request.GET.get("tab", "")
    active = tab if tab in PROBLEM_TABS else "open"
    rows = filterset.qs.filter(PROBLEM_TABS[active][1])
    page = keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [read_problem(row, today=today) for row in page],
        "total": capped_count(rows),
        "tabs": _tabs(actor, active),
        "may_raise": allowed(actor, Right.RAISE_PROBLEM),
    }
    return render_page(request, LIST, context, partial="list")


def _tabs(actor: User, active: str) -> list[Tab]:
    visible = Problem.objects.visible_to(actor)
    return [
        Tab(
            label,
            f"{reverse('duties:problems')}?tab={key}",
            capped_count(visible.filter(which)),
            active == key,
        )
        for key, (label, which) in PROBLEM_TABS.items()
    ]


@login_required
@require_http_methods(["GET", "POST"])
def raise_page(request: HttpRequest) -> HttpResponse:
    """登记 a problem; its kind decides which office gets it."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RAISE_PROBLEM)
    form = RaiseForm(
        request.POST or None, actor=actor, today=today, initial={"project": request.GET.get("project", "")}
    )
    page = FormPage(
        title="登记问题",
        back=reverse("duties:problems"),
        crumbs=[Crumb("问题清单", reverse("duties:problems")), Crumb("登记问题")],
        subtitle="按问题类别分办到承办处室，承办处室即开始计时",
        button="登记",
    )

    def act() -> str:
        problem = raise_problem(actor, form.draft(), today=today)
        return f"已登记，由{problem.office.name}承办。"

    return fill_in(request, form, page, act)


@login_required
@require_GET
def problem_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One problem: facts, record, tasks on it, and what may be done."""
    actor, today = actor_of(request), clock.today()
    problem = _visible(actor, pk)
    tasks = selectors.task_list(actor=actor).filter(problem=problem).order_by("pk")
    context = {
        "problem": problem,
        "reading": read_problem(problem, today=today),
        "moves": selectors.moves_of(problem, actor=actor),
        "tasks": [read_task(task, today=today) for task in tasks],
        "buttons": buttons(PROBLEM_ACTS, problem, actor=actor),
        "crumbs": [Crumb("问题清单", reverse("duties:problems")), Crumb(problem.number)],
    }
    return render(request, "duties/problem.html", context)


def _visible(actor: User, pk: int) -> Problem:
    return get_object_or_404(selectors.problem_list(actor=actor), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb of a problem."""
    if verb not in PROBLEM_ACTS:
        raise Http404
    problem = _visible(actor_of(request), pk)
    head = Crumb("问题清单", reverse("duties:problems"))
    return act_page(request, problem, PROBLEM_ACTS[verb], crumbs=[head])
