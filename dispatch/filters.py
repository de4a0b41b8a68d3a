"""How rounds and ledgers are narrowed down in the API."""

from __future__ import annotations

import django_filters

from dispatch.models import LedgerSnapshot, Round, RoundKind


class RoundFilter(django_filters.FilterSet):
    is_frozen = django_filters.BooleanFilter(
        field_name="frozen_at", lookup_expr="isnull", exclude=True, label="已定稿"
    )

    class Meta:
        model = Round
        fields = ["kind", "year", "number", "is_frozen"]


class LedgerFilter(django_filters.FilterSet):
    year = django_filters.NumberFilter(field_name="round__year", label="年度")
    kind = django_filters.ChoiceFilter(field_name="round__kind", choices=RoundKind.choices, label="类型")
    number = django_filters.NumberFilter(field_name="round__number", label="期次")
    organisation = django_filters.CharFilter(field_name="organisation__code", label="单位代码")

    class Meta:
        model = LedgerSnapshot
        fields = ["kind", "year", "number", "version", "organisation"]
