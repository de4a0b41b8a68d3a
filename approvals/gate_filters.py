"""Filters of the lists of closed gates and of cases: for the pages, the exports and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from approvals import rules
from approvals.models import GateName, Step, ViolationCase
from projects.selectors.lists import reporting_units
from ui.filters import FilterSet, offer

_WORDS = forms.TextInput(attrs={"placeholder": "名称 / 编号 / 拼音", "maxlength": 60})


class GateFilterSet(FilterSet):
    """Parameters: q, unit, gate, code, only (near: the county has begun to put the file together)."""

    q = django_filters.CharFilter(label="项目", method="by_words", widget=_WORDS)
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    gate = django_filters.ChoiceFilter(
        label="闸门", method="keep", choices=GateName.choices, empty_label="全部"
    )
    code = django_filters.CharFilter(
        label="步骤代码", field_name="code", widget=forms.TextInput(attrs={"maxlength": 10})
    )
    only = django_filters.ChoiceFilter(
        label="进度", method="by_progress", choices=[("near", "已开始组卷")], empty_label="不限"
    )

    class Meta:
        model = Step
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in reporting_units(actor=actor)])

    @property
    def chosen_gate(self) -> str:
        """The one gate asked for, or "" for all."""
        return str(self.form.cleaned_data.get("gate") or "") if self.is_valid() else ""

    def filter_queryset(self, queryset: QuerySet[Step]) -> QuerySet[Step]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def keep(self, rows: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        """A verdict is computed: the gate is chosen among those read."""
        return rows

    def by_words(self, rows: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        for word in value.split()[:5]:
            rows = rows.filter(project__search_text__icontains=word)
        return rows

    def by_progress(self, rows: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        begun = Step.objects.filter(
            project=OuterRef("project"), code=rules.ASSEMBLY_CODE, accepted_on__isnull=False
        )
        return rows.filter(Exists(begun))


class ViolationFilterSet(FilterSet):
    """Parameters: q, unit, state (repeatable), matter, project (id), found_after, found_before."""

    q = django_filters.CharFilter(label="位置、案号或项目", method="by_words")
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    state = django_filters.MultipleChoiceFilter(
        label="状态", choices=ViolationCase.State.choices, widget=forms.CheckboxSelectMultiple
    )
    matter = django_filters.ChoiceFilter(
        label="类型", choices=ViolationCase.Matter.choices, empty_label="全部"
    )
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)
    found_after = django_filters.DateFilter(
        label="发现不早于", field_name="found_on", lookup_expr="gte", widget=forms.DateInput({"type": "date"})
    )
    found_before = django_filters.DateFilter(
        label="发现不晚于", field_name="found_on", lookup_expr="lte", widget=forms.DateInput({"type": "date"})
    )

    class Meta:
        model = ViolationCase
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in reporting_units(actor=actor)])

    def filter_queryset(self, queryset: QuerySet[ViolationCase]) -> QuerySet[ViolationCase]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def by_words(self, rows: QuerySet[ViolationCase], name: str, value: str) -> QuerySet[ViolationCase]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(place__icontains=word)
                | Q(case_no__icontains=word)
                | Q(project__search_text__icontains=word)
            )
        return rows
