"""How rounds and ledgers are narrowed down in the API."""

from __future__ import annotations

import django_filters

from dispatch.models import LedgerSnapshot, WeeklyRound


class RoundFilter(django_filters.FilterSet):
    is_frozen = django_filters.BooleanFilter(
        field_name="frozen_at", lookup_expr="isnull", exclude=True, label="已定稿"
    )

    class Meta:
        model = WeeklyRound
        fields = ["year", "week", "is_frozen"]


class LedgerFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(field_name="round__year", label="年度")
    week = django_filters.NumberFilter(field_name="round__week", label="周次")
    organisation = django_filters.CharFilter(field_name="organisation__code", label="单位代码")

    class Meta:
        model = LedgerSnapshot
        fields = ["year", "week", "organisation"]
