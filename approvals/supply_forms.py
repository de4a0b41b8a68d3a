"""Forms of supply: the parcel, its contract, its payments, patrols, the terms of idle land."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from approvals.document_forms import area_field, file_field, ha_of, m2_of, yuan_field
from approvals.models import IdleLandSetting, Patrol, Supply
from approvals.services.supply import PLAN_FIELDS, Contract, IdleTermsGiven, ParcelPlan, Sight
from ui.forms import OfficeForm

IDLE_FIELDS = tuple(IdleTermsGiven.__dataclass_fields__)


class ParcelForm(OfficeForm):
    """The parcel and what is prepared for its supply."""

    parcel = forms.CharField(label="地块", max_length=100)
    way = forms.ChoiceField(label="供应方式", choices=Supply.Way.choices)
    area = forms.DecimalField(
        label="供应面积（公顷）", min_value=Decimal("0.0001"), max_digits=14, decimal_places=4
    )
    use = forms.CharField(label="用途", max_length=60)
    is_standard_land = forms.BooleanField(label="标准地", required=False)
    is_flexible = forms.BooleanField(label="弹性出让（先租后让等）", required=False)
    plan_year = forms.IntegerField(label="列入供应计划年度", min_value=2000, max_value=2100, required=False)
    surveyed_on = forms.DateField(label="勘测定界日期", required=False)
    cleared_on = forms.DateField(label="权属查清日期", required=False)
    appraised_on = forms.DateField(label="地价评估日期", required=False)

    def plan(self) -> ParcelPlan:
        data = dict(self.cleaned_data)
        area_m2 = m2_of(data.pop("area"))
        assert area_m2 is not None
        return ParcelPlan(area_m2=area_m2, **data)


def parcel_initial(row: Supply) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in PLAN_FIELDS if name != "area_m2"}
    return {**values, "area": ha_of(row.area_m2)}


class ContractForm(OfficeForm):
    """The contract, or the decision of an allocation."""

    signed_on = forms.DateField(label="签订日期")
    contract_no = forms.CharField(label="合同（决定书）编号", max_length=100)
    supervision_no = forms.CharField(label="电子监管号", max_length=60, required=False)
    user_name = forms.CharField(label="用地单位", max_length=120)
    price_yuan = yuan_field("价款（元）", required=False, min_value=Decimal(0))
    investment_yuan = yuan_field("约定投资额（元）", required=False, min_value=Decimal(0))
    term_years = forms.IntegerField(label="使用年限", min_value=1, max_value=70, required=False)
    start_by = forms.DateField(label="约定开工日期")
    finish_by = forms.DateField(label="约定竣工日期")
    file = file_field("合同扫描件")

    def contract(self) -> Contract:
        return Contract(**{name: value for name, value in self.cleaned_data.items() if name != "file"})


def contract_initial(row: Supply) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Contract.__dataclass_fields__}


class DueForm(OfficeForm):
    amount_yuan = yuan_field("应缴（元）", min_value=Decimal("0.01"))
    due_on = forms.DateField(label="应缴日期")


class PayForm(OfficeForm):
    number = forms.IntegerField(label="期次", min_value=1, help_text="缴款安排中的第几期")
    paid_on = forms.DateField(label="缴清日期")
    voucher = forms.CharField(label="凭证号", max_length=100, required=False)


class PatrolForm(OfficeForm):
    """What was seen on a visit."""

    seen_on = forms.DateField(label="巡查日期")
    finding = forms.CharField(label="现场情况", max_length=300)
    started_on = forms.DateField(label="动工日期", required=False)
    developed = area_field("已动工面积（公顷）")
    invested_yuan = yuan_field("已投资额（元）", required=False, min_value=Decimal(0))
    stopped_on = forms.DateField(label="中止开发日期", required=False)
    cause = forms.ChoiceField(
        label="未动工或中止的原因", choices=[("", "不适用"), *Patrol.Cause.choices], required=False
    )
    finished_on = forms.DateField(label="竣工日期", required=False)
    file = file_field("现场照片")

    def sight(self) -> Sight:
        data = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        developed = m2_of(data.pop("developed")) or 0
        return Sight(**{**data, "invested_yuan": data["invested_yuan"] or Decimal(0)}, developed_m2=developed)


class IdleForm(OfficeForm):
    """A new version of the terms of idle land."""

    effective_from = forms.DateField(label="生效日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in IDLE_FIELDS:
            label = str(IdleLandSetting._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            if name == "basis":
                self.fields[name] = forms.CharField(label=label, max_length=300)
            else:
                most = 100 if name.endswith("percent") else 365
                self.fields[name] = forms.IntegerField(label=label, min_value=1, max_value=most)

    def terms(self) -> IdleTermsGiven:
        return IdleTermsGiven(**{name: self.cleaned_data[name] for name in IDLE_FIELDS})
