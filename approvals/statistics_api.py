"""业务统计 over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from approvals.statistics import business_statistics
from approvals.statistics_views import SpanForm
from core import clock


class SpanIn(serializers.Serializer[Any]):
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)


class BusinessRowOut(serializers.Serializer[Any]):
    """One item; area in m², money in yuan."""

    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()
    measure = serializers.CharField()
    area_m2 = serializers.IntegerField(allow_null=True)
    amount_yuan = serializers.DecimalField(max_digits=20, decimal_places=2, allow_null=True)


class BusinessStatisticsViewSet(viewsets.ViewSet):
    """业务统计：一段时间内各项业务的数量、面积和金额。"""

    @extend_schema(parameters=[SpanIn], responses=BusinessRowOut(many=True))
    def list(self, request: Request) -> Response:
        asked = SpanIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        first, last = SpanForm(asked.validated_data).span(clock.today())
        rows = business_statistics(actor=actor_of(request), first=first, last=last)
        return Response(BusinessRowOut(rows, many=True).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("business-statistics", BusinessStatisticsViewSet, basename="business-statistics")
