"""The page of the task list over all projects, and its sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from approvals.sheets import sheet_response
from core import clock
from desk.task_list import count_tasks, read_tasks, task_list
from desk.task_list_filters import TaskFilterSet
from officefiles.writing import CellKind, LedgerColumn
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Kpi

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("手续",), CellKind.CENTRED, 20),
    LedgerColumn(("步骤",), CellKind.TEXT, 20),
    LedgerColumn(("责任单位、责任人",), CellKind.TEXT, 24),
    LedgerColumn(("时限（办结日）",), CellKind.DATE),
    LedgerColumn(("进展",), CellKind.CENTRED, 12),
    LedgerColumn(("佐证",), CellKind.TEXT, 26),
)
MOST_EXPORTED = 20_000


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every task with its owner, limit and evidence."""
    today = clock.today()
    filterset = _filterset(request)
    found = keyset_page(filterset.qs, order=("id",), cursor=request.GET.get("cursor"))
    counts = count_tasks(filterset.qs, today=today)
    context = {
        "filterset": filterset,
        "page": found,
        "rows": read_tasks(found, today=today),
        "total": capped_count(filterset.qs),
        "kpis": [
            Kpi("任务", counts.total, "项", "当前筛选"),
            Kpi("已办结", counts.done, "项", "", "?state=done", "done"),
            Kpi("逾期", counts.late, "项", "", "?state=late", "red" if counts.late else "green"),
            Kpi("办结无佐证", counts.unproved, "项", "没有文号，也没有登记批复", "?state=unproved"),
        ],
    }
    return render_page(request, "desk/task_list.html", context, partial="list")


def _filterset(request: HttpRequest) -> TaskFilterSet:
    return TaskFilterSet(request.GET, queryset=task_list(actor=actor_of(request)), request=request)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    today = clock.today()
    rows = read_tasks(_filterset(request).qs.order_by("id")[:MOST_EXPORTED], today=today)
    cells = [
        (
            number,
            row.step.project.organisation.short_name,
            row.step.project.name,
            row.kind,
            f"{row.step.code} {row.step.step_type.short}",
            row.responsible,
            row.due_on,
            row.word,
            row.proof,
        )
        for number, row in enumerate(rows, start=1)
    ]
    return sheet_response("任务清单", columns=COLUMNS, rows=cells, today=today)
