"""How messages are narrowed down, on the page and in the API alike."""

from __future__ import annotations

import django_filters

from notifications.models import Message, MessageQuerySet
from ui.filters import FilterSet


class MessageFilter(FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label="关键词")
    kind = django_filters.ChoiceFilter(choices=Message.Kind.choices, label="类型", empty_label="全部")
    unread = django_filters.ChoiceFilter(
        choices=[("true", "未读"), ("false", "已读")],
        method="by_unread",
        label="阅读",
        empty_label="全部",
    )

    class Meta:
        model = Message
        fields = ["q", "kind", "unread"]

    def by_unread(self, queryset: MessageQuerySet, name: str, value: str) -> MessageQuerySet:
        return queryset.filter(read_at__isnull=value == "true")
