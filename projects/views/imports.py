"""Handing in a workbook: upload, preview of every row, confirm or discard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from projects.exporting import marked_workbook
from projects.forms import UploadForm
from projects.models import ImportDraft, Submission
from projects.refusals import DraftGone
from projects.selectors.previews import Preview, draft_preview, reporting_organisation
from projects.services import importing
from projects.views.exports import download
from ui.htmx import UNPROCESSABLE
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
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            draft = importing.stage_upload(
                actor=actor, filename=file.name, content=file.read(), today=clock.today(), now=clock.now()
            )
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            return redirect("projects:preview", pk=draft.pk)
    context = {
        "form": form,
        "organisation": reporting_organisation(actor),
        "wizard": STEPS,
        "crumbs": [Crumb("清单报送", reverse("projects:submissions")), Crumb("上传清单")],
    }
    return render(request, UPLOAD, context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_GET
@never_cache
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    draft, found = _draft(request, pk)
    return _render(request, draft, found)


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
    try:
        done = act(
            actor=actor_of(request), draft_id=pk, today=clock.today(), seen=request.POST.get("seen", "")
        )
    except DraftGone as refusal:
        messages.error(request, refusal.message)
        return redirect("projects:submissions")
    except DomainError as refusal:
        draft, found = _draft(request, pk)
        return _render(request, draft, found, refusal=refusal.message)
    messages.success(request, f"已导入：新增 {done.summary['new']} 个，更新 {done.summary['changed']} 个。")
    address = reverse("projects:submission", args=[done.pk])
    _remember(request, pk, address)
    return redirect(address)


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


def _render(request: HttpRequest, draft: ImportDraft, found: Preview, *, refusal: str = "") -> HttpResponse:
    context = {
        "draft": draft,
        "preview": found,
        "refusal": refusal,
        "wizard": STEPS,
        "crumbs": [Crumb("清单报送", reverse("projects:submissions")), Crumb("预检结果")],
    }
    return render(request, PREVIEW, context, status=UNPROCESSABLE if refusal else 200)
