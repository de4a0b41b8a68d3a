"""What to try out: which projects, by which rules, and what differently beside it; for page and API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from quotas import rules
from quotas.models import Policy
from quotas.rules import DrawingRules
from quotas.selectors.holdings import drawing_rules
from ui.forms import OfficeForm

_AS_IS = [("", "与左侧相同")]


class WhatIfForm(OfficeForm):
    """Which projects, by which version of the rules, and what to try differently beside it."""

    project = forms.TypedMultipleChoiceField(
        label="项目", coerce=int, choices=(), widget=forms.CheckboxSelectMultiple, required=False
    )
    policy = forms.ModelChoiceField(
        queryset=Policy.objects.all(), label="规则版本", required=False, empty_label="现行规则"
    )
    other_policy = forms.ModelChoiceField(
        queryset=Policy.objects.all(), label="对照：规则版本", required=False, empty_label="与左侧相同"
    )
    scale_order = forms.ChoiceField(
        label="对照：规模调出顺序",
        choices=[*_AS_IS, ("remaining_first", "剩余多者优先"), ("utilisation_first", "使用率低者优先")],
        required=False,
    )
    county_rank = forms.ChoiceField(
        label="对照：被统筹数量口径",
        choices=[*_AS_IS, ("balance", "当前余额"), ("cumulative", "累计划入")],
        required=False,
    )
    is_bundled = forms.ChoiceField(
        label="对照：三类指标", choices=[*_AS_IS, ("0", "逐类独立"), ("1", "捆绑同一来源")], required=False
    )
    price_method = forms.ChoiceField(
        label="对照：均价口径",
        choices=[*_AS_IS, *((method.value, method.label) for method in rules.MeanMethod)],
        required=False,
    )

    def __init__(self, *args: Any, projects: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["project"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = list(projects)

    def policies(self, now: Policy) -> list[DrawingRules]:
        """The rules to try: one, or two where something is to be compared."""
        data = self.cleaned_data
        left = drawing_rules(data["policy"] or now)
        right = drawing_rules(data["other_policy"]) if data["other_policy"] else left
        if data["scale_order"]:
            right = replace(right, scale_order=rules.ScaleOrder(data["scale_order"]))
        if data["county_rank"]:
            right = replace(right, county_rank=rules.CountyRank(data["county_rank"]))
        if data["is_bundled"]:
            right = replace(right, is_bundled=data["is_bundled"] == "1")
        if data["price_method"]:
            right = replace(right, price_method=rules.MeanMethod(data["price_method"]))
        return [left] if right == left else [left, right]
