"""Forms of links, of the counties' books and of deductions."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organisation, User
from core.units import AreaUnit, to_m2
from projects.models import Project
from quotas import selectors
from quotas.models import CountyEntry, PendingDeduction
from quotas.services.county_books import Voucher
from quotas.services.supply_links import LinkFacts
from ui.forms import OfficeForm

MOST_PROJECTS = 300


class HectareField(forms.DecimalField):
    """公顷 with four decimals: whole m²."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": Decimal(0), "max_digits": 16, "decimal_places": 4, **kwargs})


def m2(value: Decimal | None) -> int:
    return to_m2(value or Decimal(0), AreaUnit.HA)


class LinkForm(OfficeForm):
    """So much of a consolidation for one project."""

    project = forms.ChoiceField(label="建设项目")
    area = HectareField(label="挂钩耕地（公顷）")
    paddy = HectareField(label="其中水田（公顷）", required=False)
    grain_kg = forms.IntegerField(label="粮食产能（公斤）", min_value=0, required=False)
    plots = forms.CharField(
        label="地块位置", max_length=300, required=False, help_text="与现状图上标明的地块一致。"
    )
    document_no = forms.CharField(label="补充耕地方案文号", max_length=120)
    linked_on = forms.DateField(label="挂钩日期")

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"linked_on": today}, **kwargs)
        field: Any = self.fields["project"]
        rows = Project.objects.visible_to(actor).adopted().order_by("-id")[:MOST_PROJECTS]
        field.choices = [("", "选择项目"), *((row.pk, f"{row.display_code} {row.name}") for row in rows)]

    def facts(self) -> LinkFacts:
        data = self.cleaned_data
        return LinkFacts(
            area_m2=m2(data["area"]),
            paddy_m2=m2(data["paddy"]),
            grain_kg=data["grain_kg"] or 0,
            plots=data["plots"],
            document_no=data["document_no"],
        )


class VoucherForm(OfficeForm):
    """What every entry of a book says; `key` makes a double click one entry."""

    reason = forms.CharField(label="事由", max_length=300)
    document_no = forms.CharField(label="依据文号", max_length=120)
    occurred_on = forms.DateField(label="发生日期")
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        initial = {"occurred_on": today, "key": uuid.uuid4(), **(kwargs.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.today = today

    def voucher(self) -> Voucher:
        data = self.cleaned_data
        return Voucher(
            reason=data["reason"],
            document_no=data["document_no"],
            occurred_on=data["occurred_on"],
            key=data.get("key"),
        )


class SettleForm(VoucherForm):
    """A county's own consolidation is settled."""

    fee = forms.DecimalField(label="耕地开垦费标准（元/亩）", min_value=0, max_digits=12, decimal_places=2)
    cost = forms.DecimalField(label="县级开发成本（元）", min_value=0, max_digits=16, decimal_places=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["fee", "cost", *VoucherForm.base_fields])


class CountyBookForm(VoucherForm):
    """Money spent from the fund, or plan space granted or used."""

    kind = forms.ChoiceField(label="账目和类型")
    county = forms.ModelChoiceField(
        label="县（市）", queryset=Organisation.objects.none(), empty_label="选择县市"
    )
    amount = forms.DecimalField(
        label="数量（公顷、元）",
        min_value=Decimal("0.0001"),
        max_digits=16,
        decimal_places=4,
        help_text="规划余量填公顷，专项基金填元。",
    )
    KINDS = (
        ("PLAN_NEW:GRANTED", "规划新增建设用地：规划下达"),
        ("PLAN_NEW:USED", "规划新增建设用地：使用"),
        ("PLAN_ADJUSTABLE:GRANTED", "规划可调空间：规划下达"),
        ("PLAN_ADJUSTABLE:USED", "规划可调空间：使用"),
        ("FUND:SPENT", "土地开发专项基金：支出"),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = self.KINDS
        county: Any = self.fields["county"]
        county.queryset = selectors.counties(actor=actor).filter(kind__in=Organisation.REPORTING_KINDS)
        self.order_fields(["kind", "county", "amount", *VoucherForm.base_fields])

    def facts(self) -> dict[str, Any]:
        """Book, act, county, amount (m², 分) as the service takes them."""
        book, act = self.cleaned_data["kind"].split(":")
        value: Decimal = self.cleaned_data["amount"]
        amount = int((value * 100).to_integral_value()) if book == CountyEntry.Book.FUND else m2(value)
        return {"book": book, "act": act, "county": self.cleaned_data["county"], "amount": amount}


class DeductionForm(OfficeForm):
    """What was frozen or taken by the province."""

    amount = HectareField(label="冻结或统筹规模（公顷）")
    cause = forms.ChoiceField(label="情形", choices=PendingDeduction.Cause.choices)
    document_no = forms.CharField(label="冻结或统筹文号", max_length=120)

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "amount": m2(data["amount"]),
            "cause": data["cause"],
            "document_no": data["document_no"],
        }
