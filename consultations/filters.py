"""Filters of topics, meetings and minutes: one set for page, API and export."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from consultations import rules
from consultations.models import STATES, Bulletin, BulletinItem, Meeting, MeetingKind, Minutes, Topic
from consultations.selectors.minutes import search_minutes
from consultations.selectors.topics import kinds_in_force
from core import clock
from projects import selectors
from ui.filters import FilterSet, offer

S = rules.State
# The lanes of the board, in the order of the way.
TABS: dict[str, tuple[str, Q]] = {
    "raised": ("待汇总", Q(state=S.RAISED)),
    "collected": ("待上会", Q(state__in=[S.COLLECTED, S.ON_AGENDA])),
    "assigned": ("办理中", Q(state__in=[S.DISCUSSED, S.ASSIGNED])),
    "aside": ("转办提级", Q(state__in=[S.REFERRED, S.ESCALATED])),
    "done": ("待销号", Q(state=S.DONE)),
    "over": ("已销号", Q(state__in=[S.CLOSED, S.RETURNED])),
    "all": ("全部", Q()),
}


class TopicFilterSet(FilterSet):
    """Names of the parameters: q, unit, kind, state, project, tab."""

    q = django_filters.CharFilter(
        label="议题或项目",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "议题 / 项目", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(
        label="会商内容", field_name="kind__code", choices=(), empty_label="全部"
    )
    state = django_filters.ChoiceFilter(label="状态", choices=STATES, empty_label="全部")
    project = django_filters.NumberFilter(field_name="project_id", widget=forms.HiddenInput)
    tab = django_filters.ChoiceFilter(
        method="by_tab",
        choices=[(key, label) for key, (label, _) in TABS.items()],
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Topic
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = selectors.reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])
        offer(self, "kind", [(kind.code, kind.label) for kind in kinds_in_force(clock.today())])

    def by_words(self, rows: QuerySet[Topic], name: str, value: str) -> QuerySet[Topic]:
        for word in value.split()[:5]:
            rows = rows.filter(Q(title__icontains=word) | Q(project__search_text__icontains=word))
        return rows

    def by_tab(self, rows: QuerySet[Topic], name: str, value: str) -> QuerySet[Topic]:
        return rows.filter(TABS[value][1])


class MeetingFilterSet(FilterSet):
    """Names of the parameters: kind, state, year, series."""

    kind = django_filters.ChoiceFilter(label="形式", choices=MeetingKind.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(label="状态", choices=Meeting.State.choices, empty_label="全部")
    year = django_filters.NumberFilter(label="年度", field_name="held_on__year")
    series = django_filters.NumberFilter(field_name="series_id", widget=forms.HiddenInput)

    class Meta:
        model = Meeting
        fields: ClassVar[list[str]] = []


class MinutesFilterSet(FilterSet):
    """Names of the parameters: q (full text), year, state."""

    q = django_filters.CharFilter(
        label="全文检索",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "项目、单位、事项", "maxlength": 60}),
    )
    year = django_filters.NumberFilter(label="年度", field_name="year")
    state = django_filters.ChoiceFilter(
        label="状态",
        choices=[
            (Minutes.State.DRAFT.value, Minutes.State.DRAFT.label),
            (Minutes.State.ISSUED.value, Minutes.State.ISSUED.label),
        ],
        empty_label="全部",
    )

    class Meta:
        model = Minutes
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        return search_minutes(rows, value)


class BulletinFilterSet(FilterSet):
    """Names of the parameters: q (title or text), kind, year, state."""

    q = django_filters.CharFilter(
        label="标题或内容",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "标题、内容", "maxlength": 60}),
    )
    kind = django_filters.ChoiceFilter(label="种类", choices=Bulletin.Kind.choices, empty_label="全部")
    year = django_filters.NumberFilter(label="年度", field_name="last_on__year")
    state = django_filters.ChoiceFilter(label="状态", choices=Bulletin.State.choices, empty_label="全部")

    class Meta:
        model = Bulletin
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: Any, name: str, value: str) -> Any:
        for word in value.split()[:5]:
            said = BulletinItem.objects.filter(text__icontains=word).values("bulletin_id")
            rows = rows.filter(Q(title__icontains=word) | Q(pk__in=said))
        return rows
