"""What was handed in: the record of confirmed workbooks and the bureau's answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed
from core import clock
from core.errors import DomainError
from projects import selectors
from projects.models import Submission
from projects.services.undoing import undo_submission
from projects.views.exports import OCTETS
from ui.downloads import download
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "projects/submission_list.html"
PAGE = "projects/submission.html"


@login_required
@require_GET
def submission_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = selectors.submission_list(actor=actor)
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(Submission.objects.visible_to(actor)),
        "may_submit": allowed(actor, Right.SUBMIT_LIST),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_GET
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    return _render(request, _visible(request, pk))


@login_required
@require_GET
def submission_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook as it was handed in, byte for byte."""
    found = get_object_or_404(Submission.objects.visible_to(actor_of(request)), pk=pk)
    return download(bytes(found.content), found.filename, content_type=OCTETS)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    try:
        undo_submission(actor=actor_of(request), submission_id=pk, today=clock.today(), now=clock.now())
    except DomainError as refusal:
        return _render(request, found, refusal=refusal.message)
    messages.success(request, "已撤销这次报送，新增的项目已移除，更新的项目已恢复原值。")
    return redirect("projects:submission", pk=pk)


def _visible(request: HttpRequest, pk: int) -> Submission:
    return get_object_or_404(selectors.submission_list(actor=actor_of(request)), pk=pk)


def _render(request: HttpRequest, found: Submission, *, refusal: str = "") -> HttpResponse:
    rows = list(selectors.submission_rows(found))
    context = {
        "submission": found,
        "rows": rows,
        "refusal": refusal,
        "may_gather": allowed(actor_of(request), Right.GATHER_LIST),
        "may_undo": found.state == Submission.State.CONFIRMED
        and allowed(actor_of(request), Right.SUBMIT_LIST),
        "crumbs": [Crumb("清单报送", reverse("projects:submissions")), Crumb(found.filename)],
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if refusal else 200)
