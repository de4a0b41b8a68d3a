"""Bringing in on the screen: upload, look through, take, reconcile, undo, sign off."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from jobs import broker
from onboarding import selectors
from onboarding.forms import LedgerForm, SignForm
from onboarding.readers import require_reader
from onboarding.services import settling, staging, taking
from projects.models import BringingIn
from ui.downloads import download
from ui.htmx import UNPROCESSABLE, status_for
from ui.parts import Crumb

ROWS_A_PAGE = 100
KINDS = (("", "全部"), ("differing", "与台账不一致"), ("noted", "待补录"), ("out", "未导入"))


def home_crumb() -> Crumb:
    return Crumb("启用准备", reverse("onboarding:home"))


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What a bureau brings in before it starts, and how far each is."""
    actor = actor_of(request)
    require_reader(actor)
    context = {
        "ledgers": selectors.bringing_list(actor=actor)[:20],
        "tasks": selectors.preparation(actor=actor, today=clock.today()),
        "openings": selectors.opening_lines(actor=actor),
        "may_bring_in": allowed(actor, Right.BRING_IN),
        "crumbs": [Crumb("启用准备")],
    }
    return render(request, "onboarding/home.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Hand a ledger in; with ?replaces it stands for one that was taken."""
    actor = actor_of(request)
    require(actor, Right.BRING_IN)
    replaced = _replaced(request, actor)
    form = LedgerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            bringing = staging.stage_ledger(
                actor=actor,
                filename=file.name,
                content=file.read(),
                today=clock.today(),
                reported_on=form.cleaned_data["reported_on"],
                replaces_id=replaced.pk if replaced else None,
            )
        except DomainError as refusal:
            form.refuse(refusal, field="file")
        else:
            return redirect("onboarding:ledger", pk=bringing.pk)
    context = {"form": form, "replaced": replaced, "crumbs": [home_crumb(), Crumb("上传台账")]}
    return render(request, "onboarding/upload.html", context, status=status_for(form))


def _replaced(request: HttpRequest, actor: User) -> BringingIn | None:
    number = request.GET.get("replaces", "")
    if not number.isdecimal():
        return None
    return get_object_or_404(selectors.bringing_list(actor=actor), pk=int(number))


@login_required
@require_GET
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """The comparison of old and new figures, and what can be done with the ledger."""
    return _page(request, _visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> BringingIn:
    actor = actor_of(request)
    require_reader(actor)
    return get_object_or_404(selectors.bringing_list(actor=actor), pk=pk)


def _page(
    request: HttpRequest, found: BringingIn, *, form: SignForm | None = None, refusal: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    may_sign = found.state == BringingIn.State.TAKEN and allowed(actor, Right.SIGN_BRINGING)
    is_own = found.taken_by_id == actor.pk
    context = {
        "ledger": found,
        "figures": selectors.reconciliation(found),
        "verdicts": selectors.verdicts(found),
        "form": (form or SignForm()) if may_sign and not is_own else None,
        "is_own": may_sign and is_own,
        "may_bring_in": allowed(actor, Right.BRING_IN),
        "refusal": refusal,
        "crumbs": [home_crumb(), Crumb(found.filename)],
    }
    is_refused = bool(refusal) or (form is not None and form.is_bound and bool(form.errors))
    return render(request, "onboarding/ledger.html", context, status=UNPROCESSABLE if is_refused else 200)


@login_required
@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows behind a figure: of a county, of a column, those that differ."""
    found = _visible(request, pk)
    chosen = {name: request.GET.get(name, "") for name in ("unit", "column", "kind")}
    readings = selectors.chosen_rows(found, **chosen)
    context = {
        "ledger": found,
        "page": Paginator(readings, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "total": len(readings),
        "chosen": chosen,
        "column": selectors.column_label(chosen["column"]),
        "tabs": [
            {
                "label": label,
                "url": f"?kind={kind}&unit={chosen['unit']}&column={chosen['column']}",
                "is_active": chosen["kind"] == kind,
            }
            for kind, label in KINDS
        ],
        "crumbs": [
            home_crumb(),
            Crumb(found.filename, reverse("onboarding:ledger", args=[pk])),
            Crumb("逐行"),
        ],
    }
    return render(request, "onboarding/rows.html", context)


@login_required
@require_GET
def ledger_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger as it was handed in, byte for byte."""
    found = _visible(request, pk)
    return download(bytes(found.content), found.filename, content_type="application/octet-stream")


@login_required
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    try:
        job = taking.request_taking(
            actor=actor_of(request), bringing_id=pk, today=clock.today(), now=clock.now()
        )
    except DomainError as refusal:
        return _page(request, found, refusal=refusal.message)
    broker.wake()
    return redirect("jobs:job", pk=job.pk)


@login_required
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    try:
        settling.undo_bringing(actor=actor_of(request), bringing_id=pk, today=clock.today(), now=clock.now())
    except DomainError as refusal:
        return _page(request, found, refusal=refusal.message)
    messages.success(request, "已撤销，导入的项目和环节已移除。")
    return redirect("onboarding:ledger", pk=pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    try:
        staging.discard_ledger(actor=actor_of(request), bringing_id=pk)
    except DomainError as refusal:
        return _page(request, found, refusal=refusal.message)
    messages.success(request, "台账已删除，项目清单没有变化。")
    return redirect("onboarding:home")


@login_required
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request, pk)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        settling.sign_bringing(
            actor=actor_of(request),
            bringing_id=pk,
            note=form.cleaned_data["note"],
            today=clock.today(),
            now=clock.now(),
        )
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(request, found, form=form, refusal=refusal.message)
    messages.success(request, "已签认，这次导入不能再撤销。")
    return redirect("onboarding:ledger", pk=pk)
