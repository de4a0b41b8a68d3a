"""Filters of the list of pauses, shared by the page, the sheet and the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from accounts.models import Organisation, User
from approvals import pause_review, rules
from deadlines.models import Pause, PauseKind, PauseQuerySet
from ui.filters import FilterSet
from ui.forms import DateInput

STATES = [("open", "暂停中"), ("ended", "已恢复")]


class PauseFilter(FilterSet):
    """Parameters: first, last (the pause touches these days; this year without), unit (code), kind
    (code), code (step), state (open | ended), flag (see rules.PauseFlag).

    `reviews` holds, by pk, what is to be asked about the pauses that fit all but `flag`.
    """

    first = django_filters.DateFilter(label="自", method="touching", widget=DateInput())
    last = django_filters.DateFilter(label="至", field_name="first_on", lookup_expr="lte", widget=DateInput())
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="deadline__scope_organisation__code", choices=(), empty_label="全部"
    )
    kind = django_filters.ChoiceFilter(label="事由", field_name="kind__code", choices=(), empty_label="全部")
    code = django_filters.CharFilter(label="步骤代码", field_name="deadline__subject_code")
    state = django_filters.ChoiceFilter(label="状态", choices=STATES, method="by_state", empty_label="不限")
    flag = django_filters.ChoiceFilter(
        label="问题",
        choices=[(flag.value, flag.label) for flag in rules.PauseFlag],
        method="later",
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Pause
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, queryset=pause_review.step_pauses(actor=actor), **kwargs)
        self.today = today
        self.reviews: Mapping[int, rules.PauseReview] = {}
        units = Organisation.objects.visible_to(actor).reporting_units().order_by("kind", "code")
        self.filters["unit"].extra["choices"] = [(unit.code, unit.short_name) for unit in units]
        kinds = PauseKind.objects.order_by("stops_statutory", "code", "effective_from")
        self.filters["kind"].extra["choices"] = list({kind.code: kind.label for kind in kinds}.items())

    def touching(self, rows: PauseQuerySet, name: str, value: date) -> PauseQuerySet:
        return rows.filter(Q(last_on__isnull=True) | Q(last_on__gte=value))

    def by_state(self, rows: PauseQuerySet, name: str, value: str) -> PauseQuerySet:
        return rows.filter(last_on__isnull=value == "open")

    def later(self, rows: PauseQuerySet, name: str, value: str) -> PauseQuerySet:
        """Counted in working days: chosen after the rows are read."""
        return rows

    def filter_queryset(self, queryset: PauseQuerySet) -> PauseQuerySet:
        if self.errors:
            return queryset.none()
        rows: PauseQuerySet = super().filter_queryset(queryset)
        asked = self.form.cleaned_data
        if not asked.get("first") and not asked.get("last"):
            rows = self.touching(rows, "first", self.today.replace(month=1, day=1))
        known = pause_review.reviews_of(rows, today=self.today)
        fitting = set(rows.order_by().values_list("pk", flat=True))
        self.reviews = {pk: review for pk, review in known.items() if pk in fitting}
        if not asked.get("flag"):
            return rows
        flag = rules.PauseFlag(asked["flag"])
        return rows.filter(pk__in=[pk for pk, review in self.reviews.items() if flag in review.flags])
