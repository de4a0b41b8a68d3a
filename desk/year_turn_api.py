"""年度结转 over the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from desk.year_turn import ACTS, Order, turn, year_to_turn, year_turn
from desk.year_turn_views import FIRST, LAST, asked_year


class TurnStepOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    title = serializers.CharField()
    is_done = serializers.BooleanField()
    sentence = serializers.CharField()
    act = serializers.CharField(help_text="现在可以办的动作；空：在别的页面办，或不能办")
    undo = serializers.CharField(help_text="现在可以撤回的动作")


class TurnOrderIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=FIRST, max_value=LAST)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class TurnDoneOut(serializers.Serializer[Any]):
    message = serializers.CharField()


class YearTurnViewSet(viewsets.ViewSet):
    """年度结转：每一步办得怎样，办理和撤回。"""

    @extend_schema(
        parameters=[OpenApiParameter("year", int, description="旧年度")], responses=TurnStepOut(many=True)
    )
    def list(self, request: Request) -> Response:
        actor, today = actor_of(request), clock.today()
        require(actor, Right.READ_OVERVIEW)
        year = asked_year(request.query_params.get("year", ""), year_to_turn(today))
        return Response(TurnStepOut(year_turn(actor=actor, year=year, today=today).steps, many=True).data)

    @extend_schema(request=TurnOrderIn, responses=TurnDoneOut)
    @action(detail=False, methods=["post"], url_path="(?P<verb>[a-z-]+)")
    def act(self, request: Request, verb: str) -> Response:
        """办理或撤回一步：open-list、drop-list、carry-over、take-back、archive、restore。"""
        actor = actor_of(request)
        require(actor, Right.TURN_YEAR)
        if verb not in ACTS:
            raise Http404
        data = TurnOrderIn(data=request.data)
        data.is_valid(raise_exception=True)
        order = Order(actor, data.validated_data["year"], data.validated_data["reason"], clock.today())
        return Response({"message": turn(verb, order)})


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("year-turn", YearTurnViewSet, basename="year-turn")
