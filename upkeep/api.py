"""How the system is, over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from upkeep import selectors, services
from upkeep.health import health_lines
from upkeep.models import MaintenanceNotice, UpkeepRun, UpkeepSetting
from upkeep.services import Intervals


class HealthLineOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    lamp = serializers.CharField(help_text="green、amber、red")
    sentence = serializers.CharField()
    advice = serializers.CharField()


class UpkeepRunOut(serializers.ModelSerializer[UpkeepRun]):
    class Meta:
        model = UpkeepRun
        fields = ("id", "kind", "succeeded", "summary", "facts", "started_at", "ended_at")


class UpkeepRunViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[UpkeepRun]):
    """备份、恢复演练、核对的记录，和系统运行情况。"""

    queryset = UpkeepRun.objects.none()
    serializer_class = UpkeepRunOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[UpkeepRun]:
        require(actor_of(self.request), Right.READ_HEALTH)
        return selectors.upkeep_runs()

    @extend_schema(responses=HealthLineOut(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def health(self, request: Request) -> Response:
        """每一项是否正常，不正常时怎么办。"""
        require(actor_of(request), Right.READ_HEALTH)
        lines = health_lines(now=clock.now(), today=clock.today())
        return Response(HealthLineOut(lines, many=True).data)


class UpkeepSettingOut(serializers.ModelSerializer[UpkeepSetting]):
    class Meta:
        model = UpkeepSetting
        fields = ("id", "effective_from", *Intervals.__dataclass_fields__, "note")


class UpkeepSettingIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    keep_backup_days = serializers.IntegerField(min_value=7, max_value=3_650)
    keep_backup_months = serializers.IntegerField(min_value=1, max_value=3_650)
    backup_every_hours = serializers.IntegerField(min_value=1, max_value=3_650)
    drill_every_days = serializers.IntegerField(min_value=1, max_value=3_650)
    check_every_hours = serializers.IntegerField(min_value=1, max_value=3_650)
    free_disk_percent = serializers.IntegerField(min_value=0, max_value=99)
    queue_minutes = serializers.IntegerField(min_value=1, max_value=3_650)
    note = serializers.CharField(max_length=300)


class UpkeepSettingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[UpkeepSetting]):
    """备份保留和维护间隔，按生效日期。"""

    queryset = UpkeepSetting.objects.none()
    serializer_class = UpkeepSettingOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[UpkeepSetting]:
        require(actor_of(self.request), Right.READ_HEALTH)
        return UpkeepSetting.objects.all()

    @extend_schema(request=UpkeepSettingIn, responses={201: UpkeepSettingOut})
    def create(self, request: Request) -> Response:
        """增加一版维护设置。"""
        require(actor_of(request), Right.EDIT_UPKEEP)
        data = UpkeepSettingIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        row = services.set_upkeep(
            effective_from=given.pop("effective_from"),
            note=given.pop("note"),
            intervals=Intervals(**given),
            actor=actor_of(request),
            today=clock.today(),
        )
        return Response(UpkeepSettingOut(row).data, status=status.HTTP_201_CREATED)


class MaintenanceOut(serializers.ModelSerializer[MaintenanceNotice]):
    class Meta:
        model = MaintenanceNotice
        fields = ("id", "text", "shown_from", "until", "withdrawn_at")


class MaintenanceIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=200)
    shown_from = serializers.DateTimeField()
    until = serializers.DateTimeField()


class MaintenanceViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[MaintenanceNotice]):
    """维护通知：现在每个页面显示的内容；程序在取数前先看一次。"""

    queryset = MaintenanceNotice.objects.none()
    serializer_class = MaintenanceOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[MaintenanceNotice]:
        return selectors.standing_notices(now=clock.now())

    @extend_schema(request=MaintenanceIn, responses={201: MaintenanceOut})
    def create(self, request: Request) -> Response:
        """发布维护通知。"""
        require(actor_of(request), Right.EDIT_UPKEEP)
        data = MaintenanceIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = services.announce_maintenance(**data.validated_data, actor=actor_of(request), now=clock.now())
        return Response(MaintenanceOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=MaintenanceOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """提前撤下维护通知。"""
        require(actor_of(request), Right.EDIT_UPKEEP)
        row = get_object_or_404(MaintenanceNotice, pk=pk)
        done = services.withdraw_maintenance(notice_id=row.pk, actor=actor_of(request), now=clock.now())
        return Response(MaintenanceOut(done).data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("upkeep-runs", UpkeepRunViewSet, basename="upkeep-run")
    router.register("maintenance", MaintenanceViewSet, basename="maintenance")
    router.register("upkeep-settings", UpkeepSettingViewSet, basename="upkeep-setting")
