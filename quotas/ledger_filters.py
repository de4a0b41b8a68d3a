"""Filters of the pool's ledgers: for the pages, the exports and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from quotas import selectors
from quotas.models import (
    Account,
    Booking,
    Consolidation,
    CountyEntry,
    Movement,
    PendingDeduction,
    Reservation,
    SupplyLink,
)
from quotas.rules import Instrument
from ui.filters import FilterSet, offer
from ui.forms import DateInput


class _OfUnits(FilterSet):
    """With a filter `unit` that offers the counties the reader sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            units = selectors.counties(actor=self.request.user)
            offer(self, "unit", [(unit.code, unit.short_name) for unit in units])


class MovementFilterSet(FilterSet):
    """Parameters: q, kind, owner, period, since, until. For the movements of one ledger."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "摘要 / 文号 / 项目", "maxlength": 60}),
    )
    kind = django_filters.ChoiceFilter(label="类型", choices=Movement.Kind.choices, empty_label="全部")
    owner = django_filters.CharFilter(label="权属代码", method="by_owner")
    period = django_filters.NumberFilter(label="年度", method="by_period")
    since = django_filters.DateFilter(
        label="自", field_name="occurred_on", lookup_expr="gte", widget=DateInput()
    )
    until = django_filters.DateFilter(
        label="至", field_name="occurred_on", lookup_expr="lte", widget=DateInput()
    )

    class Meta:
        model = Movement
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Movement]) -> QuerySet[Movement]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)

    def by_words(self, rows: QuerySet[Movement], name: str, value: str) -> QuerySet[Movement]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(reason__icontains=word)
                | Q(document_no__icontains=word)
                | Q(project__search_text__icontains=word)
            )
        return rows

    def by_owner(self, rows: QuerySet[Movement], name: str, value: str) -> QuerySet[Movement]:
        return rows.filter(Q(source__owner__code=value) | Q(target__owner__code=value))

    def by_period(self, rows: QuerySet[Movement], name: str, value: Any) -> QuerySet[Movement]:
        return rows.filter(source__period=int(value))


class AccountFilterSet(FilterSet):
    """Parameters: instrument, place, holder, owner (codes), period."""

    instrument = django_filters.ChoiceFilter(
        label="指标", choices=[(name.value, name.label) for name in Instrument]
    )
    place = django_filters.ChoiceFilter(label="性质", choices=Account.Place.choices)
    holder = django_filters.CharFilter(label="指标所在", field_name="holder__code")
    owner = django_filters.CharFilter(label="权属", field_name="owner__code")
    period = django_filters.NumberFilter(label="年度")

    class Meta:
        model = Account
        fields: ClassVar[list[str]] = []


class BookingFilterSet(FilterSet):
    """Parameters: kind, pool, unit (code), period."""

    kind = django_filters.ChoiceFilter(label="类型", choices=Booking.Kind.choices)
    pool = django_filters.CharFilter(label="调节池")
    unit = django_filters.CharFilter(label="县市", field_name="county__code")
    period = django_filters.NumberFilter(label="年度")

    class Meta:
        model = Booking
        fields: ClassVar[list[str]] = []


class ReservationFilterSet(_OfUnits):
    """Parameters: state, pool, unit."""

    state = django_filters.ChoiceFilter(label="状态", choices=Reservation.State.choices, empty_label="全部")
    pool = django_filters.ChoiceFilter(
        label="调节池", choices=Reservation._meta.get_field("pool").choices, empty_label="全部"
    )
    unit = django_filters.ChoiceFilter(
        label="使用单位", field_name="applicant__code", choices=(), empty_label="全部"
    )

    class Meta:
        model = Reservation
        fields: ClassVar[list[str]] = []


class ConsolidationFilterSet(_OfUnits):
    """Parameters: q, stage, unit."""

    q = django_filters.CharFilter(label="名称", field_name="name", lookup_expr="icontains")
    stage = django_filters.ChoiceFilter(label="阶段", choices=Consolidation.Stage.choices, empty_label="全部")
    unit = django_filters.ChoiceFilter(
        label="县市", field_name="county__code", choices=(), empty_label="全部"
    )

    class Meta:
        model = Consolidation
        fields: ClassVar[list[str]] = []


class SupplyLinkFilterSet(FilterSet):
    """Parameters: q, unit (code of the project's county), standing (1: not taken back)."""

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "建设项目 / 整治项目 / 文号", "maxlength": 60}),
    )
    unit = django_filters.CharFilter(label="县市代码", field_name="county__code")
    standing = django_filters.ChoiceFilter(
        label="状态", choices=[("1", "有效"), ("0", "已解除")], method="by_standing", empty_label="全部"
    )

    class Meta:
        model = SupplyLink
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[SupplyLink], name: str, value: str) -> QuerySet[SupplyLink]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(project__search_text__icontains=word)
                | Q(consolidation__name__icontains=word)
                | Q(document_no__icontains=word)
            )
        return rows

    def by_standing(self, rows: QuerySet[SupplyLink], name: str, value: str) -> QuerySet[SupplyLink]:
        return rows.filter(released_on__isnull=value == "1")


class CountyEntryFilterSet(FilterSet):
    """Parameters: book, unit (code), act."""

    book = django_filters.ChoiceFilter(label="账目", choices=CountyEntry.Book.choices, empty_label="全部")
    unit = django_filters.CharFilter(label="县市代码", field_name="county__code")
    act = django_filters.ChoiceFilter(label="类型", choices=CountyEntry.Act.choices, empty_label="全部")

    class Meta:
        model = CountyEntry
        fields: ClassVar[list[str]] = []


class DeductionFilterSet(FilterSet):
    """Parameters: unit (code), open (1: to be deducted)."""

    unit = django_filters.CharFilter(label="县市代码", field_name="county__code")
    open = django_filters.ChoiceFilter(
        label="状态", choices=[("1", "待扣减"), ("0", "已办结")], method="by_open", empty_label="全部"
    )

    class Meta:
        model = PendingDeduction
        fields: ClassVar[list[str]] = []

    def by_open(self, rows: QuerySet[PendingDeduction], name: str, value: str) -> QuerySet[PendingDeduction]:
        return rows.filter(settled_on__isnull=value == "1")
