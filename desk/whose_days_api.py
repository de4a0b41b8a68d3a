"""谁的天数 over the API: the finished steps with their days, and the figures of a group of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.views import APIView

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.models import Step, StepQuerySet
from core import clock
from desk.whose_days import (
    Figures,
    SideFigures,
    WhoseDays,
    days_of,
    finished_steps,
    names_of,
    whose_days,
)
from desk.whose_days_views import FinishedFilter


class ReadsOverview(BasePermission):
    """Figures over many projects are for those who read the overview."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            require(actor_of(request), Right.READ_OVERVIEW)
        return bool(request.user.is_authenticated)


class FinishedOut(serializers.ModelSerializer[Step]):
    """A finished step with its days, in working days."""

    project = serializers.IntegerField(source="project_id")
    holder_organisation = serializers.CharField(source="holder_organisation.code")
    days = serializers.SerializerMethodField()

    class Meta:
        model = Step
        fields = ("id", "project", "code", "round", "holder_organisation", "accepted_on", "closed_on", "days")

    def get_days(self, step: Step) -> dict[str, Any]:
        row = self.context["days"][step.pk]
        return {
            "holder": row.holder_side,
            "real": row.real,
            "gross": row.gross,
            "net": row.own_net,
            "department": row.department,
            "applicant": row.applicant,
            "system": row.system,
            "is_kept": row.is_kept,
            "is_excepted": row.is_excepted,
            "is_late_entry": row.is_late_entry,
        }


class SideOut(serializers.Serializer[SideFigures]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    steps = serializers.IntegerField()
    gross = serializers.IntegerField()
    net = serializers.IntegerField()


class FiguresOut(serializers.Serializer[Figures]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()
    gross_median = serializers.FloatField(allow_null=True)
    net_median = serializers.FloatField(allow_null=True)
    real_median = serializers.FloatField(allow_null=True)
    system_median = serializers.FloatField(allow_null=True)
    kept_percent = serializers.IntegerField(source="kept.percent", allow_null=True)
    excepted = serializers.IntegerField()
    late_entry_percent = serializers.IntegerField(source="late_entries.percent", allow_null=True)


class WhoseDaysOut(serializers.Serializer[WhoseDays]):
    sides = SideOut(many=True)
    total = FiguresOut()
    by_code = FiguresOut(many=True)
    by_holder = FiguresOut(many=True)


class WhoseDaysViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Step]):
    """Finished steps, newest end first, with the filters of the page."""

    queryset = Step.objects.none()
    serializer_class = FinishedOut
    permission_classes = (ReadsOverview,)
    keyset_order = ("-closed_on",)

    def get_queryset(self) -> QuerySet[Step]:
        return self._chosen().select_related("holder_organisation")

    def _chosen(self) -> StepQuerySet:
        actor, today = actor_of(self.request), clock.today()
        filterset = FinishedFilter(
            self.request.query_params, queryset=finished_steps(actor=actor), actor=actor, today=today
        )
        if filterset.errors:
            raise serializers.ValidationError(filterset.errors)
        chosen: StepQuerySet = filterset.qs
        return chosen

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办结的步骤及其天数。"""
        page = self.paginate_queryset(self.get_queryset()) or []
        own = Step.objects.filter(pk__in=[step.pk for step in page])
        found = {row.pk: row for row in days_of(own, today=clock.today())}
        context = {**self.get_serializer_context(), "days": found}
        return self.get_paginated_response(FinishedOut(page, many=True, context=context).data)

    @extend_schema(responses=WhoseDaysOut)
    @action(detail=False, methods=["get"], pagination_class=None)
    def figures(self, request: Request) -> Response:
        """按归属、按步骤、按责任单位的合计与中位数。"""
        today = clock.today()
        found = days_of(self._chosen().order_by("pk"), today=today)
        labels, holders = names_of(found, today=today)
        return Response(WhoseDaysOut(whose_days(found, labels=labels, holders=holders)).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("whose-days", WhoseDaysViewSet, basename="whose-days")
