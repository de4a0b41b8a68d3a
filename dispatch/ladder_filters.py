"""How the log of reminders is narrowed down, on the page and in the API alike."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from dispatch.models import Level, Reminder
from ui.filters import FilterSet


class ReminderFilter(FilterSet):
    q = django_filters.CharFilter(field_name="deadline__project_name", lookup_expr="icontains", label="项目")
    level = django_filters.ChoiceFilter(choices=Level.choices, label="对象", empty_label="全部")
    sent = django_filters.ChoiceFilter(
        choices=[("true", "已发"), ("false", "未发")], method="by_sent", label="结果", empty_label="全部"
    )

    class Meta:
        model = Reminder
        fields = ("q", "level", "sent")

    def by_sent(self, queryset: QuerySet[Reminder], name: str, value: str) -> QuerySet[Reminder]:
        return queryset.filter(skipped="") if value == "true" else queryset.exclude(skipped="")
