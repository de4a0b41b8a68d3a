"""How the register of shared map layers is narrowed down, for the page, the sheet and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from projects.models import MapShare
from projects.selectors import reporting_units
from ui.filters import FilterSet, offer
from ui.forms import DateInput


class MapShareFilterSet(FilterSet):
    """Parameters: q, unit, format, way, what (boundary, layer), first, last (day of sharing), project."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "项目 / 接收单位 / 用途", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    what = django_filters.ChoiceFilter(
        label="内容",
        method="by_thing",
        choices=[("boundary", "选址红线"), ("layer", "图层")],
        empty_label="不限",
    )
    format = django_filters.ChoiceFilter(label="形式", choices=MapShare.Format.choices, empty_label="不限")
    way = django_filters.ChoiceFilter(label="方式", choices=MapShare.Way.choices, empty_label="不限")
    first = django_filters.DateFilter(
        label="共享自", field_name="shared_on", lookup_expr="gte", widget=DateInput()
    )
    last = django_filters.DateFilter(
        label="至", field_name="shared_on", lookup_expr="lte", widget=DateInput()
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = MapShare
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            units = reporting_units(actor=self.request.user)
            offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def filter_queryset(self, queryset: QuerySet[MapShare]) -> QuerySet[MapShare]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def by_words(self, rows: QuerySet[MapShare], name: str, value: str) -> QuerySet[MapShare]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(project__name__icontains=word)
                | Q(receiver__name__icontains=word)
                | Q(layer__name__icontains=word)
                | Q(purpose__icontains=word)
            )
        return rows

    def by_thing(self, rows: QuerySet[MapShare], name: str, value: str) -> QuerySet[MapShare]:
        return rows.filter(boundary__isnull=value != "boundary")
