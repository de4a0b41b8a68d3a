"""Forms of goals: figures are entered in 万亩, 公顷, 亩 or pieces and stored whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.units import AreaUnit, from_m2, to_m2
from dispatch.models import Campaign
from dispatch.services.targets import CampaignFacts
from projects.selectors.list_kinds import kinds_to_choose
from ui.forms import DateInput, OfficeForm

AREA_UNITS = (AreaUnit.WANMU, AreaUnit.HA, AreaUnit.MU)
PIECES = "pieces"


class CampaignForm(OfficeForm):
    """A goal. `unit` says in what its two figures are written."""

    name = forms.CharField(label="名称", max_length=100)
    first_on = forms.DateField(label="起", widget=DateInput())
    last_on = forms.DateField(label="止（含）", widget=DateInput())
    measure = forms.ChoiceField(label="指标", choices=Campaign.Measure.choices)
    list_category = forms.ChoiceField(label="清单类别", required=False)
    unit = forms.ChoiceField(
        label="单位", choices=[*((unit.value, unit.label) for unit in AREA_UNITS), (PIECES, "个")]
    )
    floor = forms.DecimalField(label="保底", max_digits=14, decimal_places=4, min_value=Decimal(0))
    stretch = forms.DecimalField(label="冲刺", max_digits=14, decimal_places=4, min_value=Decimal(0))
    visits_each = forms.IntegerField(label="领导每人督导次数", min_value=0, max_value=100, required=False)
    basis = forms.CharField(label="依据", max_length=300, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["list_category"]
        assert isinstance(category, forms.ChoiceField)
        now = self.initial.get("list_category", "")
        category.choices = [("", "全部项目"), *kinds_to_choose(on=today, now=now)]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        is_area = given.get("measure") == Campaign.Measure.AREA
        if is_area == (given.get("unit") == PIECES):
            self.add_error("unit", "面积指标填面积单位，项目数指标填“个”。")
        for name in ("floor", "stretch"):
            figure = given.get(name)
            if given.get("unit") == PIECES and figure is not None and figure % 1:
                self.add_error(name, "项目数须为整数。")
        return given

    def facts(self) -> CampaignFacts:
        given = dict(self.cleaned_data)
        unit = given.pop("unit")
        for name in ("floor", "stretch"):
            given[name] = int(given[name]) if unit == PIECES else to_m2(given[name], AreaUnit(unit))
        given["visits_each"] = given["visits_each"] or 0
        return CampaignFacts(**given)


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """The form filled as the goal stands; areas in 万亩."""
    names = ("name", "first_on", "last_on", "measure", "list_category", "visits_each", "basis")
    found: dict[str, Any] = {name: getattr(campaign, name) for name in names}
    found["unit"] = AreaUnit.WANMU.value if campaign.is_area else PIECES
    for name in ("floor", "stretch"):
        figure = getattr(campaign, name)
        found[name] = from_m2(figure, AreaUnit.WANMU, 4) if campaign.is_area else figure
    return found


class TableForm(OfficeForm):
    file = forms.FileField(
        label="目标分解表",
        max_length=200,
        help_text="表头：包联领导、责任处室、市（州）或县市、报送宗数和面积、省级重点宗数和面积、用地总量。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv"}),
    )


class ConfirmForm(OfficeForm):
    has_seen_differences = forms.BooleanField(
        label="已核对差异，按明细计算，印刷合计照原样保留", required=False
    )


class TargetSettingForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期", widget=DateInput())
    amber_points = forms.IntegerField(label="黄灯：落后序时（百分点）", min_value=0, max_value=100)
    red_points = forms.IntegerField(label="红灯：落后超过（百分点）", min_value=0, max_value=100)
    tolerance = forms.DecimalField(
        label="合计容差（表中单位）", min_value=Decimal(0), max_digits=6, decimal_places=4,
        help_text="差异在容差以内也会显示。",
    )  # fmt: skip
    note = forms.CharField(label="依据或原因", max_length=300)
