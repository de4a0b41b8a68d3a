"""All papers one may read, the way to their bytes, new versions and withdrawals."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from papers import selectors, services
from papers.downloads import file_response
from papers.filters import PaperFilter
from papers.forms import SECRECY_NOTICE, NewVersionForm, WithdrawForm
from papers.models import Paper, PaperContent
from ui.forms import OfficeForm
from ui.htmx import UNPROCESSABLE, render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "papers/paper_list.html"
FORM = "papers/paper_form.html"


@login_required
@require_GET
def paper_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    filterset = PaperFilter(request.GET, queryset=selectors.paper_list(actor=actor))
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_GET
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file itself; a withdrawn one answers as if it had never been."""
    try:
        return file_response(_visible(request, pk), actor=actor_of(request))
    except PaperContent.DoesNotExist as withdrawn:
        raise Http404 from withdrawn


@login_required
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version of a paper."""
    paper = _visible(request, pk)
    require(actor_of(request), Right.ATTACH_PAPER)
    form = NewVersionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _attach_version(paper, form, actor=actor_of(request), today=clock.today())
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            messages.success(request, f"“{paper.title}”的新版本已上传。")
            return redirect(paper.home_url)
    return _render_form(request, paper, form, "上传新版本", note=SECRECY_NOTICE)


def _attach_version(paper: Paper, form: NewVersionForm, *, actor: User, today: date) -> None:
    file = form.cleaned_data["file"]
    services.attach(
        actor=actor,
        owner=services.owner_of(paper),
        upload=services.Upload(file.name, file.read()),
        kind=paper.kind,
        title=paper.title,
        today=today,
        occurred_on=form.cleaned_data["occurred_on"],
        replaces=paper,
    )


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    paper = _visible(request, pk)
    require(actor_of(request), Right.ATTACH_PAPER)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(actor=actor_of(request), paper=paper, reason=form.cleaned_data["reason"])
        except DomainError as refusal:
            form.refuse(refusal, field="reason")
        else:
            messages.success(request, f"“{paper.title}”已撤回，不能再下载。")
            return redirect(paper.home_url)
    return _render_form(request, paper, form, "撤回附件", note="撤回后保留记录，任何人不能再下载该版本。")


def _visible(request: HttpRequest, pk: int) -> Paper:
    return get_object_or_404(selectors.paper_list(actor=actor_of(request)), pk=pk)


def _render_form(
    request: HttpRequest, paper: Paper, form: OfficeForm, title: str, *, note: str
) -> HttpResponse:
    context = {
        "paper": paper,
        "form": form,
        "title": title,
        "note": note,
        "crumbs": [Crumb("附件", reverse("papers:list")), Crumb(paper.title, paper.home_url), Crumb(title)],
    }
    return render(request, FORM, context, status=UNPROCESSABLE if form.errors else 200)
