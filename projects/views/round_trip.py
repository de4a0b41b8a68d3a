"""Taking a list along, and deciding about what comes back: downloads, choices, unknown headings."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from jobs import broker
from projects.exporting import prefilled_workbook
from projects.models import ImportDraft, ListDownload, ProjectQuerySet
from projects.rules.three_way import Take
from projects.services import large_uploads, round_trip
from projects.taking import rows_to_take, taking_title
from projects.views.imports import render_preview
from ui.downloads import download
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "projects/download_list.html"


@login_required
@require_GET
def downloads(request: HttpRequest) -> HttpResponse:
    """The lists that were taken along, to be fetched again or seen who works with which."""
    actor = actor_of(request)
    rows = ListDownload.objects.visible_to(actor).defer("rows").select_related("organisation", "owner")
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(ListDownload.objects.visible_to(actor)),
        "may_take": allowed(actor, Right.SUBMIT_LIST),
        "crumbs": [Crumb("清单报送", reverse("projects:submissions")), Crumb("下载填报")],
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take along what the list shows (`query`), the ticked rows (`id`), or all of one's own (`mine`)."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.SUBMIT_LIST)
    question = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    if request.POST.getlist("id"):
        question.setlist("id", request.POST.getlist("id"))
    if request.POST.get("mine"):
        question["mine"] = "1"
    rows: ProjectQuerySet = rows_to_take(question, actor=actor, today=today)
    try:
        taken = round_trip.download_list(
            actor=actor, projects=rows, title=taking_title(question, actor=actor, today=today), today=today
        )
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(_back(request))
    return redirect("projects:download-file", pk=taken.pk)


@login_required
@require_GET
def download_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook, printed from what was stored then: the same bytes each time."""
    downloads = ListDownload.objects.visible_to(actor_of(request)).select_related("organisation")
    found = get_object_or_404(downloads, pk=pk)
    name = f"{found.organisation.short_name}_{found.title}_{found.created_on:%Y%m%d}.xlsx"
    return download(prefilled_workbook(found), name.replace("/", "-"))


@login_required
@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """One cell (`project`, `key`), a row (`project`), or every conflict; an empty `take` takes it back."""
    actor = actor_of(request)
    _draft_or_404(actor, pk)
    project, key = request.POST.get("project", ""), request.POST.get("key") or None
    if project and not (project.isascii() and project.isdecimal() and len(project) < 19):
        raise Http404
    try:
        round_trip.choose(
            actor=actor,
            draft_id=pk,
            take=_take(request.POST.get("take", "")),
            today=clock.today(),
            project_id=int(project) if project else None,
            key=key,
        )
    except DomainError as refusal:
        return render_preview(request, pk, refusal=refusal.message)
    if request.headers.get("HX-Request"):
        return render_preview(request, pk, partial=True, cursor=request.POST.get("cursor"))
    return redirect(f"{reverse('projects:preview', args=[pk])}?cursor={request.POST.get('cursor', '')}")


@login_required
@require_POST
def headings(request: HttpRequest, pk: int) -> HttpResponse:
    """What unknown headings mean: `heading` and `key` in pairs."""
    actor = actor_of(request)
    draft = _draft_or_404(actor, pk)
    pairs = zip(request.POST.getlist("heading"), request.POST.getlist("key"), strict=False)
    try:
        round_trip.explain_headings(actor=actor, draft_id=pk, headings=dict(pairs))
        if draft.is_large:
            large_uploads.look_again(actor=actor, draft_id=pk, today=clock.today(), now=clock.now())
    except DomainError as refusal:
        return render_preview(request, pk, refusal=refusal.message)
    if draft.is_large:
        broker.wake()
    return redirect("projects:preview", pk=pk)


@login_required
@require_POST
def look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Preview a large file anew."""
    actor = actor_of(request)
    draft = _draft_or_404(actor, pk)
    if draft.is_large:
        large_uploads.look_again(actor=actor, draft_id=pk, today=clock.today(), now=clock.now())
        broker.wake()
    return redirect("projects:preview", pk=pk)


def _draft_or_404(actor: User, pk: int) -> ImportDraft:
    require(actor, Right.SUBMIT_LIST)
    return get_object_or_404(ImportDraft.objects.visible_to(actor), pk=pk)


def _take(word: str) -> Take | None:
    if not word:
        return None
    if word not in set(Take):
        raise Http404
    return Take(word)


def _back(request: HttpRequest) -> str:
    """Where the button stood."""
    there = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(there, {request.get_host()}):
        return there
    return reverse("projects:downloads")
