"""One action on many projects: say what will happen to how many, ask, do, show each result."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import require
from core import clock
from jobs.models import Job
from projects import bulk
from projects.list_question import chosen_ids, chosen_rows, kept_query, read_question
from projects.list_refusals import BulkActionUnknown
from projects.models import BulkResult, BulkRun, ProjectQuerySet
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

SHOWN = 10


@login_required
@require_http_methods(["GET", "POST"])
def bulk_action(request: HttpRequest) -> HttpResponse:
    """The page that names the action and the exact number of projects; its form starts the run.

    `scope=all` means all that the filter finds, else the rows named by `id`. A number that changed
    since the page was read is shown again and not done.
    """
    actor, today = actor_of(request), clock.today()
    asked = request.GET if request.method == "GET" else _posted(request)
    try:
        action = bulk.action_called(asked.get("action", ""))
    except BulkActionUnknown as unknown:
        raise Http404 from unknown
    if action.right is not None:
        require(actor, action.right)
    is_all, ids = asked.get("scope") == "all", chosen_ids(asked)
    rows: ProjectQuerySet = (
        read_question(asked, actor=actor, today=today).rows if is_all else chosen_rows(ids, actor=actor)
    )
    count = rows.count()
    context = {
        "action": action,
        "is_all": is_all,
        "count": count,
        "ids": ids,
        "query": kept_query(asked),
        "examples": rows.order_by("pk")[:SHOWN],
        "crumbs": _crumbs(action.label),
    }
    if request.method == "GET":
        return render(request, "projects/bulk_action.html", context | {"form": action.form_for(actor)})
    form = action.form_for(actor, request.POST)
    seen = request.POST.get("seen", "")
    if seen != str(count):
        form.is_valid()
        form.add_error(None, f"数量已变化：您看到的是 {seen or '0'} 个，现在是 {count} 个。核对后再次提交。")
    if not count:
        form.add_error(None, "没有选中任何项目；回到清单勾选后再办理。")
    if not form.is_valid():
        return render(request, "projects/bulk_action.html", context | {"form": form}, status=UNPROCESSABLE)
    run = bulk.begin(
        actor=actor,
        action=action,
        facts={name: request.POST.get(name, "") for name in form.fields},
        query=kept_query(asked),
        chosen=None if is_all else list(rows.values_list("pk", flat=True)),
        expected=count,
        clock=clock.now,
    )
    return redirect(run)


def _posted(request: HttpRequest) -> QueryDict:
    asked = QueryDict(request.POST.get("query", "")[:1000], mutable=True)
    asked["action"], asked["scope"] = request.POST.get("action", ""), request.POST.get("scope", "")
    asked.setlist("id", request.POST.getlist("id"))
    return asked


@login_required
@require_GET
@never_cache
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, and what became of each project; refusals first."""
    run = get_object_or_404(BulkRun.objects.visible_to(actor_of(request)), pk=pk)
    results = BulkResult.objects.filter(run=run).select_related("project__organisation")
    page = keyset_page(results, order=("-outcome", "id"), cursor=request.GET.get("cursor"))
    label = bulk.label_of(run.action)
    context = {
        "run": run,
        "label": label,
        "job": Job.objects.filter(pk=run.job_id or 0).first(),
        "page": page,
        "total": capped_count(results),
        "done": results.filter(outcome=BulkResult.Outcome.DONE).count(),
        "refused": results.filter(outcome=BulkResult.Outcome.REFUSED).count(),
        "waiting": results.filter(outcome=BulkResult.Outcome.WAITING).count(),
        "list_url": f"{reverse('projects:list')}?{run.query}",
        "crumbs": _crumbs(label),
    }
    return render_page(request, "projects/bulk_run.html", context, partial="results")


def _crumbs(label: str) -> list[Crumb]:
    return [Crumb("项目库", reverse("projects:list")), Crumb(f"批量{label}")]
