"""Forms of expropriation: the record, its acts, its households, its money, the standards."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organisation
from approvals.document_forms import area_field, file_field, ha_of, m2_of, yuan_field
from approvals.models import (
    Expropriation,
    ExpropriationAct,
    ExpropriationReason,
    FundEntry,
    FundItem,
)
from approvals.services.expropriation import ActFacts, CountFacts, ExpropriationFacts, FundFacts
from ui.forms import OfficeForm


def choose(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """Fill the choices of a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


class ExpropriationForm(OfficeForm):
    """Whose land, why, by whom."""

    collective = forms.CharField(label="被征地农村集体经济组织", max_length=120, help_text="乡镇、村、组。")
    area = area_field("征收面积（公顷）", required=True)
    reason = forms.ChoiceField(label="征收情形（土地管理法第四十五条）")
    reason_note = forms.CharField(label="理由", max_length=300, required=False)
    scheme_no = forms.CharField(
        label="成片开发方案批复文号", max_length=100, required=False, help_text="按第（五）项征收的必填。"
    )
    authority_kind = forms.ChoiceField(label="征收主体", choices=Expropriation.Authority.choices)
    authority = forms.CharField(label="主体名称", max_length=100)
    authorisation_no = forms.CharField(
        label="授权文号", max_length=100, required=False, help_text="由部门组织的必填。"
    )
    households = forms.IntegerField(label="应签约户数", min_value=1, required=False)
    separate_account = forms.CharField(label="补偿费专户", max_length=100, required=False)

    def __init__(self, *args: Any, reasons: Sequence[ExpropriationReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "reason", [("", "请选择"), *((row.code, str(row)) for row in reasons)])
        self.fields["area"].widget.attrs["min"] = "0.0001"

    def clean_area(self) -> Any:
        area = self.cleaned_data["area"]
        if not area:
            raise forms.ValidationError("征收面积须大于 0。")
        return area

    def facts(self) -> ExpropriationFacts:
        data = dict(self.cleaned_data)
        area_m2 = m2_of(data.pop("area"))
        assert area_m2 is not None
        return ExpropriationFacts(area_m2=area_m2, reason_code=data.pop("reason"), **data)


def expropriation_initial(row: Expropriation) -> dict[str, Any]:
    names = ("collective", "reason_note", "scheme_no", "authority_kind", "authority", "authorisation_no")
    return {
        "area": ha_of(row.area_m2),
        "reason": row.reason.code,
        "households": row.households,
        "separate_account": row.separate_account,
        **{name: getattr(row, name) for name in names},
    }


class ActForm(OfficeForm):
    """One act of the order; choosing one that is there corrects it."""

    kind = forms.ChoiceField(label="事项", choices=ExpropriationAct.Kind.choices)
    occurred_on = forms.DateField(label="日期", help_text="公告填发布日期。")
    number = forms.CharField(label="文号（备案号）", max_length=100, required=False)
    risk = forms.ChoiceField(
        label="风险等级",
        choices=[("", "不适用"), *ExpropriationAct.Risk.choices],
        required=False,
        help_text="风险评估必填。",
    )
    note = forms.CharField(label="说明", max_length=300, required=False)
    file = file_field("材料")

    def facts(self) -> ActFacts:
        names = ("kind", "occurred_on", "number", "risk", "note")
        return ActFacts(**{name: self.cleaned_data[name] for name in names})


class CountForm(OfficeForm):
    counted_on = forms.DateField(label="统计日期")
    households = forms.IntegerField(label="应签约户数", min_value=1)
    signed = forms.IntegerField(label="已签约户数", min_value=0)
    paid = forms.IntegerField(label="已兑付户数", min_value=0)
    unsigned_note = forms.CharField(label="未签约说明", max_length=300, required=False)

    def facts(self) -> CountFacts:
        return CountFacts(**self.cleaned_data)


class FundForm(OfficeForm):
    kind = forms.ChoiceField(label="类型", choices=FundEntry.Kind.choices)
    item = forms.ChoiceField(label="费用", choices=FundItem.choices)
    amount_yuan = yuan_field("金额（元）", help_text="冲减填负数并写明说明。")
    occurred_on = forms.DateField(label="日期")
    is_separate = forms.BooleanField(label="已存入专户", required=False)
    voucher = forms.CharField(label="凭证号", max_length=100, required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)
    file = file_field("凭证")

    def facts(self) -> FundFacts:
        return FundFacts(**{name: value for name, value in self.cleaned_data.items() if name != "file"})


class RateForm(OfficeForm):
    """One of the three standards from a day on."""

    unit_code = forms.ChoiceField(label="县市")
    item = forms.ChoiceField(label="标准", choices=FundItem.choices)
    zone = forms.CharField(label="区片（类别）", max_length=100)
    amount_yuan = yuan_field("标准（元）", min_value=Decimal("0.01"))
    unit = forms.CharField(label="单位", max_length=20, initial="亩")
    basis = forms.CharField(label="依据文号", max_length=200)
    effective_from = forms.DateField(label="生效日期")

    def __init__(self, *args: Any, units: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "unit_code", [(unit.code, unit.short_name) for unit in units])
        self.units = {unit.code: unit for unit in units}

    def facts(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"organisation": self.units[data.pop("unit_code")], **data}
