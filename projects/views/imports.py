"""Handing in a workbook: upload, preview of every row, confirm or discard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from jobs import broker
from projects.exporting import marked_workbook
from projects.forms import UploadForm
from projects.models import CollectionWindow, ImportDraft, Submission
from projects.refusals import DraftGone
from projects.selectors.previews import Preview, draft_preview, preview_of, reporting_organisation
from projects.selectors.shown import kept_preview, preview_job, shown_preview
from projects.selectors.windows import windows_for
from projects.services import importing, large_uploads
from ui.downloads import download
from ui.htmx import UNPROCESSABLE, wants_partial
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

UPLOAD = "projects/upload.html"
PREVIEW = "projects/preview.html"
SETTLED, REMEMBERED = "settled_drafts", 20
STEPS = ("上传文件", "识别表头", "预检", "确认导入")


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.SUBMIT_LIST)
    organisation = reporting_organisation(actor)
    form = _upload_form(request, windows_for(organisation=organisation, today=clock.today()))
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = large_uploads.stage(
                actor=actor,
                filename=file.name,
                content=file.read(),
                today=clock.today(),
                now=clock.now(),
                window_id=form.cleaned_data.get("window"),
            )
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            if draft.is_large:
                broker.wake()
            return redirect("projects:preview", pk=draft.pk)
    context = {
        "form": form,
        "organisation": organisation,
        "wizard": STEPS,
        "crumbs": [Crumb("清单报送", reverse("projects:submissions")), Crumb("上传清单")],
    }
    return render(request, UPLOAD, context, status=UNPROCESSABLE if form.errors else 200)


def _upload_form(request: HttpRequest, windows: Sequence[CollectionWindow]) -> UploadForm:
    """With the window that the address names chosen; without one, the window that closes first."""
    if request.method == "POST":
        return UploadForm(request.POST, request.FILES, windows=windows)
    named = request.GET.get("window", "")
    initial = {"window": int(named)} if named in {str(window.pk) for window in windows} else {}
    return UploadForm(initial=initial, windows=windows)


@login_required
@require_GET
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    return render_preview(request, pk, partial=wants_partial(request), cursor=request.GET.get("cursor"))


@login_required
@require_GET
@never_cache
def marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploaded workbook with its mistakes marked in the cells."""
    draft, found = _draft(request, pk)
    return download(marked_workbook(draft, found), f"{PurePath(draft.filename).stem}_标注.xlsx")


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """`rows=all` imports everything or nothing, `rows=good` leaves the wrong rows out."""
    require(actor_of(request), Right.SUBMIT_LIST)
    if not _is_waiting(request, pk):
        return _settled(request, pk)
    rows = request.POST.get("rows", "all")
    act: Callable[..., Submission] = (
        importing.confirm_good_rows if rows == "good" else importing.confirm_whole
    )
    seen = request.POST.get("seen", "")
    try:
        if _is_large(request, pk):
            return _confirm_later(request, pk, good_only=rows == "good", seen=seen)
        done = act(actor=actor_of(request), draft_id=pk, today=clock.today(), seen=seen)
    except DraftGone as refusal:
        messages.error(request, refusal.message)
        return redirect("projects:submissions")
    except DomainError as refusal:
        return render_preview(request, pk, refusal=refusal.message)
    messages.success(request, f"已导入：新增 {done.summary['new']} 个，更新 {done.summary['changed']} 个。")
    address = reverse("projects:submission", args=[done.pk])
    _remember(request, pk, address)
    return redirect(address)


def _is_large(request: HttpRequest, pk: int) -> bool:
    return ImportDraft.objects.visible_to(actor_of(request)).filter(pk=pk, is_large=True).exists()


def _confirm_later(request: HttpRequest, pk: int, *, good_only: bool, seen: str) -> HttpResponse:
    job = large_uploads.request_import(
        actor=actor_of(request),
        draft_id=pk,
        good_only=good_only,
        seen=seen,
        today=clock.today(),
        now=clock.now(),
    )
    broker.wake()
    return redirect(job)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    require(actor_of(request), Right.SUBMIT_LIST)
    if not _is_waiting(request, pk):
        return _settled(request, pk)
    importing.discard(actor=actor_of(request), draft_id=pk)
    messages.info(request, "已放弃这份文件，项目清单没有变化。")
    _remember(request, pk, reverse("projects:upload"))
    return redirect("projects:upload")


def _is_waiting(request: HttpRequest, pk: int) -> bool:
    return ImportDraft.objects.visible_to(actor_of(request)).filter(pk=pk).exists()


def _remember(request: HttpRequest, pk: int, address: str) -> None:
    """Where a settled draft led to, so that a second click finds its way."""
    settled = dict(list(request.session.get(SETTLED, {}).items())[-REMEMBERED:])
    request.session[SETTLED] = {**settled, str(pk): address}


def _settled(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft this person has confirmed or given up: where that led. Any other is not found."""
    address = request.session.get(SETTLED, {}).get(str(pk))
    if address is None:
        raise Http404
    messages.info(request, "这份文件已经确认或放弃，没有重复办理。")
    return redirect(address)


def _draft(request: HttpRequest, pk: int) -> tuple[ImportDraft, Preview]:
    try:
        return draft_preview(actor=actor_of(request), draft_id=pk, today=clock.today())
    except ImportDraft.DoesNotExist as unknown:
        raise Http404 from unknown


def render_preview(
    request: HttpRequest, pk: int, *, refusal: str = "", partial: bool = False, cursor: str | None = None
) -> HttpResponse:
    """The preview of one's own draft: computed now, or as it was kept; with its progress until then."""
    drafts = ImportDraft.objects.visible_to(actor_of(request)).select_related(
        "organisation", "download__owner", "window"
    )
    draft = get_object_or_404(drafts.defer("download__rows"), pk=pk)
    context: dict[str, object] = {
        "draft": draft,
        "download": draft.download,
        "refusal": refusal,
        "wizard": STEPS,
        "cursor": cursor or "",
        "crumbs": [Crumb("清单报送", reverse("projects:submissions")), Crumb("预检结果")],
    }
    context |= _kept(request, draft, cursor) if draft.is_large else _computed(request, draft)
    template = f"{PREVIEW}#result" if partial else PREVIEW
    return render(request, template, context, status=UNPROCESSABLE if refusal else 200)


def _computed(request: HttpRequest, draft: ImportDraft) -> dict[str, object]:
    found = preview_of(draft, actor=actor_of(request), today=clock.today())
    return {"shown": shown_preview(found, draft)}


def _kept(request: HttpRequest, draft: ImportDraft, cursor: str | None) -> dict[str, object]:
    if draft.preview is None:
        return {"job": preview_job(draft), "shown": None}
    only_problems = request.GET.get("only") == "problems"
    rows = draft.preview_rows.select_related("project")
    if only_problems:
        rows = rows.filter(is_fine=False)
    page = keyset_page(rows, order=("row",), cursor=cursor)
    return {
        "shown": kept_preview(draft, list(page)),
        "page": page,
        "total": capped_count(rows),
        "only_problems": only_problems,
    }
