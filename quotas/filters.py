"""Filters of applications: one set for the page, the export and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet

from projects import selectors as projects
from quotas.models import Application
from quotas.rules import Pool
from ui.filters import offer


class ApplicationFilterSet(django_filters.FilterSet):
    """Names of the parameters: q, pool, state, unit, year."""

    q = django_filters.CharFilter(
        label="项目",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 编号", "maxlength": 60}),
    )
    pool = django_filters.ChoiceFilter(
        label="调节池", choices=[(pool.value, pool.label) for pool in Pool], empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=Application.State.choices, empty_label="全部")
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="applicant__code", choices=(), empty_label="全部"
    )
    year = django_filters.NumberFilter(label="年度", field_name="year")

    class Meta:
        model = Application
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = projects.reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def by_words(self, rows: QuerySet[Application], name: str, value: str) -> QuerySet[Application]:
        for word in value.split()[:5]:
            rows = rows.filter(project__search_text__icontains=word)
        return rows
