"""How the system is, over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
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
from upkeep.models import UpkeepRun, UpkeepSetting
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


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("upkeep-runs", UpkeepRunViewSet, basename="upkeep-run")
    router.register("upkeep-settings", UpkeepSettingViewSet, basename="upkeep-setting")
