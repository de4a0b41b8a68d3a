"""The controls written in Python are letter for letter Django's own."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from ui.form_renderer import OfficeRenderer
from ui.forms import DateInput

CHOICES = [
    ("", "全部"),
    (None, "不限"),
    ("a&b", '<b>"甲"</b>'),
    (3, lazystr("三 & 四")),
    (True, mark_safe("<i>已</i>")),
]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.Select(choices=CHOICES), "a&b"),
        (
            forms.Select(
                attrs={"class": "form-select", "required": True, "disabled": False}, choices=CHOICES
            ),
            3,
        ),
        (forms.Select(choices=[("组", [("1", "甲"), ("2", "乙")])]), "2"),
        (forms.Select(choices=[(1234, 1234), (2, date(2026, 11, 22))]), None),
        (forms.SelectMultiple(choices=CHOICES), ["", "3"]),
        (forms.NullBooleanSelect(), "true"),
        (forms.TextInput(attrs={"placeholder": '"名称" / 编号', "maxlength": 60}), "<县> & '市'"),
        (forms.TextInput(), None),
        (forms.NumberInput(attrs={"step": "any"}), 1234.5),
        (forms.HiddenInput(), "查"),
        (forms.EmailInput(), "a@b.cn"),
        (forms.PasswordInput(), "geheim"),
        (DateInput(), date(2026, 11, 22)),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(attrs={"class": "form-check-input"}), "on"),
        (forms.CheckboxSelectMultiple(choices=CHOICES), ["a&b"]),
        (forms.RadioSelect(choices=CHOICES[1:]), 3),
        (forms.Textarea(), "一\n二"),
    ],
)
def test_a_control_is_what_djangos_templates_make_of_it(widget: forms.Widget, value: object) -> None:
    attrs = {"id": "id_x<y", "aria-describedby": "id_x_helptext"}
    ours = widget.render("x<y", value, attrs=attrs, renderer=OfficeRenderer())
    assert ours == widget.render("x<y", value, attrs=attrs, renderer=DjangoTemplates())


@pytest.mark.parametrize("wrap_label", [False, True])
@pytest.mark.parametrize("widget", [forms.CheckboxSelectMultiple, forms.RadioSelect])
def test_a_single_box_is_what_djangos_templates_make_of_it(
    widget: type[forms.ChoiceWidget], wrap_label: bool
) -> None:
    def boxes(renderer: DjangoTemplates) -> list[str]:
        class Sample(forms.Form):
            x = forms.ChoiceField(choices=[*CHOICES, (7, 1234)], widget=widget)

        return [box.tag(wrap_label=wrap_label) for box in Sample({"x": ["a&b"]}, renderer=renderer)["x"]]

    assert boxes(OfficeRenderer()) == boxes(DjangoTemplates())
