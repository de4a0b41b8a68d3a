"""The filter of the task list over all projects."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet

from approvals.document_filters import UnitFilterSet
from approvals.models import Step
from core import clock
from desk.decomposition import KINDS
from desk.task_list import STATES, in_state


class TaskFilterSet(UnitFilterSet):
    """Parameters: q, unit, kind (the first code of one of the five kinds), holder, state, project."""

    q = django_filters.CharFilter(
        label="项目", method="by_words", widget=forms.TextInput(attrs={"maxlength": 60})
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(
        label="手续",
        method="by_kind",
        choices=[(codes[0], name) for name, codes in KINDS],
        empty_label="全部",
    )
    holder = django_filters.CharFilter(
        label="责任单位",
        field_name="holder_organisation__name",
        lookup_expr="icontains",
        widget=forms.TextInput(attrs={"maxlength": 30}),
    )
    state = django_filters.ChoiceFilter(label="进展", method="by_state", choices=STATES, empty_label="全部")
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = Step
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        for word in value.split()[:5]:
            rows = rows.filter(project__search_text__icontains=word)
        return rows

    def by_kind(self, rows: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        return rows.filter(code__in=next(codes for _, codes in KINDS if codes[0] == value))

    def by_state(self, rows: QuerySet[Step], name: str, value: str) -> QuerySet[Step]:
        return rows.filter(in_state(value, clock.today()))
