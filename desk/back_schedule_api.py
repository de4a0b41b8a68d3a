"""The back-schedule over the API."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from desk import dossier as reading
from desk.back_schedule import Plan, PlanLine, read_plan


class PlanLineOut(serializers.Serializer[PlanLine]):
    """One remaining step on the way to the target."""

    step = serializers.IntegerField(source="step.pk")
    code = serializers.CharField(source="plan.code")
    name = serializers.CharField(source="step.step_type.short")
    status = serializers.CharField(source="step.status")
    length = serializers.CharField()
    latest_start_on = serializers.DateField(source="plan.latest.start_on")
    latest_over_on = serializers.DateField(source="plan.latest.over_on")
    expected_over_on = serializers.DateField(source="plan.span.over_on")
    slack = serializers.IntegerField(source="plan.slack", help_text="工作日，负数为来不及。")
    is_late = serializers.BooleanField(source="plan.is_late")
    is_critical = serializers.BooleanField(source="plan.is_critical")
    call = serializers.CharField()


class PlanOut(serializers.Serializer[Plan]):
    """The plan of one project back from a target day."""

    project = serializers.IntegerField(source="project.pk")
    target_on = serializers.DateField(allow_null=True)
    why_none = serializers.CharField()
    reachable_on = serializers.DateField(allow_null=True)
    delay = serializers.IntegerField()
    critical = serializers.SerializerMethodField()
    first_late = serializers.CharField(source="first_late.plan.code", default="")
    lines = PlanLineOut(many=True)

    def get_critical(self, plan: Plan) -> list[str]:
        return [line.plan.code for line in plan.critical]


class TargetIn(serializers.Serializer[Any]):
    target = serializers.DateField(required=False)


class BackScheduleViewSet(viewsets.ViewSet):
    """倒排工期 of one project: latest days, critical path, the first step already too late."""

    @extend_schema(
        responses=PlanOut,
        parameters=[
            OpenApiParameter("id", int, OpenApiParameter.PATH, description="项目"),
            OpenApiParameter("target", str, description="目标开工日；不填为项目的计划开工日。"),
        ],
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        """从目标开工日倒推。"""
        actor = actor_of(request)
        number = int(pk) if pk.isdecimal() else 0
        project = get_object_or_404(reading.dossier_projects(actor), pk=number)
        asked = TargetIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        plan = read_plan(
            project, actor=actor, today=clock.today(), target_on=asked.validated_data.get("target")
        )
        return Response(PlanOut(plan).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("back-schedules", BackScheduleViewSet, basename="back-schedule")
