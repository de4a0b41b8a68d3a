"""How rounds and ledgers are narrowed down in the API, reports on their page too."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from core import clock
from dispatch.models import LedgerSnapshot, Report, Round, RoundKind
from dispatch.rules.reporting import Standing
from dispatch.selectors.league import in_standing
from ui.filters import FilterSet


class RoundFilter(FilterSet):
    is_frozen = django_filters.BooleanFilter(
        field_name="frozen_at", lookup_expr="isnull", exclude=True, label="已定稿"
    )

    class Meta:
        model = Round
        fields = ["kind", "year", "number", "is_frozen"]


class LedgerFilter(FilterSet):
    year = django_filters.NumberFilter(field_name="round__year", label="年度")
    kind = django_filters.ChoiceFilter(field_name="round__kind", choices=RoundKind.choices, label="类型")
    number = django_filters.NumberFilter(field_name="round__number", label="期次")
    organisation = django_filters.CharFilter(field_name="organisation__code", label="单位代码")

    class Meta:
        model = LedgerSnapshot
        fields = ["kind", "year", "number", "version", "organisation"]


class ReportFilter(FilterSet):
    """Parameters: round, kind, owed, unit (its code), standing, first and last (reporting days)."""

    unit = django_filters.CharFilter(field_name="organisation__code", label="单位代码")
    standing = django_filters.ChoiceFilter(
        choices=[(each.value, each.label) for each in Standing],
        method="by_standing",
        label="状态",
        empty_label="全部",
    )
    first = django_filters.DateFilter(field_name="round__due_on", lookup_expr="gte", label="报送日起")
    last = django_filters.DateFilter(field_name="round__due_on", lookup_expr="lte", label="报送日止（含）")
    kind = django_filters.ChoiceFilter(
        field_name="round__kind", choices=RoundKind.choices, label="类型", empty_label="全部"
    )
    owed = django_filters.BooleanFilter(field_name="reported_at", lookup_expr="isnull", label="未报")

    class Meta:
        model = Report
        fields = ("unit", "standing", "first", "last", "kind", "round", "owed")

    def by_standing(self, rows: QuerySet[Report], name: str, value: str) -> QuerySet[Report]:
        return rows.filter(in_standing(Standing(value), today=clock.today()))
