"""The ranking of units and leaders over the API; the reports behind it are round-reports."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from dispatch.league_views import LeagueForm
from dispatch.selectors.league import league, visit_ranking


class LeagueAskedIn(serializers.Serializer[Any]):
    round = serializers.IntegerField(required=False, help_text="期次；不填按期间")
    first = serializers.DateField(required=False, help_text="报送日起")
    last = serializers.DateField(required=False, help_text="报送日止（含）")


class LeagueUnitOut(serializers.Serializer[Any]):
    organisation = serializers.CharField(source="organisation.code")
    owed = serializers.IntegerField()
    on_time = serializers.IntegerField()
    late = serializers.IntegerField()
    missing = serializers.IntegerField()
    rate = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True, help_text="按时率（%）")
    rate_place = serializers.IntegerField(allow_null=True)
    projects = serializers.IntegerField()
    lag = serializers.DecimalField(
        max_digits=8, decimal_places=2, allow_null=True, help_text="项目平均未核实天数"
    )
    lag_place = serializers.IntegerField(allow_null=True)


class LeagueLeaderOut(serializers.Serializer[Any]):
    place = serializers.IntegerField()
    leader = serializers.CharField(source="row.post.__str__")
    leader_id = serializers.IntegerField(source="row.post.pk")
    done = serializers.IntegerField(source="row.done")
    minimum = serializers.IntegerField(source="row.minimum")
    lamp = serializers.CharField(source="row.lamp")


class LeagueOut(serializers.Serializer[Any]):
    first = serializers.DateField(source="span.first")
    last = serializers.DateField(source="span.last")
    units = LeagueUnitOut(many=True)
    leaders = LeagueLeaderOut(many=True)


class LeagueViewSet(viewsets.ViewSet):
    """通报排名：按时报送、更新及时、领导上门服务。"""

    @extend_schema(parameters=[LeagueAskedIn], responses=LeagueOut)
    def list(self, request: Request) -> Response:
        actor, today = actor_of(request), clock.today()
        require(actor, Right.READ_OVERVIEW)
        form = LeagueForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(dict(form.errors.get_json_data()))
        span = form.span(today)
        answer = {
            "span": span,
            "units": league(actor=actor, span=span, today=today),
            "leaders": visit_ranking(actor=actor, year=span.last.year, today=today),
        }
        return Response(LeagueOut(answer).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("league", LeagueViewSet, basename="league")
