"""The dashboard, my work, the leader's page and the list of promises over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from deadlines.models import Deadline
from desk.deadline_question import ORDERS, read_deadlines
from desk.deadline_rows import read_rows
from desk.leader import leader_page
from desk.my_work import my_work
from desk.overview import overview
from desk.overview_form import OverviewForm


class FigureOut(serializers.Serializer[Any]):
    """A key figure with the address of its rows."""

    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    unit = serializers.CharField()
    note = serializers.CharField()
    lamp = serializers.CharField()
    url = serializers.CharField()


class ObligationOut(serializers.Serializer[Any]):
    """One promise as the lists of the desk show it."""

    id = serializers.IntegerField(source="deadline.pk")
    project = serializers.IntegerField(source="deadline.project_id", allow_null=True)
    project_name = serializers.CharField(source="deadline.project_name")
    subject = serializers.CharField(source="deadline.subject_label")
    stage = serializers.CharField(source="deadline.stage")
    organisation = serializers.CharField(source="deadline.scope_organisation.code")
    holder_organisation = serializers.CharField(source="deadline.holder_organisation.code")
    holder = serializers.CharField()
    due_on = serializers.DateField(source="deadline.due_on", allow_null=True)
    lamp = serializers.CharField(source="lamp.value")
    word = serializers.CharField()
    conclusion = serializers.CharField()


class HeatCellOut(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    red = serializers.IntegerField(help_text="其中逾期")
    url = serializers.CharField()


class HeatRowOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    cells = HeatCellOut(many=True)
    total = HeatCellOut()


class HeatOut(serializers.Serializer[Any]):
    columns = serializers.ListField(child=serializers.CharField())
    rows = HeatRowOut(many=True)
    totals = HeatCellOut(many=True)
    total = HeatCellOut()


class WeekOut(serializers.Serializer[Any]):
    week = serializers.CharField()
    accepted = serializers.IntegerField()
    decided = serializers.IntegerField()
    late = serializers.IntegerField(help_text="期末逾期")
    accepted_url = serializers.CharField()
    decided_url = serializers.CharField()
    late_url = serializers.CharField()


class PoolBarOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    lamp = serializers.CharField()
    unit = serializers.CharField()
    total = serializers.CharField()
    used = serializers.CharField()
    held = serializers.CharField()
    left = serializers.CharField()
    occupied_percent = serializers.CharField()
    url = serializers.CharField()


class GoalOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="row.campaign.name")
    unit = serializers.CharField(source="unit_label")
    done = serializers.CharField()
    floor = serializers.CharField()
    stretch = serializers.CharField()
    forecast = serializers.CharField()
    url = serializers.CharField(source="rows_url")


class OverviewOut(serializers.Serializer[Any]):
    today = serializers.DateField(help_text="数据日期")
    week = serializers.CharField()
    frozen = serializers.CharField(source="frozen.key", default=None, help_text="定稿期次；实时为空")
    kpis = FigureOut(many=True)
    heat = HeatOut()
    validity = FigureOut()
    urgent = ObligationOut(many=True)
    urgent_total = serializers.IntegerField()
    weeks = WeekOut(many=True)
    pools = PoolBarOut(many=True)
    goals = GoalOut(many=True)


def _words(*names: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, str, required=False) for name in names]


class OverviewViewSet(viewsets.ViewSet):
    """领导总览：可按清单年度、县市、级别和定稿期次。"""

    @extend_schema(responses=OverviewOut, parameters=_words("year", "unit", "level", "round"))
    def list(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.READ_OVERVIEW)
        form = OverviewForm(request.query_params, actor=actor)
        if not form.is_valid():
            raise ValidationError(dict(form.errors.get_json_data()))
        page = overview(actor=actor, today=clock.today(), asked=form.asked, frozen=form.frozen)
        return Response(OverviewOut(page).data)


class WaitingThingOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()
    note = serializers.CharField()
    url = serializers.CharField()


class MyWorkOut(serializers.Serializer[Any]):
    today = serializers.DateField()
    reach = serializers.CharField(source="reach.value", help_text="me、unit 或 all：列的是谁的事项")
    number = serializers.IntegerField()
    kpis = FigureOut(many=True)
    rows = ObligationOut(many=True)
    waiting = WaitingThingOut(many=True)
    others = ObligationOut(many=True, help_text="等其他单位")
    others_number = serializers.IntegerField()
    arrived = ObligationOut(many=True, help_text="新到")
    arrived_number = serializers.IntegerField()


class MyWorkViewSet(viewsets.ViewSet):
    """我的工作台。"""

    @extend_schema(responses=MyWorkOut)
    def list(self, request: Request) -> Response:
        return Response(MyWorkOut(my_work(actor=actor_of(request), today=clock.today())).data)


class LeaderCountyOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    office = serializers.CharField()
    open = serializers.IntegerField()
    red = serializers.IntegerField()
    amber = serializers.IntegerField()
    url = serializers.CharField()


class LeaderProjectOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="project.pk")
    name = serializers.CharField(source="project.name")
    lamp = serializers.CharField(source="lamp.value")
    stage = serializers.CharField()
    holder = serializers.CharField()


class LeaderVisitOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    visited_on = serializers.DateField()
    organisation = serializers.CharField(source="organisation.code")
    topic = serializers.CharField()


class LeaderOut(serializers.Serializer[Any]):
    posts = serializers.ListField(child=serializers.CharField())
    counties = LeaderCountyOut(many=True)
    projects = LeaderProjectOut(many=True)
    visits = LeaderVisitOut(many=True)
    visited = serializers.IntegerField()
    visits_due = serializers.IntegerField()


class LeaderViewSet(viewsets.ViewSet):
    """我联系的县市、项目和督导。"""

    @extend_schema(responses=LeaderOut)
    def list(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.READ_OVERVIEW)
        return Response(LeaderOut(leader_page(actor=actor, today=clock.today())).data)


class ObligationViewSet(viewsets.GenericViewSet[Deadline]):
    """期限清单：总览每个数字所指的事项，筛选参数与页面相同。"""

    queryset = Deadline.objects.none()
    serializer_class = ObligationOut
    filterset_class = None

    @extend_schema(
        parameters=[
            *_words("q", "unit", "stage", "holder", "year", "level", "due", "role", "arrived"),
            OpenApiParameter("lamp", str, required=False, many=True),
            *_words("on", "started", "closed", "late_on"),
            OpenApiParameter("sort", str, required=False, enum=list(ORDERS)),
        ],
        responses=ObligationOut(many=True),
    )
    def list(self, request: Request) -> Response:
        today = clock.today()
        asked = read_deadlines(request.query_params, actor=actor_of(request), today=today)
        if asked.filterset.errors:
            raise ValidationError(asked.filterset.errors)
        self.keyset_order = asked.order
        page = self.paginate_queryset(asked.rows) or []
        return self.get_paginated_response(ObligationOut(read_rows(page, today=today), many=True).data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("overview", OverviewViewSet, basename="overview")
    router.register("my-work", MyWorkViewSet, basename="my-work")
    router.register("leader", LeaderViewSet, basename="leader")
    router.register("obligations", ObligationViewSet, basename="obligation")
