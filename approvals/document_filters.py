"""Filters of the lists of documents and batches, for the pages, the exports and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet

from approvals import rules
from approvals.document_selectors import ENDS_A_BATCH, DocumentSums, sums_of
from approvals.models import Batch, BatchMode, DocumentKind, LandDocument
from core import clock
from projects.models import Project
from projects.selectors import reporting_units
from ui.filters import FilterSet, offer
from ui.forms import DateInput

NO_CLASS = "NONE"
COUNTED = {
    "land": rules.COUNTS_AS_LAND,
    "land_permit": frozenset({"LAND_PERMIT"}),
    "works_permit": frozenset({"WORKS_PERMIT"}),
}
STATES = [
    ("valid", "有效"),
    ("lapsed", "已到期"),
    ("short", "批准少于申请"),
    ("restoring", "待复垦"),
    ("revoked", "已撤销"),
]


class UnitFilterSet(FilterSet):
    """A filter set whose `unit` offers the counties that the reader sees."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and self.request.user.is_authenticated:
            units = reporting_units(actor=self.request.user)
            offer(self, "unit", [(unit.code, unit.short_name) for unit in units])

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.none() if self.errors else super().filter_queryset(queryset)


class DocumentFilterSet(UnitFilterSet):
    """Parameters: q, unit, kind, first, last (day of approval), priority, state, counted (land,
    requisition, land_permit, works_permit: what the figures of a period count), project, batch.
    """

    q = django_filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.TextInput(attrs={"placeholder": "文号 / 监管号 / 项目", "maxlength": 60}),
    )
    unit = django_filters.ChoiceFilter(label="县市", method="by_unit", choices=(), empty_label="全部")
    kind = django_filters.ChoiceFilter(label="类型", choices=DocumentKind.choices, empty_label="全部")
    first = django_filters.DateFilter(
        label="批准自", field_name="decided_on", lookup_expr="gte", widget=DateInput()
    )
    last = django_filters.DateFilter(
        label="至", field_name="decided_on", lookup_expr="lte", widget=DateInput()
    )
    priority = django_filters.ChoiceFilter(
        label="项目类别",
        method="by_priority",
        choices=[*Project.PriorityClass.choices, (NO_CLASS, "未分类")],
        empty_label="全部",
    )
    state = django_filters.ChoiceFilter(label="状态", method="by_state", choices=STATES, empty_label="不限")
    counted = django_filters.ChoiceFilter(
        label="统计口径",
        method="by_counted",
        choices=[
            ("land", "获批建设用地"),
            ("requisition", "土地征收"),
            ("land_permit", "用地规划许可"),
            ("works_permit", "工程规划许可"),
        ],
        empty_label="不限",
    )
    project = django_filters.NumberFilter(method="by_project", widget=forms.HiddenInput)
    batch = django_filters.NumberFilter(field_name="batch_id", widget=forms.HiddenInput)

    class Meta:
        model = LandDocument
        fields: ClassVar[list[str]] = []

    def by_words(self, rows: QuerySet[LandDocument], name: str, value: str) -> QuerySet[LandDocument]:
        """Every word must occur in a number, or in the name of a project; brackets as typed."""
        for word in value.split()[:5]:
            number = rules.normalise_doc_no(word)
            rows = rows.filter(
                Q(number__icontains=word)
                | Q(number__icontains=number)
                | Q(supervision_no__icontains=word)
                | Q(pk__in=LandDocument.objects.filter(areas__project__name__icontains=word).values("pk"))
            )
        return rows

    def by_unit(self, rows: QuerySet[LandDocument], name: str, value: str) -> QuerySet[LandDocument]:
        return rows.filter(
            pk__in=LandDocument.objects.filter(areas__project__organisation__code=value).values("pk")
        )

    def by_priority(self, rows: QuerySet[LandDocument], name: str, value: str) -> QuerySet[LandDocument]:
        wanted = "" if value == NO_CLASS else value
        return rows.filter(
            pk__in=LandDocument.objects.filter(areas__project__priority_class=wanted).values("pk")
        )

    @property
    def sums(self) -> DocumentSums:
        """Of what is listed; of a document of several projects only the part that was asked for."""
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        priority = asked.get("priority") or None
        wanted = "" if priority == NO_CLASS else priority
        return sums_of(self.qs, unit=asked.get("unit", ""), priority=wanted)

    def by_state(self, rows: QuerySet[LandDocument], name: str, value: str) -> QuerySet[LandDocument]:
        if value == "revoked":
            return rows.filter(revoked_on__isnull=False)
        rows = rows.filter(revoked_on__isnull=True)
        if value == "short":
            return rows.filter(Q(approved_m2__lt=F("applied_m2")))
        if value == "restoring":
            return rows.filter(restoration__isnull=False, restored_on__isnull=True)
        lapsed = Q(validity__isnull=False, validity__due_on__lt=clock.today())
        return rows.filter(lapsed) if value == "lapsed" else rows.exclude(lapsed)

    def by_counted(self, rows: QuerySet[LandDocument], name: str, value: str) -> QuerySet[LandDocument]:
        rows = rows.filter(revoked_on__isnull=True)
        if value == "requisition":
            taken = LandDocument.objects.filter(areas__approved_requisition_m2__gt=0).values("pk")
            return rows.filter(Q(kind=DocumentKind.REQUISITION) | Q(kind=DocumentKind.LAND, pk__in=taken))
        return rows.filter(kind__in=COUNTED[value])

    def by_project(self, rows: QuerySet[LandDocument], name: str, value: int) -> QuerySet[LandDocument]:
        return rows.filter(pk__in=LandDocument.objects.filter(areas__project_id=value).values("pk"))


class BatchFilterSet(UnitFilterSet):
    """Parameters: unit, year, mode, state (approved, waiting)."""

    unit = django_filters.ChoiceFilter(
        label="县市", field_name="organisation__code", choices=(), empty_label="全部"
    )
    year = django_filters.NumberFilter(label="年度")
    mode = django_filters.ChoiceFilter(label="报批方式", choices=BatchMode.choices, empty_label="全部")
    state = django_filters.ChoiceFilter(
        label="状态",
        method="by_state",
        choices=[("approved", "已批准"), ("waiting", "未批准")],
        empty_label="不限",
    )

    class Meta:
        model = Batch
        fields: ClassVar[list[str]] = []

    def by_state(self, rows: QuerySet[Batch], name: str, value: str) -> QuerySet[Batch]:
        approved = LandDocument.objects.filter(ENDS_A_BATCH, revoked_on__isnull=True).values("batch")
        return rows.filter(pk__in=approved) if value == "approved" else rows.exclude(pk__in=approved)
