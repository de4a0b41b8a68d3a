"""Filters of the queue, the gap list and the contacts, for pages and API alike."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation, Post
from projects import selectors
from projects.models import LiaisonReply, Link, Project, ScopeFlag
from projects.selectors.people import CONTACT_KINDS
from ui.filters import FilterSet, offer

NONE = "none"
_WORDS = forms.TextInput(attrs={"placeholder": "名称 / 编号 / 拼音", "maxlength": 60})


class QueueFilterSet(FilterSet):
    """Parameters: q, unit, priority (none: not classed), flag, moved, led.

    Works on `selectors.ordering.queue`."""

    q = django_filters.CharFilter(label="关键词", method="by_words", widget=_WORDS)
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    priority = django_filters.ChoiceFilter(
        label="项目类别",
        method="by_priority",
        choices=[*Project.PriorityClass.choices, (NONE, "未分类")],
        empty_label="全部",
    )
    flag = django_filters.ChoiceFilter(
        label="涉及情形", method="by_flag", choices=ScopeFlag.choices, empty_label="全部"
    )
    moved = django_filters.ChoiceFilter(
        label="顺序调整", method="by_moved", choices=[("yes", "已调整"), ("no", "未调整")], empty_label="全部"
    )

    led = django_filters.ChoiceFilter(
        label="领办", method="by_leader", choices=[("yes", "有领办领导"), ("no", "没有")], empty_label="全部"
    )

    class Meta:
        model = Project
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            return  # the schema generator asks without a reader
        units = selectors.reporting_units(actor=self.request.user)
        offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def by_leader(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        led = Exists(Link.objects.active().filter(project=OuterRef("pk"), kind=Link.Kind.LEAD_LEADER))
        return rows.filter(led if value == "yes" else ~led)

    def by_words(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        for word in value.split()[:5]:
            rows = rows.filter(search_text__icontains=word)
        return rows

    def by_priority(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        return rows.filter(priority_class="" if value == NONE else value)

    def by_flag(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        return rows.filter(standing__scope_flags__contains=[value])

    def by_moved(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        moved = Q(queue_jumps__isnull=False, queue_jumps__ended_on__isnull=True)
        return rows.filter(moved) if value == "yes" else rows.exclude(moved)


class ContactFilterSet(FilterSet):
    """Parameters: q, kind, missing (HEAD, DEPUTY, LIAISON). Works on `contact_list`."""

    q = django_filters.CharFilter(label="单位", method="by_words")
    kind = django_filters.ChoiceFilter(
        label="类型",
        choices=[(kind.value, kind.label) for kind in CONTACT_KINDS],
        empty_label="全部",
    )
    missing = django_filters.ChoiceFilter(
        label="缺什么",
        method="by_missing",
        choices=[(duty, Post.Duty(duty).label) for duty in Post.ONE_EACH],
        empty_label="不限",
    )

    class Meta:
        model = Organisation
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows.filter(Q(name__icontains=value) | Q(short_name__icontains=value))

    def by_missing(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows.filter(**{f"{value.lower()}_held": False})


class LiaisonReplyFilterSet(FilterSet):
    """Parameters: call (id), state (owed, given)."""

    call = django_filters.NumberFilter(label="通知", field_name="call")
    state = django_filters.ChoiceFilter(
        label="报送", method="by_state", choices=[("owed", "未报"), ("given", "已报")], empty_label="全部"
    )

    class Meta:
        model = LiaisonReply
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[LiaisonReply], name: str, value: str) -> QuerySet[LiaisonReply]:
        return rows.filter(replied_on__isnull=value == "owed")
