"""Forms of a project's land: its figures in one unit, its split, its level and track, the table of levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from accounts.models import Organisation
from core.units import AreaUnit, from_m2
from projects.models import ApprovalRule, LandShare, LandUse, Project
from projects.rules.facts import Entered, LandAreas
from projects.rules.land_checks import LABELS
from projects.rules.land_tree import GRAIN, TREE, Branch
from projects.selectors.stored_projects import land_areas
from projects.services.editing import EnteredArea, EnteredGrain, Figure
from projects.services.land import EnteredShare
from ui.forms import OfficeForm

LARGEST_AREA = Decimal(31_000_000_000)
UNITS = (AreaUnit.MU, AreaUnit.HA, AreaUnit.M2)
UNIT_CHOICES = [(unit.value, unit.label) for unit in UNITS]


def chosen_unit(text: str | None, land: LandUse | None = None) -> AreaUnit:
    """The unit named in an address, else the one in which most figures were typed, else 公顷."""
    if text in {unit.value for unit in UNITS}:
        return AreaUnit(text)
    typed = [entry["unit"] for entry in land.entered.values()] if land is not None else []
    offered = [unit for unit in UNITS if unit.value in typed]
    return max(offered, key=lambda unit: typed.count(unit.value), default=AreaUnit.HA)


def as_shown(entered: Any, m2: int | None, name: str, unit: AreaUnit) -> Decimal | None:
    """A figure in `unit`: as it was typed where it was typed in it, else converted."""
    if m2 is None:
        return None
    typed = entered.get(name)
    if typed and typed["unit"] == unit.value:
        return Decimal(typed["value"])
    return from_m2(m2, unit)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of the form: the field, how deep it stands, the class's name."""

    field: BoundField
    depth: int
    label: str


class LandFigureForm(OfficeForm):
    """All figures of a project's land in one unit; empty means not stated.

    What was not touched keeps the value and unit in which it was once typed.
    """

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    unit = forms.ChoiceField(choices=UNIT_CHOICES, widget=forms.HiddenInput)

    def __init__(self, *args: Any, project: Project, unit: AreaUnit, **kwargs: Any) -> None:
        self.land: LandUse | None = getattr(project, "land", None)
        self.shown_in = unit
        entered = self.land.entered if self.land else {}
        initial: dict[str, Any] = {"seen_at": project.updated_at.isoformat(), "unit": unit.value}
        for name in LandUse.AREA_FIELDS:
            initial[name] = as_shown(entered, getattr(self.land, name, None), name, unit)
        initial[GRAIN] = getattr(self.land, GRAIN, None)
        super().__init__(*args, initial=initial, **kwargs)
        for name in LandUse.AREA_FIELDS:
            self.fields[name] = forms.DecimalField(
                label=f"{LABELS[name]}（{unit.label}）",
                min_value=0,
                max_value=LARGEST_AREA,
                max_digits=18,
                decimal_places=6,
                required=False,
            )
        self.fields[GRAIN] = forms.IntegerField(label=f"{LABELS[GRAIN]}（公斤）", min_value=0, required=False)

    @property
    def branches(self) -> list[tuple[Branch, list[FigureRow]]]:
        return [
            (branch, [FigureRow(self[name], depth, LABELS[name]) for name, depth in branch.figures])
            for branch in TREE
        ]

    def figures(self) -> dict[str, Figure | None]:
        """What was changed, by field of LandUse; None where a figure was cleared."""
        changed = set(self.changed_data) & self.cleaned_data.keys()
        return {name: self._figure(name) for name in LandUse.FIGURE_FIELDS if name in changed}

    def _figure(self, name: str) -> Figure | None:
        value = self.cleaned_data[name]
        if value is None:
            return None
        return EnteredGrain(value) if name == GRAIN else EnteredArea(value, self.shown_in)

    def typed_areas(self) -> LandAreas:
        """The stored land with what has been typed so far; figures that cannot be read stay as stored."""
        stored = land_areas(self.land)
        values: dict[str, int | None] = {name: stored.get(name) for name in LandUse.FIGURE_FIELDS}
        entered = dict(stored.entered)
        for name, figure in self.figures().items():
            values[name] = None if figure is None else figure.stored
            entered.pop(name, None)
            if isinstance(figure, EnteredArea):
                entered[name] = Entered(f"{figure.value:f}", figure.unit.value)
        return LandAreas(**values, entered=entered)


class ShareForm(OfficeForm):
    """One county's part; a line without a county is no part."""

    unit_code = forms.ChoiceField(label="县市", required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], unit: AreaUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown_in = unit
        choice = self.fields["unit_code"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "未选"), *units]
        for name in LandShare.AREA_FIELDS:
            self.fields[name] = forms.DecimalField(
                label=LABELS[name],
                min_value=0,
                max_value=LARGEST_AREA,
                max_digits=18,
                decimal_places=6,
                required=False,
            )

    @property
    def figures(self) -> list[BoundField]:
        return [self[name] for name in LandShare.AREA_FIELDS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        stated = [name for name in LandShare.AREA_FIELDS if data.get(name) is not None]
        if stated and not data.get("unit_code"):
            self.add_error("unit_code", "填了面积，没有选县市。")
        if data.get("unit_code") and data.get("total_m2") is None and "total_m2" not in self.errors:
            self.add_error("total_m2", "没有填总面积。")
        return data

    def share(self) -> EnteredShare | None:
        data = self.cleaned_data
        if not data.get("unit_code"):
            return None
        areas = {
            name: EnteredArea(data[name], self.shown_in)
            for name in LandShare.AREA_FIELDS
            if data.get(name) is not None
        }
        return EnteredShare(data["unit_code"], areas)


class SplitForm(OfficeForm):
    """What the split was read from."""

    seen_at = forms.DateTimeField(widget=forms.HiddenInput)
    unit = forms.ChoiceField(choices=UNIT_CHOICES, widget=forms.HiddenInput)


ShareFormSet = forms.formset_factory(ShareForm, extra=3, max_num=12)


def initial_shares(rows: Sequence[LandShare], unit: AreaUnit) -> list[dict[str, Any]]:
    return [
        {
            "unit_code": row.organisation.code,
            **{name: as_shown(row.entered, getattr(row, name), name, unit) for name in LandShare.AREA_FIELDS},
        }
        for row in rows
    ]


class ConfirmForm(OfficeForm):
    """A person's word on a proposal."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    chosen = forms.ChoiceField(label="确认为")
    reason = forms.CharField(
        label="理由",
        max_length=300,
        required=False,
        help_text="与建议不同时必填，写明依据。",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


class RuleForm(OfficeForm):
    """A version of a row of the table of levels."""

    position = forms.IntegerField(label="顺序", min_value=1, max_value=999, help_text="从小到大逐行判定。")
    track = forms.ChoiceField(
        label="审批轨道", choices=[("", "不限"), *Project.Track.choices], required=False
    )
    region = forms.ModelChoiceField(
        label="适用地区",
        queryset=Organisation.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="不限",
    )
    figure = forms.ChoiceField(
        label="判定面积", choices=[("", "不看面积"), *ApprovalRule.Figure.choices], required=False
    )
    over_ha = forms.DecimalField(
        label="超过（公顷）",
        min_value=0,
        max_value=LARGEST_AREA,
        decimal_places=4,
        required=False,
        help_text="不含本数。",
    )
    level = forms.ChoiceField(label="审批级次", choices=Project.ApprovalLevel.choices)
    clause = forms.CharField(label="依据", max_length=200)
    note = forms.CharField(label="说明", max_length=300, required=False)
    effective_from = forms.DateField(label="生效日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields["region"]
        assert isinstance(region, forms.ModelChoiceField)
        kinds = (Organisation.Kind.PROVINCE, Organisation.Kind.PREFECTURE)
        region.queryset = Organisation.objects.filter(kind__in=kinds).order_by("path")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("figure") and data.get("over_ha") is None and "over_ha" not in self.errors:
            self.add_error("over_ha", "选了判定面积，没有填超过多少。")
        return data


class NewRuleForm(RuleForm):
    key = forms.SlugField(label="代号", max_length=40, help_text="小写字母、数字和连字符，如 guizhou-batch。")

    field_order = ("key",)
