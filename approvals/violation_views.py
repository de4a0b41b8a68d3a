"""Cases of unlawful land use: list, export, one case, and what moves it on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import gates
from approvals.gate_filters import ViolationFilterSet
from approvals.gate_forms import CloseCaseForm, DecideCaseForm, FileCaseForm, FindingForm
from approvals.models import ViolationCase, ViolationCaseQuerySet
from approvals.services import violations
from core import clock
from core.units import AreaUnit, format_area, from_m2
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from ui.downloads import download
from ui.filling import FormPage, fill_in
from ui.forms import OfficeForm
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Action, Crumb, Kpi

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("类型",), CellKind.CENTRED, 10),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 30),
    LedgerColumn(("位置",), CellKind.TEXT, 24),
    LedgerColumn(("违法事实",), CellKind.TEXT, 40),
    LedgerColumn(("面积（公顷）",), CellKind.HA),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
    LedgerColumn(("发现日期",), CellKind.DATE),
    LedgerColumn(("立案日期",), CellKind.DATE),
    LedgerColumn(("案号",), CellKind.TEXT, 22),
    LedgerColumn(("处罚文号",), CellKind.TEXT, 22),
    LedgerColumn(("罚款（元）",), CellKind.INTEGER, 12),
    LedgerColumn(("结案日期",), CellKind.DATE),
)


@login_required
@require_safe
def violation_list(request: HttpRequest) -> HttpResponse:
    """Cases, newest finding first, with the year's sums above."""
    actor, today = actor_of(request), clock.today()
    filterset = ViolationFilterSet(request.GET, queryset=gates.violation_list(actor=actor), actor=actor)
    page = keyset_page(filterset.qs, order=("-found_on",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "total": capped_count(filterset.qs),
        "kpis": _kpis(actor, today.year),
        "may_run": allowed(actor, Right.RUN_CASES),
    }
    return render_page(request, "approvals/violations.html", context, partial="list")


def _kpis(actor: User, year: int) -> list[Kpi]:
    """Found, filed, fined and taken back this year; what is open now. One query."""
    sums = ViolationCase.objects.visible_to(actor).aggregate(
        found=Count("pk", filter=Q(found_on__year=year)),
        filed=Count("pk", filter=Q(filed_on__year=year)),
        fines=Sum("fine_yuan", filter=Q(decided_on__year=year)),
        recovered=Sum("recovered_m2", filter=Q(decided_on__year=year)),
        open=Count("pk", filter=Q(state__in=ViolationCase.OPEN_STATES)),
    )
    here = reverse("approvals:violations")
    waiting = "&".join(f"state={state}" for state in ViolationCase.OPEN_STATES)
    return [
        Kpi(f"{year} 年发现", sums["found"], "件", "", f"{here}?found_after={year}-01-01"),
        Kpi(f"{year} 年立案", sums["filed"], "件", ""),
        Kpi("罚款", f"{(sums['fines'] or 0):,}", "元", "本年处罚决定"),
        Kpi("收回土地", format_area(sums["recovered"] or 0, AreaUnit.HA), "公顷", "本年处罚决定"),
        Kpi(
            "尚未结案",
            sums["open"],
            "件",
            "涉及的项目不予审查报批",
            f"{here}?{waiting}",
            "red" if sums["open"] else "green",
        ),
    ]


@login_required
@require_safe
def violation_export(request: HttpRequest) -> HttpResponse:
    """What the page shows with these filters, all pages of it."""
    actor, today = actor_of(request), clock.today()
    filterset = ViolationFilterSet(request.GET, queryset=gates.violation_list(actor=actor), actor=actor)
    layout = LedgerLayout(
        title="违法用地案件台账",
        subtitle=f"{actor.organisation.name if actor.organisation else ''}　　导出日期：{today:%Y年%m月%d日}",
        columns=COLUMNS,
        sheet_name="违法用地",
        freeze_columns=3,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_lines(filterset.qs.order_by("-found_on", "-pk")))
    return download(file.getvalue(), f"违法用地案件_{today:%Y%m%d}.xlsx")


def _lines(rows: ViolationCaseQuerySet) -> Iterator[tuple[LedgerValue, ...]]:
    for number, row in enumerate(rows.iterator(chunk_size=500), start=1):
        yield (
            number,
            row.get_matter_display(),
            row.organisation.short_name,
            row.project.name if row.project else "",
            row.place,
            row.facts,
            from_m2(row.area_m2, AreaUnit.HA) if row.area_m2 is not None else None,
            row.get_state_display(),
            row.found_on,
            row.filed_on,
            row.case_no,
            row.decision_no,
            row.fine_yuan,
            row.closed_on,
        )


@login_required
@require_http_methods(["GET", "POST"])
def violation_new(request: HttpRequest) -> HttpResponse:
    """A finding; `project` in the address names its project."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.RUN_CASES)
    initial = {"project_code": request.GET.get("project", "")}
    form = FindingForm(request.POST or None, initial=initial, actor=actor, today=today)

    def act() -> str:
        violations.report_violation(
            actor=actor,
            organisation=form.cleaned_data["organisation"],
            finding=form.finding(),
            today=today,
        )
        return "已登记违法用地线索，涉及的项目结案前不予审查报批。"

    back = reverse("approvals:violations")
    page = FormPage("登记违法用地", back, [Crumb("违法用地", back), Crumb("登记")])
    return fill_in(request, form, page, act)


@login_required
@require_safe
def violation(request: HttpRequest, pk: int) -> HttpResponse:
    """One case: its course and what can be done."""
    actor = actor_of(request)
    case = _case(actor, pk)
    context = {
        "case": case,
        "course": [
            ("发现", case.found_on, case.facts),
            ("立案", case.filed_on, case.case_no),
            ("处罚决定", case.decided_on, case.decision_no),
            ("结案" if case.state != "DISMISSED" else "不予立案", case.closed_on, case.closing_reason),
        ],
        "actions": _actions(actor, case),
        "crumbs": [Crumb("违法用地", reverse("approvals:violations")), Crumb(str(case))],
    }
    return render(request, "approvals/violation.html", context)


def _case(actor: User, pk: int) -> ViolationCase:
    case: ViolationCase = get_object_or_404(gates.violation_list(actor=actor), pk=pk)
    return case


@dataclass(frozen=True, slots=True)
class CaseMove:
    """One move of a case: its words, form and service, who may, from which states."""

    label: str
    form: type[OfficeForm]
    run: Callable[[User, int, Any, date], object]
    right: Right
    states: tuple[str, ...]


def _file(actor: User, pk: int, form: Any, today: date) -> object:
    return violations.file_case(actor=actor, case_id=pk, today=today, **form.cleaned_data)


def _decide(actor: User, pk: int, form: Any, today: date) -> object:
    return violations.decide_case(actor=actor, case_id=pk, today=today, penalty=form.penalty())


def _close(actor: User, pk: int, form: Any, today: date) -> object:
    return violations.close_case(actor=actor, case_id=pk, today=today, **form.cleaned_data)


MOVES = {
    "file": CaseMove("立案", FileCaseForm, _file, Right.RUN_CASES, ("FOUND",)),
    "decide": CaseMove("登记处罚决定", DecideCaseForm, _decide, Right.RUN_CASES, ("FILED",)),
    "close": CaseMove(
        "结案（不予立案）", CloseCaseForm, _close, Right.CLOSE_CASES, ViolationCase.OPEN_STATES
    ),
}


def _actions(actor: User, case: ViolationCase) -> list[Action]:
    return [
        Action(move.label, reverse("approvals:violation-move", args=[case.pk, name]))
        for name, move in MOVES.items()
        if case.state in move.states and allowed(actor, move.right)
    ]


@login_required
@require_http_methods(["GET", "POST"])
def violation_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """The form of one move."""
    actor, today = actor_of(request), clock.today()
    case = _case(actor, pk)
    chosen = MOVES.get(move)
    if chosen is None:
        return HttpResponseRedirect(reverse("approvals:violation", args=[pk]))
    require(actor, chosen.right)
    form = chosen.form(request.POST or None)

    def act() -> str:
        chosen.run(actor, pk, form, today)
        return f"已{chosen.label.removeprefix('登记')}。" if move != "decide" else "已登记处罚决定。"

    back = reverse("approvals:violation", args=[pk])
    page = FormPage(
        f"{chosen.label}：{case}",
        back,
        [Crumb("违法用地", reverse("approvals:violations")), Crumb(str(case), back)],
    )
    return fill_in(request, form, page, act)
