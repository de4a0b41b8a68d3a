"""七个一 over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from desk.seven import seven_panels
from dispatch.models import PanelCondition
from dispatch.models.panels import MEASURES
from dispatch.rules.panels import Measure
from dispatch.services.panels import set_conditions


class PanelOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    figure = serializers.IntegerField()
    unit = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())
    lacking = serializers.ListField(child=serializers.CharField())
    word = serializers.CharField()


class SevenViewSet(viewsets.ViewSet):
    """七个一：专班、机制、培训、资料、流程、清单、成果的建立情况。"""

    @extend_schema(responses=PanelOut(many=True))
    def list(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.READ_OVERVIEW)
        return Response(PanelOut(seven_panels(actor=actor, today=clock.today()), many=True).data)


class PanelConditionOut(serializers.ModelSerializer[PanelCondition]):
    label = serializers.CharField(source="meaning.label", read_only=True)  # type: ignore[assignment]
    panel = serializers.CharField(source="meaning.panel", read_only=True)
    entered_by = serializers.CharField(source="entered_by.label", default="", read_only=True)

    class Meta:
        model = PanelCondition
        fields = ("id", "panel", "measure", "label", "least", "effective_from", "note", "entered_by")


class PanelLeastIn(serializers.Serializer[Any]):
    measure = serializers.ChoiceField(choices=MEASURES)
    least = serializers.IntegerField(min_value=0, max_value=100_000, help_text="0 即不要求")


class PanelConditionsIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    note = serializers.CharField(max_length=300)
    conditions = PanelLeastIn(many=True, allow_empty=False)


class PanelConditionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[PanelCondition]):
    """七个一各项的建立条件，按生效日期。"""

    serializer_class = PanelConditionOut
    queryset = PanelCondition.objects.none()
    keyset_order = ("measure", "-effective_from")

    def get_queryset(self) -> QuerySet[PanelCondition]:
        require(actor_of(self.request), Right.READ_OVERVIEW, Right.EDIT_ROUNDS)
        return PanelCondition.objects.select_related("entered_by")

    @extend_schema(request=PanelConditionsIn, responses={201: PanelConditionOut(many=True)})
    def create(self, request: Request) -> Response:
        """增加一版；与最新一版相同的条件不另增加。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_ROUNDS)
        data = PanelConditionsIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        made = set_conditions(
            actor=actor,
            least={Measure(one["measure"]): one["least"] for one in given["conditions"]},
            effective_from=given["effective_from"],
            note=given["note"],
        )
        return Response(PanelConditionOut(made, many=True).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("seven", SevenViewSet, basename="seven")
    router.register("seven-conditions", PanelConditionViewSet, basename="seven-condition")
