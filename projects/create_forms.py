"""The form of a new project: the columns of the list, as the workbook has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from core.errors import DomainError
from core.units import AreaUnit
from projects.land_forms import LARGEST_AREA
from projects.list_kind_forms import kinds_or_none
from projects.models import Project
from projects.rules.land_checks import LABELS
from ui.forms import OfficeForm

TYPED_AREAS = (
    *("total_m2", "agri_m2", "arable_m2", "pbf_m2", "forest_m2", "construction_m2", "unused_m2"),
    *("new_construction_m2", "requisition_m2"),
)
_CSV_UNITS = [(AreaUnit.MU.value, AreaUnit.MU.label), (AreaUnit.HA.value, AreaUnit.HA.label)]


class NewProjectForm(OfficeForm):
    """Facts and the main areas; the rest of the land is added on its own page."""

    unit = forms.ChoiceField(label="县市", required=False)
    name = forms.CharField(label="项目名称", max_length=200)
    code = forms.CharField(label="项目代码", max_length=40, required=False)
    owner_unit = forms.CharField(label="建设单位", max_length=200, required=False)
    industry = forms.CharField(label="所属行业", max_length=40, required=False)
    list_category = forms.ChoiceField(label="清单类别", choices=kinds_or_none, required=False)
    priority_class = forms.ChoiceField(
        label="项目类别", choices=[("", "未定"), *Project.PriorityClass.choices], required=False
    )
    level = forms.ChoiceField(label="级别", choices=[("", "未定"), *Project.Level.choices], required=False)
    track = forms.ChoiceField(
        label="审批轨道",
        choices=[("", "由州局核定"), *Project.Track.choices],
        required=False,
    )
    investment_yuan = forms.DecimalField(
        label="总投资（万元）", min_value=0, max_digits=14, decimal_places=6, required=False
    )
    planned_start = forms.CharField(
        label="计划开工", max_length=40, required=False, help_text="可写日期、月份或季度，如 2026年第四季度。"
    )
    planned_finish = forms.CharField(label="计划竣工", max_length=40, required=False)
    area_unit = forms.ChoiceField(label="面积单位", choices=_CSV_UNITS)
    remark = forms.CharField(
        label="备注", required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["unit"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "请选择"), *((name, name) for _, name in units)]
        choice.required = bool(units)
        if not units:
            del self.fields["unit"]
        for name in TYPED_AREAS:
            self.fields[name] = forms.DecimalField(
                label=LABELS[name],
                min_value=0,
                max_value=LARGEST_AREA,
                max_digits=18,
                decimal_places=6,
                required=False,
            )

    @property
    def areas(self) -> list[forms.BoundField]:
        return [self[name] for name in TYPED_AREAS]

    def cells(self) -> dict[str, str]:
        """What was typed, as a workbook would hold it."""
        return as_cells({key: value for key, value in self.cleaned_data.items() if key != "area_unit"})

    def refuse(self, error: DomainError, *, field: str | None = None) -> None:
        """A refusal that names columns is shown at their fields."""
        named = error.facts.get("fields")
        if not isinstance(named, dict):
            super().refuse(error, field=field)
            return
        for key, sentences in named.items():
            self.add_error(key if key in self.fields else None, list(sentences))


def as_cells(values: dict[str, Any]) -> dict[str, str]:
    """Values of a form or of the API as cells of the list, which may hold a code for its word."""
    return {key: str(value) for key, value in values.items() if value is not None and value != ""}
