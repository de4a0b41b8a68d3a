"""Deadlines over the API: the list, one with both lines, and the sheet behind its dates."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from deadlines import selectors, sheets
from deadlines.models import Deadline
from deadlines.readings import line_facts, reading_facts, square_facts
from deadlines.rules import Lamp
from ui.filters import FilterSet


class DeadlineFilterSet(FilterSet):
    """Names of the parameters: project, code, stage, role, state, lamp, holder, due_before, due_after."""

    project = django_filters.NumberFilter(field_name="project_id")
    code = django_filters.CharFilter(field_name="subject_code")
    role = django_filters.MultipleChoiceFilter(choices=Deadline.Role.choices)
    state = django_filters.MultipleChoiceFilter(choices=Deadline.State.choices)
    lamp = django_filters.MultipleChoiceFilter(choices=[(lamp.value, lamp.label) for lamp in Lamp])
    holder = django_filters.CharFilter(field_name="holder_organisation__code")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    due_after = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")

    class Meta:
        model = Deadline
        fields = ("stage",)


class DeadlineOut(serializers.ModelSerializer[Deadline]):
    holder_organisation = serializers.CharField(source="holder_organisation.code")
    scope_organisation = serializers.CharField(source="scope_organisation.code")
    holder = serializers.CharField(source="holder.username", default=None)
    lamp = serializers.CharField()

    class Meta:
        model = Deadline
        fields: tuple[str, ...] = (
            "id",
            "role",
            "state",
            "lamp",
            "subject_kind",
            "subject_id",
            "subject_code",
            "subject_label",
            "stage",
            "project_id",
            "project_code",
            "project_name",
            "holder_organisation",
            "holder",
            "scope_organisation",
            "started_on",
            "stopped_on",
            "due_on",
            "committed_due_on",
            "statutory_due_on",
            "is_provisional",
        )


class DeadlineDetailOut(DeadlineOut):
    """A deadline with both lines as they stand today."""

    lines = serializers.SerializerMethodField()

    class Meta(DeadlineOut.Meta):
        fields = (*DeadlineOut.Meta.fields, "lines")

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_lines(self, deadline: Deadline) -> dict[str, Any]:
        reading = selectors.reading_of(deadline, today=clock.today(), calendar=selectors.working_calendar())
        return reading_facts(reading)


class DeadlineViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Deadline]):
    """Every timed promise the actor may see; nothing is changed here."""

    queryset = Deadline.objects.none()
    filterset_class = DeadlineFilterSet
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[Deadline]:
        rows = sheets.sheet_deadlines(actor=actor_of(self.request))
        return rows.with_lamp(clock.today()).order_by("id")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return DeadlineOut if self.action == "list" else DeadlineDetailOut

    @extend_schema(responses={200: {"type": "object", "additionalProperties": True}})
    @action(detail=True, methods=["get"])
    def sheet(self, request: Request, pk: str) -> Response:
        """为什么是这一天：逐日。"""
        page = sheets.read_sheet(
            self.get_object(), today=clock.today(), calendar=selectors.working_calendar()
        )
        return Response(
            {
                "lines": [
                    {
                        "name": line.reading.name.value,
                        "basis": line.basis,
                        "sentences": list(line.sentences),
                        "days": [square_facts(day) for day in line.days],
                        **line_facts(line.reading),
                    }
                    for line in page.lines
                ],
                "pauses": [
                    {
                        "kind": row.kind.code,
                        "label": row.kind.label,
                        "first_on": row.first_on,
                        "last_on": row.last_on,
                        "stops_committed": row.stops_committed,
                        "stops_statutory": row.stops_statutory,
                        "evidence": row.evidence,
                    }
                    for row in page.pauses
                ],
                "extensions": [
                    {"line": row.line, "days": row.days, "approved_by": row.approved_by}
                    for row in page.extensions
                ],
                "calendar": [
                    {"year": year.year, "status": year.status, "notice_no": year.notice_no}
                    for year in page.years
                ],
                "is_provisional": page.is_provisional,
            }
        )


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("deadlines", DeadlineViewSet, basename="deadline")
