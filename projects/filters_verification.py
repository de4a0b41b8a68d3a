"""How verifications are narrowed down, on the page and in the API alike."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet

from projects.models import Verification
from ui.filters import FilterSet
from ui.forms import DateInput


class VerificationFilter(FilterSet):
    q = django_filters.CharFilter(field_name="project__name", lookup_expr="icontains", label="项目名称")
    project = django_filters.NumberFilter(field_name="project_id", label="项目", widget=forms.HiddenInput)
    week = django_filters.DateFilter(label="所属周（周一）", widget=DateInput)
    kind = django_filters.ChoiceFilter(
        choices=[("unchanged", "核实无变化"), ("note", "有进展")],
        method="of_kind",
        label="内容",
        empty_label="全部",
    )

    class Meta:
        model = Verification
        fields = ["q", "project", "week", "kind"]

    def of_kind(self, rows: QuerySet[Verification], name: str, value: str) -> QuerySet[Verification]:
        return rows.filter(note="") if value == "unchanged" else rows.exclude(note="")
