"""The page and the sheet of 业务统计 (approvals.statistics)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import actor_of, login_required
from approvals.sheets import sheet_response
from approvals.statistics import business_statistics, report
from core import clock
from officefiles.writing import CellKind, LedgerColumn
from ui.forms import DateInput, OfficeForm
from ui.htmx import render_page
from ui.parts import Crumb

COLUMNS = (
    LedgerColumn(("业务",), CellKind.TEXT, 30),
    LedgerColumn(("数量",), CellKind.INTEGER),
    LedgerColumn(("单位",), CellKind.CENTRED, 8),
    LedgerColumn(("面积（㎡）",), CellKind.INTEGER, 16),
    LedgerColumn(("金额（元）",), CellKind.TEXT, 20),
)


class SpanForm(OfficeForm):
    """From which day to which."""

    first = forms.DateField(label="自", required=False, widget=DateInput())
    last = forms.DateField(label="至", required=False, widget=DateInput())

    def span(self, today: date) -> tuple[date, date]:
        """The days asked for, in order; this year up to today where none was."""
        asked = self.cleaned_data if self.is_valid() else {}
        last = asked.get("last") or today
        first = asked.get("first") or date(last.year, 1, 1)
        return min(first, last), max(first, last)


@login_required
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Items with their land and money, and the paragraph for the report."""
    actor, today = actor_of(request), clock.today()
    form = SpanForm(request.GET or None, initial={"first": date(today.year, 1, 1), "last": today})
    first, last = form.span(today)
    rows = business_statistics(actor=actor, first=first, last=last)
    context = {
        "form": form,
        "rows": rows,
        "first": first,
        "last": last,
        "report": report(rows, first=first, last=last),
        "crumbs": [Crumb("批复与证书", reverse("approvals:documents")), Crumb("业务统计")],
    }
    return render_page(request, "approvals/statistics.html", context, partial="figures")


@login_required
@require_safe
def statistics_export(request: HttpRequest) -> HttpResponse:
    """The same rows as a sheet."""
    today = clock.today()
    first, last = SpanForm(request.GET or None).span(today)
    rows = [
        (
            row.label,
            row.number,
            row.measure,
            row.area_m2,
            _yuan(row.amount_yuan),
        )
        for row in business_statistics(actor=actor_of(request), first=first, last=last)
    ]
    return sheet_response(f"业务统计（{first}至{last}）", columns=COLUMNS, rows=rows, today=today)


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"
