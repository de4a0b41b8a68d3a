"""The page and the workbook of the preparatory procedures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.http import actor_of, login_required
from core import clock
from desk import preparation
from desk.preparation import PROCEDURES, PreparationRow
from desk.preparation_filters import PreparationFilterSet
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.models import ProjectQuerySet
from ui.downloads import download
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Kpi

PAGE = "desk/preparation.html"
AT_ONCE = 200


@login_required
@require_GET
def preparation_page(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    rows = preparation.preparation_projects(actor=actor, today=today)
    filterset = PreparationFilterSet(request.GET, queryset=rows, request=request)
    page = keyset_page(filterset.qs, order=("number",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": preparation.read_preparation(page, today=today),
        "procedures": PROCEDURES,
        "total": capped_count(filterset.qs),
        "kpis": _kpis(rows, today),
    }
    return render_page(request, PAGE, context, partial="list")


def _kpis(rows: ProjectQuerySet, today: date) -> list[Kpi]:
    address = reverse("desk:preparation")
    landless = preparation.lacking_land(rows).count()
    overdue = preparation.with_lamp_in(rows, code="", lamp="red", today=today)
    return [
        Kpi(
            "因用地未落地",
            landless,
            "个",
            "计划开工已过，用地尚未批准",
            f"{address}?only=landless",
            "red" if landless else "green",
        ),
        Kpi(
            "成熟待指标",
            preparation.mature_waiting(rows, today=today).count(),
            "个",
            "前期成熟，等年度新增指标",
            f"{address}?only=mature",
        ),
        Kpi("前置手续逾期", overdue.count(), "个项目", "至少一项手续逾期", f"{address}?lamp=red", "red"),
    ]


@login_required
@require_GET
def preparation_export(request: HttpRequest) -> HttpResponse:
    """What the page shows with these filters, all pages of it."""
    actor, today = actor_of(request), clock.today()
    rows = preparation.preparation_projects(actor=actor, today=today)
    filterset = PreparationFilterSet(request.GET, queryset=rows, request=request)
    layout = LedgerLayout(
        title="项目前置手续办理情况",
        subtitle=f"{actor.organisation.name if actor.organisation else ''}　　导出日期：{today:%Y年%m月%d日}",
        columns=(
            LedgerColumn(("序号",), CellKind.INTEGER, 6),
            LedgerColumn(("编号",), CellKind.CENTRED, 16),
            LedgerColumn(("项目名称",), CellKind.TEXT, 34),
            LedgerColumn(("县市",), CellKind.CENTRED, 12),
            LedgerColumn(("成熟度",), CellKind.INTEGER, 8),
            *(
                column
                for each in PROCEDURES
                for column in (
                    LedgerColumn((f"{each.label}（{each.department}）", "状态"), CellKind.CENTRED, 9),
                    LedgerColumn((f"{each.label}（{each.department}）", "办结或到期"), CellKind.DATE),
                )
            ),
            LedgerColumn(("因用地未落地",), CellKind.CENTRED, 10),
        ),
        sheet_name="前置手续",
        freeze_columns=3,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_lines(preparation.ordered(filterset.qs), today))
    return download(file.getvalue(), f"前置手续_{today:%Y%m%d}.xlsx")


def _lines(projects: ProjectQuerySet, today: date) -> Iterator[tuple[LedgerValue, ...]]:
    source, number = projects.iterator(chunk_size=AT_ONCE), 0
    while batch := list(islice(source, AT_ONCE)):
        for row in preparation.read_preparation(batch, today=today):
            number += 1
            yield (number, *_values(row))


def _values(row: PreparationRow) -> tuple[LedgerValue, ...]:
    return (
        row.project.number,
        row.project.name,
        row.project.organisation.short_name,
        row.maturity.points,
        *(value for cell in row.cells for value in (cell.word, cell.day)),
        "是" if row.lacks_land else "",
    )
