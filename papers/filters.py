"""How papers are narrowed down, on the page and in the API alike."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import Q

from papers.models import Paper, PaperQuerySet
from ui.filters import FilterSet

CURRENT, ALL, WITHDRAWN = "current", "all", "withdrawn"


class PaperFilter(FilterSet):
    q = django_filters.CharFilter(method="named", label="名称、文件名、对象")
    kind = django_filters.MultipleChoiceFilter(choices=Paper.Kind.choices, label="类型")
    # In the address and the API; people come from a project's page.
    project = django_filters.NumberFilter(field_name="project_id", label="项目", widget=forms.HiddenInput)
    subject_kind = django_filters.CharFilter(label="对象类型", widget=forms.HiddenInput)
    subject_id = django_filters.NumberFilter(label="对象编号", widget=forms.HiddenInput)
    versions = django_filters.ChoiceFilter(
        choices=[(ALL, "全部版本"), (WITHDRAWN, "已撤回")],
        method="in_versions",
        label="版本",
        empty_label="现行版本",
    )

    class Meta:
        model = Paper
        fields = ["q", "kind", "project", "subject_kind", "subject_id", "versions"]

    def filter_queryset(self, queryset: PaperQuerySet) -> PaperQuerySet:
        """Current versions unless others are asked for."""
        found: PaperQuerySet = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("versions") else found.current()

    def named(self, rows: PaperQuerySet, name: str, value: str) -> PaperQuerySet:
        return rows.filter(
            Q(title__icontains=value) | Q(filename__icontains=value) | Q(subject_label__icontains=value)
        )

    def in_versions(self, rows: PaperQuerySet, name: str, value: str) -> PaperQuerySet:
        return rows.filter(withdrawal__isnull=False) if value == WITHDRAWN else rows
