"""What forms say of the kinds of list: choices, and the kind itself."""

from __future__ import annotations

from typing import Any

from django import forms

from core import clock
from projects.models import ListKind, ListScope
from projects.selectors.list_kinds import kinds_to_choose
from projects.services.list_kinds import KindFacts
from ui.forms import OfficeForm


def kinds_now() -> list[tuple[str, str]]:
    """Choices of a field: asked when a form is shown or read, not when its class is made."""
    return kinds_to_choose(on=clock.today())


def kinds_or_none() -> list[tuple[str, str]]:
    return [("", "未定"), *kinds_now()]


class ListKindForm(OfficeForm):
    """A kind of list; its code is the product's and not shown."""

    name = forms.CharField(label="名称", max_length=20)
    counts_as = forms.ChoiceField(
        label="政策口径",
        choices=ListScope.choices,
        help_text="指标申请的资格、“省重点以上”等按此认定；都不属于的选“其他”。",
    )
    words = forms.CharField(
        label="其他写法",
        max_length=400,
        required=False,
        help_text="各县表格里的不同写法，用顿号或空格分开；导入时都认作这一类。",
    )
    position = forms.IntegerField(label="次序", min_value=1, max_value=999)
    in_use_from = forms.DateField(label="启用日期")
    in_use_until = forms.DateField(
        label="停用日期", required=False, help_text="过了这一天不能再选；已有的项目照旧显示。"
    )
    basis = forms.CharField(label="依据或说明", max_length=300, required=False)

    def clean_words(self) -> tuple[str, ...]:
        return split_words(self.cleaned_data["words"])

    def facts(self) -> KindFacts:
        return KindFacts(**{**self.cleaned_data, "counts_as": ListScope(self.cleaned_data["counts_as"])})


def split_words(text: str) -> tuple[str, ...]:
    """The ways of writing, each once, in their order."""
    for mark in "、，,；;":
        text = text.replace(mark, " ")
    return tuple(dict.fromkeys(text.split()))


def initial_of(kind: ListKind) -> dict[str, Any]:
    names = ("name", "counts_as", "position", "in_use_from", "in_use_until", "basis")
    return {name: getattr(kind, name) for name in names} | {"words": "、".join(kind.words)}
