"""Background work on the screen: what runs, how far it is, what went wrong, and what to do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed
from core import clock
from core.errors import DomainError
from jobs import broker, selectors, services
from jobs.filters import JobFilter
from jobs.models import Job
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "jobs/job_list.html"
PAGE = "jobs/job_page.html"
LOG_LINES = 200


@login_required
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    filterset = JobFilter(request.GET, queryset=selectors.job_list(actor=actor))
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_GET
@never_cache
def job(request: HttpRequest, pk: int) -> HttpResponse:
    return _render(request, pk, PAGE)


@login_required
@require_GET
@never_cache
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The moving part of the page, asked for every second until the job has ended."""
    return _render(request, pk, f"{PAGE}#state" if request.headers.get("HX-Request") else PAGE)


@login_required
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    _visible(request, pk)
    try:
        services.retry(job_id=pk, actor=actor_of(request), now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        broker.wake()
        messages.success(request, "已重新排队。")
    return redirect("jobs:job", pk=pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    _visible(request, pk)
    try:
        services.cancel(job_id=pk, actor=actor_of(request), now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已取消，没有写入任何结果。")
    return redirect("jobs:job", pk=pk)


def _visible(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(selectors.job_list(actor=actor_of(request)), pk=pk)


def _render(request: HttpRequest, pk: int, template: str) -> HttpResponse:
    found = _visible(request, pk)
    context = {
        "job": found,
        "log": found.log.order_by("-id")[:LOG_LINES],
        "can_run_jobs": allowed(actor_of(request), Right.RUN_JOBS),
        "crumbs": [Crumb("后台任务", reverse("jobs:list")), Crumb(found.title)],
    }
    return render(request, template, context)
