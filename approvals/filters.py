"""Filters of the step list."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet

from approvals.models import Step
from core import clock
from deadlines.models import Deadline
from deadlines.rules import Lamp
from ui.filters import FilterSet


class StepFilterSet(FilterSet):
    """Names of the parameters: project, code, status, stage, lamp, holder (organisation's code),
    due_before, due_after.
    """

    project = django_filters.NumberFilter(label="项目", field_name="project_id")
    code = django_filters.CharFilter(label="步骤代码")
    status = django_filters.MultipleChoiceFilter(label="状态", choices=Step.Status.choices)
    stage = django_filters.CharFilter(label="环节", field_name="step_type__stage")
    lamp = django_filters.MultipleChoiceFilter(
        label="灯号", method="by_lamp", choices=[(lamp.value, lamp.label) for lamp in Lamp]
    )
    holder = django_filters.CharFilter(label="责任单位代码", field_name="holder_organisation__code")
    due_before = django_filters.DateFilter(
        label="到期日不晚于", field_name="deadline__due_on", lookup_expr="lte"
    )
    due_after = django_filters.DateFilter(
        label="到期日不早于", field_name="deadline__due_on", lookup_expr="gte"
    )

    class Meta:
        model = Step
        fields: list[str] = []

    def by_lamp(self, rows: QuerySet[Step], name: str, value: list[str]) -> QuerySet[Step]:
        """Steps whose clock shows one of these lamps today."""
        if not value:
            return rows
        lit = Deadline.objects.with_lamp(clock.today()).filter(Q(lamp__in=value))
        return rows.filter(deadline__in=lit.values("pk"))
