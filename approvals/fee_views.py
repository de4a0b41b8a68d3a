"""Pages of 报批经费: budgets and payments as rows, sums by county and kind, the kinds of fee."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals.document_filters import UnitFilterSet
from approvals.document_forms import file_field, proof_of, yuan_field
from approvals.fee_selectors import fee_list, fee_reader, fee_sums, kinds_on
from approvals.models import Fee, FeeKind
from approvals.register_views import Deed, Register
from approvals.services import fees
from core import clock
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.models import Project
from ui.filling import sent
from ui.forms import DateInput, OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb, Kpi

LIST_CRUMB = "报批经费"
CENT = Decimal("0.01")
COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目",), CellKind.TEXT, 34),
    LedgerColumn(("费用",), CellKind.CENTRED, 20),
    LedgerColumn(("预算（元）",), CellKind.MONEY, 18, total=True),
    LedgerColumn(("已缴（元）",), CellKind.MONEY, 18, total=True),
    LedgerColumn(("缺口（元）",), CellKind.MONEY, 18, total=True),
    LedgerColumn(("状态",), CellKind.CENTRED, 10),
    LedgerColumn(("资金来源",), CellKind.TEXT, 20),
    LedgerColumn(("凭证",), CellKind.TEXT, 40),
)


class FeeFilterSet(UnitFilterSet):
    """Parameters: q, unit, kind, gap (1), project."""

    q = django_filters.CharFilter(
        label="项目", method="by_words", widget=forms.TextInput(attrs={"maxlength": 60})
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    kind = django_filters.CharFilter(label="费用", widget=forms.TextInput(attrs={"maxlength": 40}))
    gap = django_filters.ChoiceFilter(
        label="缺口", method="by_gap", choices=[("1", "有缺口"), ("0", "已缴清")], empty_label="不限"
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = Fee
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[Fee], name: str, value: str) -> QuerySet[Fee]:
        for word in value.split()[:5]:
            rows = rows.filter(Q(project__name__icontains=word) | Q(project__search_text__icontains=word))
        return rows

    def by_gap(self, rows: QuerySet[Fee], name: str, value: str) -> QuerySet[Fee]:
        lacking = Q(budget_yuan__gt=F("paid"))
        return rows.filter(lacking if value == "1" else ~lacking)


class BudgetForm(OfficeForm):
    budget_yuan = yuan_field("预算（元）", min_value=CENT)
    source = forms.CharField(label="资金来源", max_length=100, required=False)
    basis = forms.CharField(label="测算依据", max_length=200, required=False)
    file = file_field("预算文件")

    def facts(self) -> fees.FeeFacts:
        given = self.cleaned_data
        return fees.FeeFacts(given["budget_yuan"], given["source"], given["basis"])


class NewBudgetForm(BudgetForm):
    kind = forms.ChoiceField(label="费用")

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, kind) for kind in kinds]
        self.order_fields(["kind"])


class PaymentForm(OfficeForm):
    amount_yuan = yuan_field("缴纳金额（元）", min_value=CENT)
    paid_on = forms.DateField(label="缴纳日期", widget=DateInput())
    voucher = forms.CharField(label="凭证号", max_length=100)
    file = file_field("缴费凭证")


class ReversalForm(OfficeForm):
    number = forms.IntegerField(label="笔次", min_value=1, help_text="缴纳记录中的第几笔；冲正后不再计入已缴")
    reason = forms.CharField(label="冲正原因", max_length=200)


class FeeKindForm(OfficeForm):
    name = forms.CharField(label="费用", max_length=40)
    position = forms.IntegerField(label="顺序", min_value=1, max_value=999)
    is_used = forms.TypedChoiceField(
        label="使用", choices=[("1", "使用"), ("0", "不再使用")], coerce=lambda value: value == "1"
    )
    basis = forms.CharField(label="依据", max_length=200)
    effective_from = forms.DateField(label="生效日期", widget=DateInput())


def _begin(actor: User, pk: int, form: Any, today: date) -> object:
    return fees.budget_fee(
        actor=actor,
        project_id=pk,
        kind=form.cleaned_data["kind"],
        facts=form.facts(),
        today=today,
        proof=proof_of(form),
    )


def _change(actor: User, pk: int, form: Any, today: date) -> object:
    return fees.change_budget(actor=actor, fee_id=pk, facts=form.facts(), today=today, proof=proof_of(form))


def _pay(actor: User, pk: int, form: Any, today: date) -> object:
    given = {name: form.cleaned_data[name] for name in ("amount_yuan", "paid_on", "voucher")}
    return fees.pay_fee(actor=actor, fee_id=pk, **given, today=today, proof=proof_of(form))


def _reverse(actor: User, pk: int, form: Any, today: date) -> object:
    return fees.reverse_payment(actor=actor, fee_id=pk, **form.cleaned_data, today=today)


def _start(project: Project, today: date) -> dict[str, Any]:
    return {"kinds": kinds_on(today)}


def _start_change(row: Fee, today: date) -> dict[str, Any]:
    return {"initial": {"budget_yuan": row.budget_yuan, "source": row.source, "basis": row.basis}}


def _start_payment(row: Fee, today: date) -> dict[str, Any]:
    return {"initial": {"paid_on": today}}


def _figures(actor: User, today: date) -> Sequence[Kpi]:
    """Budget, paid and lacking of what the actor sees."""
    units, _ = fee_sums(actor=actor)
    budget = sum((unit.budget for unit in units), Decimal(0))
    paid = sum((unit.paid for unit in units), Decimal(0))
    gap, address = budget - paid, reverse("approvals:fees")
    return [
        Kpi("预算", f"{budget / 10_000:,.2f}", "万元", url=address),
        Kpi("已缴", f"{paid / 10_000:,.2f}", "万元", url=address),
        Kpi("缺口", f"{gap / 10_000:,.2f}", "万元", "", f"{address}?gap=1", "amber" if gap else "done"),
    ]


def fee_workbook(rows: QuerySet[Fee], *, subtitle: str, today: date) -> bytes:
    """The filtered budgets with their vouchers, summed."""
    layout = LedgerLayout(
        title="报批经费台账", subtitle=subtitle, columns=COLUMNS, sheet_name="报批经费", freeze_columns=3
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_cells(rows, today))
    return file.getvalue()


def _cells(rows: QuerySet[Fee], today: date) -> Iterator[tuple[LedgerValue, ...]]:
    read = fee_reader(today)
    for number, row in enumerate(rows.prefetch_related("payments").iterator(chunk_size=500), start=1):
        reading = read(row)
        paid = "；".join(f"{each.paid_on} {each.voucher} {each.amount_yuan:,}" for each in row.payments.all())
        yield (
            number,
            row.project.organisation.short_name,
            row.project.name,
            row.kind,
            row.budget_yuan,
            reading.paid,
            reading.gap,
            reading.label,
            row.source,
            paid,
        )


REGISTER = Register(
    name="fee",
    names="fees",
    crumb=LIST_CRUMB,
    tab="fees",
    templates=("approvals/fees.html", "approvals/fee.html"),
    rows=fee_list,
    reader=fee_reader,
    filterset=FeeFilterSet,
    workbook=fee_workbook,
    begin=Deed("登记报批经费", NewBudgetForm, _begin, start=_start),
    deeds={
        "edit": Deed("修改预算", BudgetForm, _change, start=_start_change),
        "pay": Deed("登记缴纳", PaymentForm, _pay, start=_start_payment),
        "reverse": Deed("冲正缴纳", ReversalForm, _reverse, help="冲正后原记录保留"),
    },
    units="元",
    kpis=_figures,
)


@login_required
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """Sums by county and by kind of fee."""
    units, kinds = fee_sums(actor=actor_of(request))
    context = {
        "parts": [("各县市", "县市", units), ("各项费用", "费用", kinds)],
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:fees")), Crumb("汇总")],
    }
    return render(request, "approvals/fee_totals.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of fee, dated; with the right, the next version."""
    actor, today = actor_of(request), clock.today()
    initial = {"effective_from": today, "position": 1, "is_used": "1"}
    form = FeeKindForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)

    def act() -> str:
        fees.set_fee_kind(actor=actor, **form.cleaned_data)
        return "费用种类已增加一版。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:fee-kinds"))
    context = {
        "form": form,
        "rows": FeeKind.objects.order_by("position", "name", "-effective_from"),
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb(LIST_CRUMB, reverse("approvals:fees")), Crumb("费用种类")],
    }
    return render(request, "approvals/fee_kinds.html", context, status=status_for(form))
