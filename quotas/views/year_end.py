"""The year's end: prepare, look, confirm; undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from quotas.booking_forms import CommitForm, PrepareForm, SheetForm
from quotas.models import YearEndRun
from quotas.rules import Pool
from quotas.services import year_end
from quotas.views.ledger import POOL
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.pagination import keyset_page
from ui.parts import Crumb

VERBS = ("commit", "reverse", "discard")


@login_required
@require_http_methods(["GET", "POST"])
def run_list(request: HttpRequest) -> HttpResponse:
    """All runs; with the right, a new preview."""
    actor, today = actor_of(request), clock.today()
    year = today.year if today.month == 12 else today.year - 1
    initial = {"year": year, "occurred_on": min(today, date(year, 12, 31))}
    form = PrepareForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, Right.CLOSE_QUOTA_YEAR)
        if form.is_valid():
            try:
                run = year_end.prepare_run(
                    actor=actor,
                    pool=Pool(form.cleaned_data["pool"]),
                    year=form.cleaned_data["year"],
                    occurred_on=form.cleaned_data["occurred_on"],
                    today=today,
                )
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                return redirect("quotas:run", pk=run.pk)
    rows = YearEndRun.objects.visible_to(actor).select_related("prepared_by", "committed_by")
    context = {
        "form": form,
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "may_close": allowed(actor, Right.CLOSE_QUOTA_YEAR),
        "crumbs": [POOL, Crumb("年末结转")],
    }
    return render(request, "quotas/runs.html", context, status=status_for(form))


def _visible(request: HttpRequest, pk: int) -> YearEndRun:
    rows = YearEndRun.objects.visible_to(actor_of(request)).select_related(
        "prefecture", "prepared_by", "committed_by", "booking"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """What the run does, or did, to every account."""
    actor, found = actor_of(request), _visible(request, pk)
    lines = list(
        found.lines.select_related(
            "account__holder", "account__owner", "reservation_line__reservation__applicant", "listing__county"
        )
    )
    context = {
        "run": found,
        "lines": lines,
        "sums": [(act.label, sum(line.amount for line in lines if line.act == act)) for act in year_end.Act],
        "may_close": allowed(actor, Right.CLOSE_QUOTA_YEAR),
        "crumbs": [POOL, Crumb("年末结转", reverse("quotas:runs")), Crumb(str(found))],
    }
    return render(request, "quotas/run.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm the preview, put it away, or undo a committed run."""
    actor, found = actor_of(request), _visible(request, pk)
    if verb not in VERBS:
        raise Http404
    require(actor, Right.CLOSE_QUOTA_YEAR)
    if verb == "discard":
        return _discard(request, found)
    form, done = _form(request, found, verb)
    title = "确认办结年末结转" if verb == "commit" else "整批冲正年末结转"
    page = FormPage(
        title=title,
        back=reverse("quotas:run", args=[found.pk]),
        crumbs=[POOL, Crumb("年末结转", reverse("quotas:runs")), Crumb(title)],
        subtitle=str(found),
        notes=["全部分录一次记入；中断不留半截。"] if verb == "commit" else ["全部分录反向各记一笔。"],
        button="办结" if verb == "commit" else "冲正",
    )
    return fill_in(request, form, page, done)


def _form(request: HttpRequest, found: YearEndRun, verb: str) -> tuple[OfficeForm, Callable[[], str]]:
    actor, today = actor_of(request), clock.today()
    if verb == "commit":
        commit = CommitForm(request.POST or None, initial={"reason": f"{found}"})

        def do_commit() -> str:
            year_end.commit_run(actor=actor, run_id=found.pk, now=clock.now(), **commit.cleaned_data)
            return "年末结转已办结。"

        return commit, do_commit
    sheet = SheetForm(request.POST or None, request.FILES or None, actor=actor, today=today)

    def do_reverse() -> str:
        year_end.reverse_run(actor=actor, run_id=found.pk, sheet=sheet.sheet(), today=today)
        return "年末结转已整批冲正。"

    return sheet, do_reverse


def _discard(request: HttpRequest, found: YearEndRun) -> HttpResponse:
    if request.method == "POST":
        try:
            year_end.discard_run(actor=actor_of(request), run_id=found.pk)
            messages.success(request, "已放弃这次拟办。")
        except DomainError as refusal:
            messages.error(request, refusal.message)
    return redirect("quotas:run", pk=found.pk)
