"""A step's events over the API: hearings, reviews, visits; begun and over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.models import Occasion
from approvals.serializers import kind_on
from approvals.services import occasions
from core import clock


class OccasionOut(serializers.ModelSerializer[Occasion]):
    """An event; without a pause `why_counted` says why its time counts."""

    kind = serializers.CharField(source="kind.code")
    kind_label = serializers.CharField(source="kind.label")

    class Meta:
        model = Occasion
        fields = (
            *("id", "step", "kind", "kind_label", "title", "place", "first_on", "expected_end_on"),
            *("next_step", "last_on", "outcome", "pause", "why_counted", "course", "notice", "minutes"),
        )


class OccasionIn(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    kind = serializers.CharField(max_length=30, help_text="事项代码，如 EXPERT_REVIEW。")
    title = serializers.CharField(max_length=200)
    place = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    first_on = serializers.DateField()
    expected_end_on = serializers.DateField()
    next_step = serializers.CharField(max_length=200)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "kind": kind_on(attrs["kind"], attrs["first_on"])}


class OccasionEndIn(serializers.Serializer[Any]):
    last_on = serializers.DateField()
    outcome = serializers.CharField(max_length=300)


class OccasionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Occasion]):
    """听证、评审、踏勘、方案审查：开始即停表，结束即恢复。"""

    queryset = Occasion.objects.none()
    serializer_class = OccasionOut
    filterset_fields = ("step", "step__project")
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Occasion]:
        return Occasion.objects.visible_to(actor_of(self.request)).select_related("kind")

    @extend_schema(request=OccasionIn, responses={201: OccasionOut})
    def create(self, request: Request) -> Response:
        """登记开始。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = OccasionIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        row = occasions.begin_occasion(
            step_id=given.pop("step"),
            facts=occasions.OccasionFacts(**given),
            actor=actor_of(request),
            today=clock.today(),
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=OccasionEndIn, responses=OccasionOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """登记结束。"""
        found = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)
        data = OccasionEndIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = occasions.end_occasion(
            occasion_id=found.pk, actor=actor_of(request), today=clock.today(), **data.validated_data
        )
        return Response(self.get_serializer(row).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("occasions", OccasionViewSet, basename="occasion")
