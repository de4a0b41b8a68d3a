"""What the dashboard is asked for: a year's list, a county, a level, a frozen round."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from desk.deadline_rows import reporting_units
from dispatch.selectors.tallies import Frozen, Narrowing, frozen_rounds
from projects.models import AnnualList, Project
from ui.forms import OfficeForm


class OverviewForm(OfficeForm):
    """Every field may be empty: then everything counts, as it stands now."""

    year = forms.ChoiceField(label="清单年度", required=False)
    unit = forms.ChoiceField(label="县市", required=False)
    level = forms.ChoiceField(
        label="项目级别", required=False, choices=[("", "全部级别"), *Project.Level.choices]
    )
    round = forms.ChoiceField(label="数据时点", required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = AnnualList.objects.order_by("-year").values_list("year", flat=True)
        units = [(unit.code, unit.short_name) for unit in reporting_units(actor=actor)]
        self._rounds = {row.key: row for row in frozen_rounds(actor=actor)}
        self._choices("year", [("", "全部年度"), *((str(year), f"{year} 年度") for year in years)])
        self._choices("unit", [("", f"全部 {len(units)} 个县市"), *units])
        self._choices("round", [("", "实时"), *((key, row.label) for key, row in self._rounds.items())])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def asked(self) -> Narrowing:
        given = self.cleaned_data
        return Narrowing(given["unit"], int(given["year"]) if given["year"] else None, given["level"])

    @property
    def frozen(self) -> Frozen | None:
        return self._rounds.get(self.cleaned_data["round"])
