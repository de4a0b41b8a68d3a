"""Filters of the matrix of preparatory procedures: for the page, the export and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet

from core import clock
from deadlines.rules import Lamp
from desk import preparation
from projects import selectors
from projects.models import Project, ProjectQuerySet
from ui.filters import FilterSet, offer
from ui.lamps import LAMP_WORDS

_LAMPS = (Lamp.RED, Lamp.AMBER, Lamp.PAUSE, Lamp.GREEN, Lamp.DONE, Lamp.IDLE)


class PreparationFilterSet(FilterSet):
    """Parameters: q, unit, priority, procedure, lamp, only (landless | mature | approved)."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 编号 / 拼音", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    priority = django_filters.ChoiceFilter(
        label="项目类别",
        field_name="priority_class",
        choices=Project.PriorityClass.choices,
        empty_label="全部",
    )
    procedure = django_filters.ChoiceFilter(
        label="手续",
        method="keep",
        choices=[(each.code, f"{each.label}（{each.department}）") for each in preparation.PROCEDURES],
        empty_label="任一手续",
    )
    lamp = django_filters.ChoiceFilter(
        label="手续状态",
        method="keep",
        choices=[(lamp.value, LAMP_WORDS[lamp.value]) for lamp in _LAMPS],
        empty_label="不限",
    )
    only = django_filters.ChoiceFilter(
        label="重点关注",
        method="by_concern",
        choices=[("landless", "因用地未落地"), ("mature", "成熟待指标"), ("approved", "已批准使用指标")],
        empty_label="不限",
    )

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            units = selectors.reporting_units(actor=self.request.user)
            offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def filter_queryset(self, queryset: ProjectQuerySet) -> ProjectQuerySet:
        if self.errors:
            return queryset.none()
        rows: ProjectQuerySet = super().filter_queryset(queryset)
        lamp = self.form.cleaned_data.get("lamp")
        code = self.form.cleaned_data.get("procedure") or ""
        if not lamp:
            return rows
        return preparation.with_lamp_in(rows, code=code, lamp=lamp, today=clock.today())

    def keep(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Procedure and lamp are read together in `filter_queryset`."""
        return rows

    def by_words(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        for word in value.split()[:5]:
            rows = rows.filter(search_text__icontains=word)
        return rows

    def by_concern(self, rows: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        if value == "landless":
            return preparation.lacking_land(rows)
        if value == "approved":
            return preparation.land_approved(rows)
        return preparation.mature_waiting(rows, today=clock.today())
