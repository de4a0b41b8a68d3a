"""Filters of windows, pairs, pushes and contacts: one set for the page and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet

from projects import selectors
from projects.models import CollectionWindow, PreContact, Push, WindowDuty
from ui.filters import FilterSet, offer


class PushFilterSet(FilterSet):
    """Names of the parameters: q, unit, recipient, state."""

    q = django_filters.CharFilter(
        label="项目",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 编号", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="project__organisation__code", choices=(), empty_label="全部"
    )
    recipient = django_filters.CharFilter(field_name="recipient__code", widget=forms.HiddenInput)
    state = django_filters.ChoiceFilter(label="签收", choices=Push.State.choices, empty_label="全部")

    class Meta:
        model = Push
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = selectors.reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def by_words(self, rows: QuerySet[Push], name: str, value: str) -> QuerySet[Push]:
        for word in value.split()[:5]:
            rows = rows.filter(project__search_text__icontains=word)
        return rows


class LateFilterSet(FilterSet):
    """Names of the parameters: window, answered (no | late)."""

    window = django_filters.ModelChoiceFilter(
        label="批次", queryset=CollectionWindow.objects.none(), empty_label="全部"
    )
    answered = django_filters.ChoiceFilter(
        label="结果",
        method="by_answer",
        choices=[("no", "至今未报"), ("late", "逾期报送")],
        empty_label="全部",
    )

    class Meta:
        model = WindowDuty
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            self.filters["window"].queryset = CollectionWindow.objects.visible_to(self.request.user)

    def by_answer(self, rows: QuerySet[WindowDuty], name: str, value: str) -> QuerySet[WindowDuty]:
        return rows.filter(answered_on__isnull=value == "no")


class ContactFilterSet(FilterSet):
    """Names of the parameters: q, state."""

    q = django_filters.CharFilter(
        label="项目",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "名称 / 编号", "maxlength": 60}),
    )
    state = django_filters.ChoiceFilter(label="状态", choices=PreContact.State.choices, empty_label="全部")

    class Meta:
        model = PreContact
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[PreContact], name: str, value: str) -> QuerySet[PreContact]:
        for word in value.split()[:5]:
            rows = rows.filter(project__search_text__icontains=word)
        return rows
