"""Filters of applications and prices: one set for the page, the export and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from projects import selectors as projects
from quotas.models import Application, PricePoint
from quotas.rules import Pool
from ui.filters import FilterSet, offer
from ui.forms import DateInput


class ApplicationFilterSet(FilterSet):
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


class PriceFilterSet(FilterSet):
    """Parameters: q, instrument, since, until, standing (1: counts for means, 0: struck out)."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "平台 / 公示编号 / 来源", "maxlength": 60}),
    )
    instrument = django_filters.ChoiceFilter(
        label="指标",
        choices=[(name.value, name.label) for name in Pool.FARMLAND.instruments],
        empty_label="全部",
    )
    since = django_filters.DateFilter(
        label="公示自", field_name="traded_on", lookup_expr="gte", widget=DateInput()
    )
    until = django_filters.DateFilter(
        label="公示至", field_name="traded_on", lookup_expr="lte", widget=DateInput()
    )
    standing = django_filters.ChoiceFilter(
        label="状态", choices=[("1", "有效"), ("0", "已作废")], method="by_standing", empty_label="全部"
    )

    class Meta:
        model = PricePoint
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[PricePoint]) -> QuerySet[PricePoint]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def by_words(self, rows: QuerySet[PricePoint], name: str, value: str) -> QuerySet[PricePoint]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(platform__icontains=word) | Q(reference__icontains=word) | Q(source__icontains=word)
            )
        return rows

    def by_standing(self, rows: QuerySet[PricePoint], name: str, value: str) -> QuerySet[PricePoint]:
        return rows.filter(struck_reason="") if value == "1" else rows.exclude(struck_reason="")
