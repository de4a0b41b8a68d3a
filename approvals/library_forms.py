"""Forms and filter of the library."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from approvals.models import LibraryItem
from approvals.services.library import VersionFacts
from papers.forms import SECRECY_NOTICE
from papers.inspection import FORMAT_NAMES, FORMATS
from ui.filters import FilterSet
from ui.forms import OfficeForm


class LibraryFilter(FilterSet):
    """Parameters: q (words of title, material or document number), kind, code (step)."""

    q = django_filters.CharFilter(label="名称、材料或文号", method="by_words")
    code = django_filters.CharFilter(label="步骤代码", method="by_code")
    kind = django_filters.ChoiceFilter(
        label="类别", choices=LibraryItem.Kind.choices, widget=forms.HiddenInput
    )

    class Meta:
        model = LibraryItem
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[LibraryItem], name: str, value: str) -> QuerySet[LibraryItem]:
        return rows.filter(
            Q(title__icontains=value) | Q(material__icontains=value) | Q(doc_no__icontains=value)
        )

    def by_code(self, rows: QuerySet[LibraryItem], name: str, value: str) -> QuerySet[LibraryItem]:
        return rows.filter(step_codes__contains=[value.strip().upper()])


class VersionForm(OfficeForm):
    """A version's file and days."""

    file = forms.FileField(
        label="文件",
        allow_empty_file=True,
        help_text=f"可上传 {FORMAT_NAMES}。{SECRECY_NOTICE}",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
        error_messages={"required": "还没有选择文件，选定后再上传。"},
    )
    effective_from = forms.DateField(label="施行日期", help_text="自该日起为现行版本，前一版同日停止。")
    trial_until = forms.DateField(
        label="试行至", required=False, help_text="试行的填写最后一日；不填为正式。"
    )
    note = forms.CharField(label="修订说明", max_length=300, required=False)

    def facts(self) -> VersionFacts:
        data = self.cleaned_data
        return VersionFacts(data["effective_from"], data["note"], data["trial_until"])


class ItemForm(VersionForm):
    """A new item with its first version."""

    kind = forms.ChoiceField(label="类别", choices=LibraryItem.Kind)
    title = forms.CharField(label="名称", max_length=200)
    step_codes = forms.CharField(
        label="适用步骤", max_length=200, required=False, help_text="步骤代码，多个用顿号分开，如 A03、B06。"
    )
    material = forms.CharField(
        label="对应材料", max_length=200, required=False, help_text="模板填材料清单中的名称。"
    )

    issuer = forms.CharField(
        label="发文机关", max_length=100, required=False, help_text="政策文件填写，如 自然资源部。"
    )
    doc_no = forms.CharField(
        label="文号", max_length=60, required=False, help_text="政策文件填写，如 自然资发〔2023〕89号。"
    )

    field_order = (
        "kind",
        "title",
        "issuer",
        "doc_no",
        "step_codes",
        "material",
        "file",
        "effective_from",
        "trial_until",
        "note",
    )

    def clean_step_codes(self) -> list[str]:
        words = str(self.cleaned_data["step_codes"])
        for mark in "，,；; ":
            words = words.replace(mark, "、")
        return [word for word in words.split("、") if word]


class RetireForm(OfficeForm):
    """Why an item is offered no more."""

    reason = forms.CharField(label="停用原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def item_facts(form: ItemForm) -> dict[str, Any]:
    """What the service asks beside the file."""
    data = form.cleaned_data
    return {name: data[name] for name in ("kind", "title", "step_codes", "material", "issuer", "doc_no")}
