"""The pages of pauses: those to be asked about, one of them, the sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed
from approvals import pause_review, rules
from approvals.forms import PlanPauseForm, ProofForm
from approvals.models import Step
from approvals.pause_filters import PauseFilter
from approvals.pause_review import PauseRow
from approvals.services import pauses
from approvals.services.steps import require_hands, runs_step
from approvals.sheets import sheet_response
from core import clock
from deadlines.models import Pause
from officefiles.writing import CellKind, LedgerColumn, LedgerValue
from papers.services import Upload
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

ORDER = ("-first_on",)
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("步骤",), CellKind.TEXT, 22),
    LedgerColumn(("责任单位",), CellKind.TEXT, 20),
    LedgerColumn(("事由",), CellKind.CENTRED, 12),
    LedgerColumn(("暂停", "起"), CellKind.DATE),
    LedgerColumn(("暂停", "止"), CellKind.DATE),
    LedgerColumn(("暂停", "工作日"), CellKind.INTEGER),
    LedgerColumn(("暂停", "第几次"), CellKind.INTEGER),
    LedgerColumn(("停哪条线",), CellKind.CENTRED, 12),
    LedgerColumn(("依据",), CellKind.TEXT, 28),
    LedgerColumn(("凭证文件",), CellKind.TEXT, 20),
    LedgerColumn(("预计结束",), CellKind.DATE),
    LedgerColumn(("下一步",), CellKind.TEXT, 20),
    LedgerColumn(("录入",), CellKind.DATE),
    LedgerColumn(("需核实",), CellKind.TEXT, 24),
)


@login_required
@require_safe
def pause_list(request: HttpRequest) -> HttpResponse:
    """Pauses of the period with what is to be asked about each."""
    filterset = _filterset(request)
    rows = filterset.qs
    page = keyset_page(pause_review.with_words(rows), order=ORDER, cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": pause_review.rows_with(page, filterset.reviews),
        "total": capped_count(rows),
        "tabs": _tabs(request, filterset),
    }
    return render_page(request, "approvals/pause_list.html", context, partial="list")


def _filterset(request: HttpRequest) -> PauseFilter:
    return PauseFilter(request.GET, actor=actor_of(request), today=clock.today())


def _tabs(request: HttpRequest, filterset: PauseFilter) -> list[Tab]:
    counts = pause_review.count_by_flag(filterset.reviews.values())
    asked = request.GET.get("flag", "")

    def address(flag: str) -> str:
        query = request.GET.copy()
        for name in ("flag", "cursor"):
            query.pop(name, None)
        if flag:
            query["flag"] = flag
        return f"{request.path}?{query.urlencode()}" if query else request.path

    return [
        Tab("全部", address(""), len(filterset.reviews), is_active=not asked),
        *(Tab(flag.label, address(flag), counts[flag], is_active=asked == flag) for flag in rules.PauseFlag),
    ]


@login_required
@require_safe
def pause_export(request: HttpRequest) -> HttpResponse:
    """The pauses as a sheet, with the filters of the address."""
    filterset, today = _filterset(request), clock.today()
    pauses_asked = pause_review.with_words(filterset.qs).order_by("-first_on", "pk")
    rows = pause_review.rows_with(pauses_asked, filterset.reviews)
    cells = [_cells(n, row) for n, row in enumerate(rows, start=1)]
    return sheet_response("暂停计时清单", columns=COLUMNS, rows=cells, today=today)


def _cells(number: int, row: PauseRow) -> tuple[LedgerValue, ...]:
    pause, deadline = row.pause, row.pause.deadline
    has_paper = pause.paper is not None and not pause.paper.is_withdrawn
    return (
        number,
        deadline.project_name,
        deadline.scope_organisation.short_name,
        f"{deadline.subject_code} {deadline.subject_label}",
        deadline.holder_organisation.short_name,
        pause.kind.label,
        pause.first_on,
        pause.last_on,
        row.review.days,
        row.review.number,
        row.stops,
        pause.evidence,
        pause.paper.filename if has_paper and pause.paper else "",
        pause.expected_end_on,
        pause.next_step,
        clock.day_of(pause.entered_at),
        "、".join(row.review.labels),
    )


@login_required
@require_safe
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """One pause: what it stops, what proves it, when it should end."""
    actor, today = actor_of(request), clock.today()
    row = _found(actor, pk)
    step = _step_of(actor, row)
    reviews = pause_review.reviews_of(Pause.objects.filter(pk=pk), today=today)
    context = {
        "row": PauseRow(row, reviews[row.pk]),
        "step": step,
        "may_edit": allowed(actor, Right.RUN_STEPS) and runs_step(actor, step),
        "crumbs": _crumbs(row, str(row.kind)),
    }
    return render(request, "approvals/pause.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pause_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """When the pause should end, and what comes next."""
    row = _found(actor_of(request), pk)
    initial = {"expected_end_on": row.expected_end_on, "next_step": row.next_step}
    form = PlanPauseForm(request.POST or None, initial=initial)

    def save() -> object:
        return pauses.plan_pause(
            pause_id=pk, actor=actor_of(request), today=clock.today(), **form.cleaned_data
        )

    return _edit(request, row, form, save, title="预计结束和下一步", done="已登记预计结束和下一步。")


@login_required
@require_http_methods(["GET", "POST"])
def pause_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The file behind the pause."""
    row = _found(actor_of(request), pk)
    form = ProofForm(request.POST or None, request.FILES or None)

    def save() -> object:
        file = form.cleaned_data["proof"]
        return pauses.prove_pause(
            pause_id=pk,
            proof=Upload(file.name, file.read()),
            occurred_on=form.cleaned_data["occurred_on"],
            actor=actor_of(request),
            today=clock.today(),
        )

    return _edit(request, row, form, save, title="上传凭证", done="凭证已上传。")


def _edit(
    request: HttpRequest, row: Pause, form: OfficeForm, save: Callable[[], object], *, title: str, done: str
) -> HttpResponse:
    actor = actor_of(request)
    require_hands(actor, _step_of(actor, row))

    def act() -> str:
        save()
        return done

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:pause", args=[row.pk]))
    context: dict[str, Any] = {
        "pause": row,
        "form": form,
        "title": title,
        "crumbs": [*_crumbs(row, str(row.kind), link=True), Crumb(title)],
    }
    return render(request, "approvals/pause_edit.html", context, status=status_for(form))


def _found(actor: User, pk: int) -> Pause:
    return get_object_or_404(pause_review.with_words(pause_review.step_pauses(actor=actor)), pk=pk)


def _step_of(actor: User, row: Pause) -> Step:
    steps = Step.objects.visible_to(actor).select_related("holder_organisation", "step_type", "project")
    return get_object_or_404(steps, pk=row.deadline.subject_id)


def _crumbs(row: Pause, label: str, *, link: bool = False) -> list[Crumb]:
    own = reverse("approvals:pause", args=[row.pk]) if link else ""
    return [Crumb("暂停计时", reverse("approvals:pauses")), Crumb(label, own)]
