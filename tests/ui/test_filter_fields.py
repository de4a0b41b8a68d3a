"""A filter's control is kept under what it looks like, and under nothing less."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from ui.filter_fields import TEMPLATE, filter_field_html

UNITS = [("", "全部"), ("522701", "都匀"), ("522725", "瓮安")]


def bar(data: str = "", *, units: Any = UNITS) -> forms.Form:
    class Bar(forms.Form):
        q = forms.CharField(label="关键词", required=False, max_length=5)
        unit = forms.ChoiceField(label="县市", choices=units, required=False)
        lamp = forms.MultipleChoiceField(
            label="状态",
            choices=[("red", "超期"), ("amber", "临期")],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    return Bar(QueryDict(data))


@pytest.mark.parametrize(
    "form",
    [
        bar(),
        bar("unit=522725"),
        bar("lamp=red"),
        bar("lamp=red&lamp=amber"),
        bar("q=水库"),
        bar("q=<b>"),
        bar("q=much too long"),
        bar("unit=522700"),
        bar(units=UNITS[:2]),
        bar(units=[("", "全部"), ("522701", "都匀市")]),
        bar(units=[("州", [("522701", "都匀")])]),
        bar("unit=None", units=[(None, "全部"), ("None", "无")]),
    ],
)
def test_a_kept_control_is_what_the_template_makes_of_it(form):
    for field in form:
        fresh = render_to_string(TEMPLATE, {"field": field})
        assert filter_field_html(field) == fresh  # whatever the other cases left behind
        assert filter_field_html(field) == fresh


def test_a_refusal_is_not_kept_for_those_who_chose_the_same():
    refused, fine = bar("unit=522701"), bar("unit=522701")
    refused.add_error("unit", "本县尚未启用")

    assert "aria-invalid" in filter_field_html(refused["unit"])
    assert "aria-invalid" not in filter_field_html(fine["unit"])
