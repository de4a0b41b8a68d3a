"""Rounds and reports: who owes what, one click to confirm, late list, reopening, comparing two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from accounts.selectors import home_prefecture
from core import clock
from deadlines.selectors import working_calendar
from dispatch.models import LedgerSnapshot, Report, Round, RoundKind
from dispatch.presentation import Changed, ChangedRow, changes_of
from dispatch.round_forms import ReopenForm, ReportForm
from dispatch.rules.ledger import cell_of, sums_of
from dispatch.rules.reporting import Standing
from dispatch.selectors import differences
from dispatch.selectors import ledgers as ledger_selectors
from dispatch.selectors import rounds as selectors
from dispatch.selectors.packages import package_list
from dispatch.selectors.previews import preview_rows
from dispatch.selectors.rounds import ReportRow
from dispatch.services import reports as services
from dispatch.services import rounds
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import keyset_page
from ui.parts import Crumb, Fact, Tab

ROUNDS_A_PAGE = 20


@login_required
@require_GET
def round_list(request: HttpRequest) -> HttpResponse:
    """The rounds of a kind with how many have reported."""
    require(actor_of(request), Right.READ_LEDGERS)
    kind = request.GET.get("kind", "")
    kind = kind if kind in RoundKind.values else RoundKind.WEEK.value
    page = keyset_page(
        _counted(ledger_selectors.round_list().filter(kind=kind)),
        order=("-year", "-number"),
        cursor=request.GET.get("cursor"),
        size=ROUNDS_A_PAGE,
    )
    context = {
        "page": page,
        "kinds": [
            Tab(label, f"?kind={value}", is_active=value == kind) for value, label in RoundKind.choices
        ],
        "kind_label": RoundKind(kind).label,
        "can_edit": allowed(actor_of(request), Right.EDIT_ROUNDS),
    }
    return render_page(request, "dispatch/round_list.html", context, partial="list")


def _counted(rows: QuerySet[Round]) -> QuerySet[Round]:
    return rows.annotate(
        asked=Count("reports"),
        answered=Count("reports", filter=Q(reports__reported_at__isnull=False)),
        late=Count("reports", filter=Q(reports__reported_on__gt=F("due_on"))),
    )


@login_required
@require_GET
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: who reported, who is late, its versions, what to do next."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    found = get_object_or_404(ledger_selectors.round_list(), pk=pk)
    rows = selectors.reports_of(actor=actor, round_=found, today=clock.today())
    own = actor.reporting_unit or home_prefecture()
    editions = differences.editions_of(found)
    context = {
        "round": found,
        "rows": rows,
        "figures": _figures(found, rows),
        "waiting": sum(1 for row in rows if row.report.reported_at is None),
        "editions": editions,
        "newest": editions[0] if editions else None,
        "reopenings": found.reopenings.select_related("reopened_by", "frozen_by"),
        "may_reopen": found.is_frozen and allowed(actor, Right.FREEZE_ROUND),
        "may_freeze": not found.is_frozen and allowed(actor, Right.FREEZE_ROUND),
        "own_unit": own,
        "package": package_list(actor=actor)
        .filter(round=found, version=found.version, organisation=own)
        .first(),
        "may_report": allowed(actor, Right.REPORT_ROUND),
        "crumbs": [Crumb("调度", reverse("dispatch:rounds")), Crumb(found.period.label)],
    }
    return render(request, "dispatch/round.html", context)


def _figures(found: Round, rows: Sequence[ReportRow]) -> list[Fact]:
    counted = Counter(row.standing for row in rows)
    late = counted[Standing.LATE]
    return [
        Fact("报送日", found.due_on or "–"),
        Fact("应报", len(rows), "个"),
        Fact("已报", counted[Standing.ON_TIME] + late, "个"),
        Fact("其中迟报", late, "个"),
        Fact("未报", counted[Standing.MISSING], "个"),
        Fact("待报", counted[Standing.WAITING], "个"),
    ]


@login_required
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The office opens a frozen round again, with the reason."""
    actor = actor_of(request)
    require(actor, Right.FREEZE_ROUND)
    found = get_object_or_404(ledger_selectors.round_list(), pk=pk)
    today = clock.today()
    form = ReopenForm(request.POST or None, initial={"closes_on": working_calendar().on_or_after(today)})

    def act() -> str:
        rounds.reopen_round(round_id=pk, **form.cleaned_data, actor=actor, today=today, now=clock.now())
        return f"{found.period.label}已重新打开，原定稿台账保留为第{found.version}版。"

    page = FormPage(
        title=f"重新打开{found.period.label}",
        back=reverse("dispatch:round", args=[pk]),
        crumbs=[
            Crumb("调度", reverse("dispatch:rounds")),
            Crumb(found.period.label, reverse("dispatch:round", args=[pk])),
            Crumb("重新打开"),
        ],
        notes=["原定稿的台账和文件照旧保留；重新定稿后成为新的一版。"],
        button="重新打开",
    )
    return fill_in(request, form, page, act)


# --- reporting --------------------------------------------------------------------------------


@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What one's own units owe in the rounds that are open."""
    actor = actor_of(request)
    require(actor, Right.REPORT_ROUND)
    rows = selectors.owed_by(actor=actor, today=clock.today())
    own = actor.organisation.path if actor.organisation else ""
    others = any(not own.startswith(row.report.organisation.path) for row in rows)
    context = {"rows": rows, "for_others": others}
    return render(request, "dispatch/reports.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit's report: what would be frozen of it, one click, or remarks."""
    actor = actor_of(request)
    require(actor, Right.REPORT_ROUND)
    row = get_object_or_404(selectors.report_list(actor=actor), pk=pk)
    form = ReportForm(
        request.POST or None, initial={"is_unchanged": row.is_unchanged, "remarks": row.remarks}
    )
    back = reverse("dispatch:reports")

    def act() -> str:
        services.report(report_id=pk, **form.cleaned_data, actor=actor, today=clock.today(), now=clock.now())
        return f"{row.organisation.short_name}{row.round.period.label}已报送。"

    notes, warnings = _notes(row)
    page = FormPage(
        title=f"{row.organisation.short_name}{row.round.period.label}报送",
        back=back,
        crumbs=[Crumb("调度报送", back), Crumb(row.round.period.label)],
        notes=notes,
        warnings=warnings,
        button="报送",
    )
    return fill_in(request, form, page, act)


def _notes(row: Report) -> tuple[list[str], list[str]]:
    """What the ledger would say of the unit today, and what of it is overdue."""
    rows = preview_rows(
        organisation=row.organisation,
        period=row.round.period,
        today=clock.today(),
        calendar=working_calendar(),
    )
    sums = sums_of(rows)
    moved = [f"{cell_of(one, 'name')}（{what}）" for one in rows if (what := cell_of(one, "progress"))]
    late = [str(cell_of(one, "name")) for one in rows if cell_of(one, "lamp") == "red"]
    notes = [
        f"报送日 {row.round.due_on}。在库项目 {sums.count} 个，逾期 {sums.lamps['red']} 个，"
        f"预警 {sums.lamps['amber']} 个。"
    ]
    if moved:
        notes.append("本期进展：" + "；".join(moved[:10]) + ("等。" if len(moved) > 10 else "。"))
    warnings = ["逾期项目：" + "、".join(late[:10]) + ("等。" if len(late) > 10 else "。")] if late else []
    return notes, warnings


# --- comparing --------------------------------------------------------------------------------


@login_required
@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two frozen rounds beside each other: new, gone, changed cell by cell, lamps that turned."""
    actor = actor_of(request)
    require(actor, Right.READ_LEDGERS)
    units = ledger_selectors.ledger_units(actor=actor, prefecture_code=settings.PREFECTURE_CODE)
    unit = _unit(units, request.GET.get("unit", ""))
    editions = differences.editions()
    try:
        pair = differences.pair_of(new=request.GET.get("new", ""), old=request.GET.get("old", ""))
    except LedgerSnapshot.DoesNotExist as unknown:
        raise Http404 from unknown
    found = differences.difference_of(pair.old, pair.new, unit=unit, actor=actor) if pair.new else None
    context = {
        "editions": [*editions, *(one for one in (pair.new, pair.old) if one and one not in editions)],
        "old": pair.old,
        "new": pair.new,
        "unit": unit,
        "units": units,
        "sections": _sections(changes_of(found) if found else Changed()),
        "crumbs": [Crumb("调度", reverse("dispatch:rounds")), Crumb("两期比较")],
    }
    return render(request, "dispatch/compare.html", context)


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the comparison; `cells`: with what changed in each row."""

    title: str
    rows: Sequence[ChangedRow]
    cells: bool = False


def _sections(changes: Changed) -> list[Section]:
    return [
        Section("灯号变化", changes.turned),
        Section("新增项目", changes.new),
        Section("退出项目", changes.gone),
        Section("内容变化", changes.changed, cells=True),
    ]


def _unit(units: Sequence[Organisation], code: str) -> Organisation:
    """The unit that the address names, else the largest one that the reader may see."""
    found = next((each for each in units if not code or each.code == code), None)
    if found is None:
        raise Http404
    return found
