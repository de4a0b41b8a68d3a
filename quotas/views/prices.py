"""Published prices: the list with the means in force, the workbook with its preview, fiscal accounts."""

from __future__ import annotations

import io

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, write_ledger
from quotas.filters import PriceFilterSet
from quotas.models import FiscalAccount, PriceDraft, PricePoint
from quotas.price_sheet import SPECS
from quotas.rules import MeanMethod
from quotas.selectors.pools import policy_on
from quotas.selectors.prices import PRICED, price_list, price_means_on
from quotas.services import prices as services
from ui.downloads import download
from ui.filling import FormPage, fill_in, sent
from ui.forms import OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "quotas/price_list.html"
PREVIEW = "quotas/price_preview.html"
ACCOUNTS = "quotas/fiscal_accounts.html"
HOME = Crumb("公示价格", "/quota/prices/")


class PriceUploadForm(OfficeForm):
    file = forms.FileField(
        label="价格表",
        max_length=200,
        help_text="表头：指标、公示日期、单价、成交数量、平台、公示编号、来源。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv"}),
    )


class StrikeForm(OfficeForm):
    reason = forms.CharField(label="作废理由", max_length=300)


class FiscalAccountForm(OfficeForm):
    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.filter(kind__in=["prefecture", "county"], is_active=True).order_by(
            "code"
        ),
        label="权属单位",
        empty_label=None,
    )
    title = forms.CharField(label="户名", max_length=120)
    bank = forms.CharField(label="开户行", max_length=120)
    number = forms.CharField(label="账号", max_length=60)
    effective_from = forms.DateField(label="生效日期")


@login_required
@require_http_methods(["GET", "POST"])
def price_page(request: HttpRequest) -> HttpResponse:
    """All trades, the means for a scheme of today by the policy, and the upload."""
    actor, today = actor_of(request), clock.today()
    form = PriceUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(actor, Right.PROPOSE_QUOTA)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                draft = services.stage_prices(
                    actor=actor, filename=file.name, content=file.read(), today=today
                )
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                return redirect("quotas:price-preview", pk=draft.pk)
    policy = policy_on(today)
    means = price_means_on(today, months=policy.price_months)
    filterset = PriceFilterSet(request.GET, queryset=price_list(), request=request)
    context = {
        "form": form,
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-traded_on", "-id"), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "means": [(instrument, means[instrument]) for instrument in PRICED],
        "method": MeanMethod(policy.price_method),
        "policy": policy,
        "may_edit": allowed(actor, Right.PROPOSE_QUOTA),
    }
    return render_page(request, LIST, context, partial="list", status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def price_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the workbook would bring, every error with row and cell; the confirm."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.PROPOSE_QUOTA)
    draft = get_object_or_404(PriceDraft.objects.visible_to(actor), pk=pk)
    refused = None
    if request.method == "POST":
        try:
            number = services.import_prices(actor=actor, draft_id=pk, today=today)
        except DomainError as error:
            refused = error
        else:
            messages.success(request, f"已导入 {number} 条公示价格。")
            return redirect("quotas:prices")
    context = {
        "draft": draft,
        "preview": services.preview_of(draft, today=today),
        "refused": refused,
        "crumbs": [HOME, Crumb("预检")],
    }
    return render(request, PREVIEW, context, status=422 if refused else 200)


@login_required
@require_GET
def price_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the headings."""
    layout = LedgerLayout(
        title="补充耕地指标公示价格",
        subtitle="单价：元/亩、元/公斤；数量：亩、公斤",
        columns=tuple(LedgerColumn((spec.label,), CellKind.TEXT, 20) for spec in SPECS),
        sheet_name="公示价格",
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=iter(()))
    return download(file.getvalue(), "公示价格表.xlsx")


@login_required
@require_http_methods(["GET", "POST"])
def price_strike(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike a price out with its reason."""
    actor = actor_of(request)
    require(actor, Right.PROPOSE_QUOTA)
    row = get_object_or_404(PricePoint, pk=pk)
    form = StrikeForm(request.POST or None)

    def act() -> str:
        services.strike_price(actor=actor, price_id=pk, **form.cleaned_data)
        return "已作废，不再计入均价。"

    page = FormPage(
        title="作废公示价格",
        back=reverse("quotas:prices"),
        crumbs=[HOME, Crumb("作废")],
        subtitle=f"{row.get_instrument_display()} {row.traded_on} {row.reference}",
        button="作废",
    )
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def fiscal_accounts(request: HttpRequest) -> HttpResponse:
    """Where money is paid, since when; with the right, a new account."""
    actor, today = actor_of(request), clock.today()
    form = FiscalAccountForm(request.POST or None, initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_QUOTA_POLICY)

    def act() -> str:
        services.set_fiscal_account(actor=actor, **form.cleaned_data)
        return "财政账户已登记。"

    if sent(request, form, act):
        return redirect("quotas:fiscal-accounts")
    context = {
        "form": form,
        "rows": FiscalAccount.objects.select_related("organisation").order_by(
            "organisation__code", "-effective_from"
        ),
        "may_edit": allowed(actor, Right.EDIT_QUOTA_POLICY),
        "crumbs": [HOME, Crumb("财政账户")],
    }
    return render(request, ACCOUNTS, context, status=status_for(form))
