"""How much of the plan is used, what a project's procedure is made of, and working days over the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from deadlines.selectors import working_calendar
from desk import plan_use
from desk.calculator import LimitForm, limit_answer
from desk.decomposition import decomposition
from projects.models import Project


class PlanUseLineOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    quota_m2 = serializers.IntegerField()
    used_m2 = serializers.IntegerField()
    left_m2 = serializers.IntegerField()
    percent = serializers.CharField(help_text="未下达为空")


class PlanUseOut(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    classes = PlanUseLineOut(many=True)
    units = PlanUseLineOut(many=True)


class YearIn(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100, required=False)


class PlanUseViewSet(viewsets.ViewSet):
    """年度计划指标使用情况。"""

    @extend_schema(parameters=[YearIn], responses=PlanUseOut)
    def list(self, request: Request) -> Response:
        asked = YearIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        actor, today = actor_of(request), clock.today()
        year = asked.validated_data.get("year", today.year)
        on = min(today, date(year, 12, 31))
        answer = {
            "year": year,
            "classes": plan_use.use_by_class(actor=actor, year=year, on=on),
            "units": plan_use.use_by_unit(actor=actor, year=year, on=on),
        }
        return Response(PlanUseOut(answer).data)


class DecompositionTaskOut(serializers.Serializer[Any]):
    step = serializers.IntegerField(source="step.pk")
    code = serializers.CharField(source="step.code")
    state = serializers.CharField(source="word")
    responsible = serializers.CharField()
    measures = serializers.CharField()
    flow = serializers.CharField()
    time = serializers.CharField()


class DecompositionOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    tasks = DecompositionTaskOut(many=True)


class DecompositionViewSet(viewsets.ViewSet):
    """一个项目的任务分解：五类手续的责任、措施、流程、时间。"""

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses=DecompositionOut(many=True),
    )
    def retrieve(self, request: Request, pk: str) -> Response:
        actor = actor_of(request)
        project = get_object_or_404(Project.objects.visible_to(actor).select_related("organisation"), pk=pk)
        kinds = decomposition(project, actor=actor, today=clock.today())
        return Response(DecompositionOut(kinds, many=True).data)


class LimitQuestionIn(serializers.Serializer[Any]):
    start = serializers.DateField(help_text="起算日，当日不计")
    limit = serializers.IntegerField()
    unit = serializers.CharField(help_text="wd 工作日、cd 自然日、month 月")


class LimitAnswerOut(serializers.Serializer[Any]):
    due = serializers.DateField()
    is_provisional = serializers.BooleanField()
    left = serializers.IntegerField(help_text="自今日起还有几个工作日")


class LimitViewSet(viewsets.ViewSet):
    """期限计算：自某日起的期限哪日届满。"""

    @extend_schema(parameters=[LimitQuestionIn], responses=LimitAnswerOut)
    def list(self, request: Request) -> Response:
        form = LimitForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(dict(form.errors.get_json_data()))
        found = limit_answer(**form.cleaned_data, today=clock.today(), calendar=working_calendar())
        return Response(LimitAnswerOut(found).data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("plan-use", PlanUseViewSet, basename="plan-use")
    router.register("decompositions", DecompositionViewSet, basename="decomposition")
    router.register("limits", LimitViewSet, basename="limit")
