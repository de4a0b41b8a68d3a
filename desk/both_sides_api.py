"""保增长与保红线 over the API."""

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
from desk.both_sides import both_sides


class SideFigureOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    unit = serializers.CharField()
    note = serializers.CharField()


class BothSidesOut(serializers.Serializer[Any]):
    growth = SideFigureOut(many=True)
    kept = SideFigureOut(many=True)


class BothSidesViewSet(viewsets.ViewSet):
    """保增长、保红线两侧的关键数字。"""

    @extend_schema(responses=BothSidesOut)
    def list(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.READ_OVERVIEW)
        return Response(BothSidesOut(both_sides(actor=actor, today=clock.today())).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("both-sides", BothSidesViewSet, basename="both-sides")
