"""The list of tasks, and each task with its record."""

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
from duties.acts import TASK_ACTS
from duties.export import lists_workbook, three_lists
from duties.filters import TASK_TABS, TaskFilterSet
from duties.forms import IssueForm
from duties.models import Task
from duties.readings import read_task
from duties.services.tasks import issue_tasks
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

LIST = "duties/tasks.html"


@login_required
@require_GET
def task_list(request: HttpRequest) -> HttpResponse:
    """What the reader's unit must do, for the supervising office what is open; the first due on top."""
    actor, today = actor_of(request), clock.today()
    rows = selectors.task_list(actor=actor)
    filterset = TaskFilterSet(request.GET, queryset=rows, request=request)
    tab = request.GET.get("tab", "")
    active = tab if tab in TASK_TABS else _first_tab(actor)
    rows = filterset.qs.filter(selectors.task_tab(active, actor=actor, today=today))
    order = ("-id",) if active in ("done", "all") else ("due_on", "id")
    page = keyset_page(rows, order=order, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [read_task(row, today=today) for row in page],
        "total": capped_count(rows),
        "tabs": _tabs(actor, active),
        "may_issue": allowed(actor, Right.ISSUE_TASKS),
    }
    return render_page(request, LIST, context, partial="list")


def _first_tab(actor: User) -> str:
    """The office that supervises, and leaders, look at everything; all others at their own."""
    watches = allowed(actor, Right.SUPERVISE) or not allowed(actor, Right.HANDLE_TASKS)
    return "open" if watches else "mine"


def _tabs(actor: User, active: str) -> list[Tab]:
    today, visible = clock.today(), Task.objects.visible_to(actor)
    found = []
    for key, label in TASK_TABS.items():
        count = capped_count(visible.filter(selectors.task_tab(key, actor=actor, today=today)))
        found.append(Tab(label, f"{reverse('duties:tasks')}?tab={key}", count, active == key))
    return found


@login_required
@require_http_methods(["GET", "POST"])
def issue(request: HttpRequest) -> HttpResponse:
    """交办 one task that comes from no problem and no meeting."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.ISSUE_TASKS)
    form = IssueForm(request.POST or None, actor=actor, today=today)
    page = FormPage(
        title="交办任务",
        back=f"{reverse('duties:tasks')}?tab=issued",
        crumbs=[Crumb("任务清单", reverse("duties:tasks")), Crumb("交办任务")],
        subtitle="交办后责任单位即收到通知，须接收、报告结果并经核验",
        button="交办",
    )

    def act() -> str:
        [task] = issue_tasks(actor, [form.draft()], today=today)
        return f"已交办{task.holder.name}，{task.due_on} 前完成。"

    return fill_in(request, form, page, act)


@login_required
@require_GET
def task_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One task: who, by when, what was said, its parts, and what may be done."""
    actor, today = actor_of(request), clock.today()
    task = _visible(actor, pk)
    parts = selectors.parts_of(task, actor=actor)
    context = {
        "task": task,
        "reading": read_task(task, today=today),
        "record": selectors.progress_of(task, actor=actor),
        "parts": [read_task(part, today=today) for part in parts],
        "parent": Task.objects.visible_to(actor).filter(pk=task.parent_id).first()
        if task.parent_id
        else None,
        "buttons": [] if task.parts_only else buttons(TASK_ACTS, task, actor=actor),
        "may_urge": allowed(actor, Right.SUPERVISE)
        and task.state in Task.WITH_HOLDER
        and not task.parts_only,
        "problem_is_visible": _problem_is_visible(task, actor),
        "crumbs": [Crumb("任务清单", reverse("duties:tasks")), Crumb(task.number)],
    }
    return render(request, "duties/task.html", context)


def _problem_is_visible(task: Task, actor: User) -> bool:
    if task.problem_id is None:
        return False
    return selectors.problem_list(actor=actor).filter(pk=task.problem_id).exists()


def _visible(actor: User, pk: int) -> Task:
    return get_object_or_404(selectors.task_list(actor=actor), pk=pk)


@login_required
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """问题清单、责任清单、任务清单 as one workbook: what is open, or with `all=1` everything."""
    actor, today = actor_of(request), clock.today()
    problems = selectors.problem_list(actor=actor).order_by("pk")
    tasks = selectors.task_list(actor=actor).order_by("pk")
    if request.GET.get("all") != "1":
        problems, tasks = problems.exclude(state="CLOSED"), tasks.unfinished()
    unit = actor.organisation.name if actor.organisation else ""
    content = lists_workbook(
        three_lists(problems, tasks, actor=actor, today=today),
        subtitle=f"{unit}　　导出日期：{today:%Y年%m月%d日}",
    )
    return download(content, f"三项清单{today:%Y%m%d}.xlsx")


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One verb of a task."""
    if verb not in TASK_ACTS:
        raise Http404
    task = _visible(actor_of(request), pk)
    return act_page(request, task, TASK_ACTS[verb], crumbs=[Crumb("任务清单", reverse("duties:tasks"))])
