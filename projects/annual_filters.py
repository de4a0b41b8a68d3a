"""Filters of the year's list and the guarantee plan: for the pages, the exports and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from projects import selectors
from projects.models import AnnualListEntry, AnnualListEntryQuerySet, PlanItem, Project, QuotaRoute
from projects.selectors.list_kinds import list_names
from ui.filters import FilterSet, offer

NO_CLASS = "NONE"


class EntryFilterSet(FilterSet):
    """Parameters: q, unit, category, priority, route. For entries of one state of the list."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 编号 / 拼音", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(label="县市", method="by_unit", choices=(), empty_label="全部")
    category = django_filters.ChoiceFilter(
        label="清单类别",
        field_name="list_category",
        choices=(),
        empty_label="全部",
    )
    priority = django_filters.ChoiceFilter(
        label="项目类别",
        method="by_priority",
        choices=[*Project.PriorityClass.choices, (NO_CLASS, "未分类")],
        empty_label="全部",
    )
    route = django_filters.ChoiceFilter(label="指标来源", choices=QuotaRoute.choices, empty_label="全部")

    class Meta:
        model = AnnualListEntry
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            units = selectors.reporting_units(actor=self.request.user)
            offer(self, "unit", [(unit.code, unit.short_name) for unit in units])
            offer(self, "category", list_names().items())

    def filter_queryset(self, queryset: QuerySet[AnnualListEntry]) -> QuerySet[AnnualListEntry]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def by_words(self, rows: QuerySet[AnnualListEntry], name: str, value: str) -> QuerySet[AnnualListEntry]:
        """Every word must occur in the name, or somewhere in the project's searched text."""
        for word in value.split()[:5]:
            rows = rows.filter(Q(name__icontains=word) | Q(project__search_text__icontains=word))
        return rows

    def by_unit(self, rows: AnnualListEntryQuerySet, name: str, value: str) -> AnnualListEntryQuerySet:
        """What lies in the unit, whole or in part."""
        return rows.in_unit(value)

    def by_priority(
        self, rows: QuerySet[AnnualListEntry], name: str, value: str
    ) -> QuerySet[AnnualListEntry]:
        return rows.filter(priority_class="" if value == NO_CLASS else value)


class PlanItemFilterSet(FilterSet):
    """Parameters: q, unit, state."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "项目 / 问题 / 措施", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    state = django_filters.ChoiceFilter(
        label="状态", method="by_state", choices=PlanItem.State.choices, empty_label="方案内"
    )

    class Meta:
        model = PlanItem
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            units = selectors.reporting_units(actor=self.request.user)
            offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def filter_queryset(self, queryset: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
        if self.errors:
            return queryset.none()
        rows: QuerySet[PlanItem] = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data.get("state")
        return rows if chosen else rows.exclude(state=PlanItem.State.STRUCK)

    def by_words(self, rows: QuerySet[PlanItem], name: str, value: str) -> QuerySet[PlanItem]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(project__search_text__icontains=word)
                | Q(problem__icontains=word)
                | Q(measure__icontains=word)
            )
        return rows

    def by_state(self, rows: QuerySet[PlanItem], name: str, value: str) -> QuerySet[PlanItem]:
        return rows.filter(state=value)
