"""七个一 over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from desk.seven import seven_panels


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


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("seven", SevenViewSet, basename="seven")
