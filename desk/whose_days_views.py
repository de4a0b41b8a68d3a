"""The pages of 谁的天数: the figures, the rows behind each, the sheet."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, require
from approvals.models import Step, StepQuerySet
from core import clock
from desk.deadline_rows import reporting_units
from desk.whose_days import HOLDERS, StepDays, days_of, finished_steps, names_of, whose_days
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, write_ledger
from ui.downloads import download
from ui.filters import FilterSet, offer
from ui.forms import DateInput
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("步骤",), CellKind.TEXT, 22),
    LedgerColumn(("责任单位",), CellKind.TEXT, 20),
    LedgerColumn(("受理日期",), CellKind.DATE),
    LedgerColumn(("办结日期",), CellKind.DATE),
    LedgerColumn(("工作日", "实际"), CellKind.INTEGER),
    LedgerColumn(("工作日", "经手"), CellKind.INTEGER),
    LedgerColumn(("工作日", "净用"), CellKind.INTEGER),
    LedgerColumn(("工作日", "部门"), CellKind.INTEGER),
    LedgerColumn(("工作日", "申请人"), CellKind.INTEGER),
    LedgerColumn(("工作日", "系统"), CellKind.INTEGER),
    LedgerColumn(("按期",), CellKind.CENTRED),
    LedgerColumn(("补录",), CellKind.CENTRED),
)
KEPT = [("kept", "按期"), ("broken", "超期"), ("excepted", "例外")]


class FinishedFilter(FilterSet):
    """Parameters: first, last (days of the end; this year without), unit (code), code (step),
    holder (organisation's id), side (bureau, county, department, applicant), kept, late_entry=1.
    """

    first = django_filters.DateFilter(
        label="办结自", field_name="closed_on", lookup_expr="gte", widget=DateInput()
    )
    last = django_filters.DateFilter(
        label="至", field_name="closed_on", lookup_expr="lte", widget=DateInput()
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    code = django_filters.CharFilter(label="步骤代码")
    side = django_filters.ChoiceFilter(
        label="谁的天数", choices=HOLDERS, method="by_days", empty_label="不限"
    )
    kept = django_filters.ChoiceFilter(label="按期", choices=KEPT, method="by_days", empty_label="不限")
    late_entry = django_filters.ChoiceFilter(
        label="补录", choices=[("1", "只看补录")], method="by_days", empty_label="不限"
    )
    holder = django_filters.NumberFilter(field_name="holder_organisation_id", widget=forms.HiddenInput)

    class Meta:
        model = Step
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offer(self, "unit", ((unit.code, unit.short_name) for unit in reporting_units(actor=actor)))

    def filter_queryset(self, queryset: StepQuerySet) -> StepQuerySet:
        if self.errors:
            return queryset.none()
        rows: StepQuerySet = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("first") and not self.form.cleaned_data.get("last"):
            rows = rows.filter(closed_on__year=self.today.year)
        wanted = {name: self.form.cleaned_data.get(name) for name in ("side", "kept", "late_entry")}
        if any(wanted.values()):
            # Counted in working days, so the rows are read and chosen by what they come to.
            chosen = [row.pk for row in days_of(rows, today=self.today) if _is_wanted(row, wanted)]
            rows = rows.filter(Q(pk__in=chosen))
        return rows

    def by_days(self, rows: StepQuerySet, name: str, value: str) -> StepQuerySet:
        """Chosen in filter_queryset, all of them at once."""
        return rows


def _is_wanted(row: StepDays, wanted: Mapping[str, str | None]) -> bool:
    side, kept = wanted["side"], wanted["kept"]
    if side and not _is_of(row, side):
        return False
    if kept and kept != _kept_word(row):
        return False
    return row.is_late_entry if wanted["late_entry"] else True


def _is_of(row: StepDays, side: str) -> bool:
    taken = {"department": row.department, "applicant": row.applicant}
    return row.holder_side == side or taken.get(side, 0) > 0


def _kept_word(row: StepDays) -> str:
    if row.is_excepted:
        return "excepted"
    return {True: "kept", False: "broken", None: ""}[row.is_kept]


@login_required
@require_safe
def whose_days_page(request: HttpRequest) -> HttpResponse:
    """Days by whose they were, medians and shares kept by step type and by holder."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    filterset = _filterset(request, actor, today)
    found = days_of(filterset.qs.order_by("pk"), today=today)
    labels, holders = names_of(found, today=today)
    context = {
        "filterset": filterset,
        "figures": whose_days(found, labels=labels, holders=holders),
        "rows_url": reverse("desk:whose-days-rows"),
        "asked": _asked(request),
        "crumbs": [Crumb("谁的天数")],
    }
    return render_page(request, "desk/whose_days.html", context, partial="list")


@login_required
@require_safe
def whose_days_rows(request: HttpRequest) -> HttpResponse:
    """The finished steps behind a figure."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    filterset = _filterset(request, actor, today)
    rows = filterset.qs.select_related("project__organisation", "step_type", "holder_organisation")
    page = keyset_page(rows, order=("-closed_on",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": _with_days(list(page), today=today),
        "total": capped_count(filterset.qs),
        "crumbs": [Crumb("谁的天数", reverse("desk:whose-days")), Crumb("办结的步骤")],
    }
    return render_page(request, "desk/whose_days_rows.html", context, partial="list")


@login_required
@require_safe
def whose_days_export(request: HttpRequest) -> HttpResponse:
    """The rows as a sheet, with the filters of the address."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    rows = _filterset(request, actor, today).qs.select_related(
        "project__organisation", "step_type", "holder_organisation"
    )
    layout = LedgerLayout(
        title="谁的天数：办结步骤用时",
        subtitle=f"单位：工作日　　导出日期：{today}",
        columns=COLUMNS,
        sheet_name="谁的天数",
        freeze_columns=3,
    )
    file = io.BytesIO()
    steps = _with_days(list(rows.order_by("-closed_on", "pk")), today=today)
    write_ledger(file, layout=layout, rows=[_cells(n, *row) for n, row in enumerate(steps, start=1)])
    return download(file.getvalue(), f"谁的天数{today:%Y%m%d}.xlsx")


def _filterset(request: HttpRequest, actor: User, today: date) -> FinishedFilter:
    return FinishedFilter(request.GET, queryset=finished_steps(actor=actor), actor=actor, today=today)


def _asked(request: HttpRequest) -> str:
    """The filters of the address, to be carried to the rows."""
    return urlencode([(k, v) for k, v in request.GET.items() if v and k != "cursor"])


def _with_days(steps: Sequence[Step], *, today: date) -> list[tuple[Step, StepDays]]:
    """Each step with its days: a fixed number of queries more."""
    own = Step.objects.filter(pk__in=[step.pk for step in steps])
    found = {row.pk: row for row in days_of(own, today=today)}
    return [(step, found[step.pk]) for step in steps]


def _cells(number: int, step: Step, days: StepDays) -> tuple[Any, ...]:
    return (
        number,
        step.project.name,
        f"{step.code} {step.step_type.short}",
        step.holder_organisation.name,
        step.accepted_on,
        step.closed_on,
        days.real,
        days.gross,
        days.own_net,
        days.department,
        days.applicant,
        days.system,
        dict(KEPT).get(_kept_word(days), "无时限"),
        "补录" if days.is_late_entry else "",
    )
