"""Forms of the list: is the input well-formed?"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.units import AreaUnit, from_m2
from projects.models import LandUse, Project
from projects.rules.land_checks import LABELS
from projects.services.editing import EnteredArea
from ui.forms import OfficeForm

LARGEST_AREA = Decimal(1_000_000)
AREA_UNITS = [(AreaUnit.HA.value, AreaUnit.HA.label), (AreaUnit.MU.value, AreaUnit.MU.label)]
ACCEPTED_FILES = ".xlsx,.xlsm,.xls,.csv"


class UploadForm(OfficeForm):
    """The workbook of a list. What is in it is officefiles' business."""

    file = forms.FileField(
        label="清单文件",
        help_text="可上传 .xlsx、.xlsm、.xls 或 .csv，不超过 20 MB、20,000 行。",
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED_FILES}),
        error_messages={
            "required": "还没有选择文件，选定后再上传。",
            "empty": "文件是空的（0 字节），请核对后重新上传。",
        },
        max_length=200,
        allow_empty_file=True,
    )


class ProjectForm(OfficeForm):
    """A project's facts as the bureau corrects them. Areas have a form of their own."""

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    name = forms.CharField(label="项目名称", max_length=200)
    code = forms.CharField(label="项目代码", max_length=40, required=False)
    owner_unit = forms.CharField(label="建设单位", max_length=200, required=False)
    industry = forms.CharField(label="行业", max_length=40, required=False)
    list_category = forms.ChoiceField(
        label="清单类别", choices=[("", "未定"), *Project.ListCategory.choices], required=False
    )
    priority_class = forms.ChoiceField(
        label="项目类别", choices=[("", "未定"), *Project.PriorityClass.choices], required=False
    )
    investment_wan = forms.DecimalField(
        label="总投资（万元）", min_value=0, max_digits=14, decimal_places=6, required=False
    )
    planned_start = forms.CharField(
        label="计划开工", max_length=40, required=False, help_text="可写日期、月份或季度，如 2026年第四季度。"
    )
    planned_finish = forms.CharField(label="计划竣工", max_length=40, required=False)
    remark = forms.CharField(
        label="备注", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class LandForm(OfficeForm):
    """All areas of a project in the unit they were typed in; empty means not stated."""

    def __init__(self, *args: Any, land: LandUse | None, **kwargs: Any) -> None:
        initial = dict(kwargs.pop("initial", None) or {})
        for name in LandUse.AREA_FIELDS:
            initial.setdefault(name, _as_entered(land, name)[0])
            initial.setdefault(f"{name}_unit", _as_entered(land, name)[1])
        super().__init__(*args, initial=initial, **kwargs)
        for name in LandUse.AREA_FIELDS:
            label = LABELS[name]
            self.fields[name] = forms.DecimalField(
                label=label,
                min_value=0,
                max_value=LARGEST_AREA,
                max_digits=14,
                decimal_places=6,
                required=False,
            )
            self.fields[f"{name}_unit"] = forms.ChoiceField(label=f"{label}的单位", choices=AREA_UNITS)

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Figure and unit of each area, for the page."""
        return [(self[name], self[f"{name}_unit"]) for name in LandUse.AREA_FIELDS]

    def areas(self) -> dict[str, EnteredArea | None]:
        """What was changed, by field of LandUse; None where a figure was cleared."""
        changed = set(self.changed_data)
        return {
            name: self._area(name)
            for name in LandUse.AREA_FIELDS
            if name in changed or f"{name}_unit" in changed
        }

    def _area(self, name: str) -> EnteredArea | None:
        value = self.cleaned_data[name]
        if value is None:
            return None
        return EnteredArea(value, AreaUnit(self.cleaned_data[f"{name}_unit"]))


def _as_entered(land: LandUse | None, name: str) -> tuple[Decimal | None, str]:
    """The figure as it was typed; in 公顷 where it was not typed at all or in another unit."""
    m2 = None if land is None else getattr(land, name)
    if land is None or m2 is None:
        return None, AreaUnit.HA.value
    typed = land.entered.get(name)
    if typed and typed["unit"] in (AreaUnit.HA.value, AreaUnit.MU.value):
        return Decimal(typed["value"]), typed["unit"]
    return from_m2(m2, AreaUnit.HA), AreaUnit.HA.value
