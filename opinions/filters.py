"""Filters of requests and rounds: one set for page, API and export."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet

from accounts.models import Organisation
from opinions.models import Request, Round
from projects import selectors
from ui.filters import FilterSet, offer

WORDS = {"placeholder": "名称 / 编号", "maxlength": 60}
TABS = {
    "open": ("待反馈", Q(state__in=Request.OPEN)),
    "answered": ("已反馈", Q(state=Request.State.ANSWERED)),
    "lapsed": ("视为同意", Q(state=Request.State.LAPSED)),
    "all": ("全部", Q()),
}
RESULTS = {
    "on_time": ("按期反馈", Q(state="ANSWERED", answered_on__lte=F("deadline__due_on"))),
    "late": ("逾期反馈", Q(state="ANSWERED", answered_on__gt=F("deadline__due_on"))),
    "lapsed": ("视为同意", Q(state="LAPSED")),
    "late_word": ("视为同意后补报", Q(state="LAPSED", has_late_reply=True)),
    "waiting": ("待反馈", Q(state__in=Request.OPEN)),
}


class _ByProject(FilterSet):
    q = django_filters.CharFilter(label="项目", method="by_words", widget=forms.TextInput(attrs=WORDS))
    unit = django_filters.ChoiceFilter(label="县市", choices=(), empty_label="全部", method="by_unit")
    path: ClassVar[str] = "project"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = selectors.reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        for word in value.split()[:5]:
            rows = rows.filter(**{f"{self.path}__search_text__icontains": word})
        return rows

    def by_unit(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.path}__organisation__code": value})


class RequestFilterSet(_ByProject):
    """Names of the parameters: q, unit, department, result, year, tab."""

    path: ClassVar[str] = "round__project"
    department = django_filters.ChoiceFilter(
        label="部门", field_name="organisation__code", choices=(), empty_label="全部"
    )
    result = django_filters.ChoiceFilter(
        label="结果",
        method="by_result",
        choices=[(key, label) for key, (label, _) in RESULTS.items()],
        empty_label="全部",
    )
    year = django_filters.NumberFilter(field_name="sent_on__year", widget=forms.HiddenInput)
    tab = django_filters.ChoiceFilter(
        method="by_tab",
        choices=[(key, label) for key, (label, _) in TABS.items()],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Request
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return
        units = Organisation.objects.filter(kind=Organisation.Kind.DEPARTMENT).order_by("path")
        offer(self, "department", [(unit.code, unit.short_name) for unit in units])

    def by_result(self, rows: QuerySet[Request], name: str, value: str) -> QuerySet[Request]:
        return rows.filter(RESULTS[value][1])

    def by_tab(self, rows: QuerySet[Request], name: str, value: str) -> QuerySet[Request]:
        return rows.filter(TABS[value][1])


class RoundFilterSet(_ByProject):
    """Names of the parameters: q, unit, state, kind, project."""

    state = django_filters.ChoiceFilter(label="状态", choices=Round.State.choices, empty_label="全部")
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)

    class Meta:
        model = Round
        fields: ClassVar[list[str]] = []
