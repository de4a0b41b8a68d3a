"""The pages of 组卷质量: the figures, the rows behind each, the sheet."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from approvals import set_quality as reading
from approvals.models import StepType
from approvals.sheets import sheet_response
from core import clock
from officefiles.writing import CellKind, LedgerColumn
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("步骤",), CellKind.TEXT, 22),
    LedgerColumn(("轮次",), CellKind.INTEGER),
    LedgerColumn(("收件",), CellKind.DATE),
    LedgerColumn(("结果",), CellKind.CENTRED, 14),
    LedgerColumn(("补正告知",), CellKind.DATE),
    LedgerColumn(("补正项数",), CellKind.INTEGER),
    LedgerColumn(("原因",), CellKind.TEXT, 40),
    LedgerColumn(("报出前检查",), CellKind.CENTRED, 12),
)


@login_required
@require_safe
def set_quality(request: HttpRequest) -> HttpResponse:
    """Sets that came in, corrected, sent back, refused: by step and by county."""
    filterset, today = _filterset(request), clock.today()
    labels = dict(StepType.objects.in_force(today).values_list("code", "short"))
    context = {
        "filterset": filterset,
        "figures": reading.set_quality(filterset.qs, labels=labels),
        "rows_url": reverse("approvals:set-quality-rows"),
        "asked": urlencode([(k, v) for k, v in request.GET.items() if v]),
    }
    return render_page(request, "approvals/set_quality.html", context, partial="list")


@login_required
@require_safe
def set_quality_rows(request: HttpRequest) -> HttpResponse:
    """The sets behind a figure."""
    filterset = _filterset(request)
    rows = filterset.qs.select_related("project__organisation", "step_type")
    page = keyset_page(rows, order=("-came_on",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(step, reading.outcome_words(step)) for step in page],
        "total": capped_count(filterset.qs),
        "crumbs": [Crumb("组卷质量", reverse("approvals:set-quality")), Crumb("各件")],
    }
    return render_page(request, "approvals/set_quality_rows.html", context, partial="list")


@login_required
@require_safe
def set_quality_export(request: HttpRequest) -> HttpResponse:
    """The sets as a sheet, with the filters of the address."""
    steps = _filterset(request).qs.select_related("project__organisation", "step_type")
    rows = [
        (
            number,
            step.project.name,
            step.project.organisation.short_name,
            f"{step.code} {step.step_type.short}",
            step.round,
            step.came_on,
            reading.outcome_words(step),
            step.notified_on,
            len(step.notice_items) or None,
            step.closing_reason or "；".join(step.notice_items),
            "已检查" if step.was_checked else "未检查",
        )
        for number, step in enumerate(steps.order_by("-came_on", "pk"), start=1)
    ]
    return sheet_response("组卷质量明细", columns=COLUMNS, rows=rows, today=clock.today())


def _filterset(request: HttpRequest) -> reading.SetQualityFilter:
    return reading.SetQualityFilter(request.GET, actor=actor_of(request), today=clock.today())
