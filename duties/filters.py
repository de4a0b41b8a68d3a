"""Filters of problems and tasks: one set for page, API and export."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core import clock
from duties import selectors
from duties.models import Problem, Task
from projects.selectors.lists import reporting_units
from ui.filters import FilterSet, offer

WORDS = {"placeholder": "名称 / 项目", "maxlength": 60}
TASK_TABS = {
    "mine": "我单位的任务",
    "issued": "我单位交办的",
    "open": "未办结",
    "late": "逾期",
    "done": "已办结",
    "all": "全部",
}
PROBLEM_TABS = {
    "open": ("在办", Q(state__in=Problem.OPEN)),
    "escalated": ("提级", Q(state=Problem.State.ESCALATED)),
    "resolved": ("待销号", Q(state=Problem.State.RESOLVED)),
    "closed": ("已销号", Q(state=Problem.State.CLOSED)),
    "all": ("全部", Q()),
}


class TaskFilterSet(FilterSet):
    """Names of the parameters: q, holder, state, project, problem, book, tab."""

    q = django_filters.CharFilter(label="任务", method="by_words", widget=forms.TextInput(attrs=WORDS))
    holder = django_filters.ChoiceFilter(
        label="责任单位", field_name="holder__code", choices=(), empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=Task.State.choices, empty_label="全部")
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)
    problem = django_filters.NumberFilter(field_name="problem_id", widget=forms.HiddenInput)
    book = django_filters.NumberFilter(field_name="book_id", widget=forms.HiddenInput)
    tab = django_filters.ChoiceFilter(
        method="by_tab", choices=list(TASK_TABS.items()), widget=forms.HiddenInput
    )

    class Meta:
        model = Task
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = selectors.holders(actor=self.request.user)
        offer(self, "holder", [(unit.code, unit.short_name) for unit in units])

    def by_words(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        for word in value.split()[:5]:
            rows = rows.filter(Q(title__icontains=word) | Q(project__name__icontains=word))
        return rows

    def by_tab(self, rows: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return rows.filter(selectors.task_tab(value, actor=self.request.user, today=clock.today()))


class ProblemFilterSet(FilterSet):
    """Names of the parameters: q, unit, kind, level, project, tab."""

    q = django_filters.CharFilter(label="问题", method="by_words", widget=forms.TextInput(attrs=WORDS))
    unit = django_filters.ChoiceFilter(label="县市", field_name="area__code", choices=(), empty_label="全部")
    kind = django_filters.ChoiceFilter(label="类别", field_name="kind__code", choices=(), empty_label="全部")
    level = django_filters.ChoiceFilter(label="层级", choices=Problem.Level.choices, empty_label="全部")
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)
    tab = django_filters.ChoiceFilter(
        method="by_tab",
        choices=[(key, label) for key, (label, _) in PROBLEM_TABS.items()],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Problem
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return
        units = reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])
        offer(self, "kind", [(kind.code, kind.label) for kind in selectors.kinds_in_force(clock.today())])

    def by_words(self, rows: QuerySet[Problem], name: str, value: str) -> QuerySet[Problem]:
        for word in value.split()[:5]:
            rows = rows.filter(Q(title__icontains=word) | Q(project__name__icontains=word))
        return rows

    def by_tab(self, rows: QuerySet[Problem], name: str, value: str) -> QuerySet[Problem]:
        return rows.filter(PROBLEM_TABS[value][1])
