"""Goals over the API: read with progress and ranking, set, take a table in."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from dispatch.models import Campaign, TargetSetting
from dispatch.selectors.targets import campaign_list, campaign_rows, standing_of
from dispatch.services import targets as services


class ProgressOut(serializers.Serializer[Any]):
    done = serializers.IntegerField(help_text="已完成：平方米或个")
    floor_percent = serializers.DecimalField(max_digits=9, decimal_places=2)
    stretch_percent = serializers.DecimalField(max_digits=9, decimal_places=2)
    elapsed_percent = serializers.DecimalField(
        source="elapsed.percent", max_digits=9, decimal_places=2, help_text="序时进度"
    )
    lag = serializers.DecimalField(max_digits=9, decimal_places=2, help_text="落后序时（百分点）")
    forecast = serializers.IntegerField(allow_null=True, help_text="预计期末")
    missing = serializers.IntegerField(help_text="距保底")
    lamp = serializers.CharField()


class CampaignOut(serializers.ModelSerializer[Campaign]):
    class Meta:
        model = Campaign
        fields = (
            *("id", "name", "first_on", "last_on", "measure", "list_category", "floor", "stretch"),
            *("visits_each", "basis"),
        )


class CampaignIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    first_on = serializers.DateField()
    last_on = serializers.DateField()
    measure = serializers.ChoiceField(choices=Campaign.Measure.choices)
    list_category = serializers.CharField(max_length=20, required=False, allow_blank=True)
    floor = serializers.IntegerField(min_value=1, help_text="平方米或个")
    stretch = serializers.IntegerField(min_value=1)
    visits_each = serializers.IntegerField(min_value=0, max_value=100, required=False)
    basis = serializers.CharField(max_length=300, required=False, allow_blank=True)


class TargetRowOut(serializers.Serializer[Any]):
    place = serializers.IntegerField(allow_null=True)
    area = serializers.CharField(source="row.area_name")
    organisation = serializers.CharField(source="row.organisation.code", default=None)
    target_m2 = serializers.IntegerField()
    done_m2 = serializers.IntegerField(source="done.m2")
    done_count = serializers.IntegerField(source="done.count")
    progress = ProgressOut(allow_null=True)


class SumCheckOut(serializers.Serializer[Any]):
    column = serializers.CharField(source="label")
    printed = serializers.DecimalField(max_digits=14, decimal_places=6)
    computed = serializers.DecimalField(max_digits=14, decimal_places=6)
    difference = serializers.DecimalField(max_digits=14, decimal_places=6)
    agreement = serializers.CharField(source="agreement.label")
    is_within = serializers.BooleanField(help_text="在容差以内")


class CampaignStandingOut(serializers.Serializer[Any]):
    progress = ProgressOut()
    rows = TargetRowOut(many=True)
    sums = SumCheckOut(many=True)
    rows_off = SumCheckOut(many=True)


class TableIn(serializers.Serializer[Any]):
    file = serializers.FileField()
    has_seen_differences = serializers.BooleanField(default=False)


def _standing(actor: User, campaign: Campaign) -> Any:
    today = clock.today()
    [row] = campaign_rows(actor=actor, campaigns=[campaign], today=today)
    found = standing_of(actor=actor, campaign=campaign, today=today)
    answer = {
        "progress": row.progress,
        "rows": found.ranked if found else [],
        "sums": found.sums if found else [],
        "rows_off": found.rows_off if found else [],
    }
    return CampaignStandingOut(answer).data


class CampaignViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Campaign]):
    """用地目标：保底和冲刺。"""

    serializer_class = CampaignOut
    queryset = Campaign.objects.none()
    keyset_order = ("-last_on", "-id")

    def get_queryset(self) -> QuerySet[Campaign]:
        require(actor_of(self.request), Right.READ_OVERVIEW)
        return campaign_list(actor=actor_of(self.request))

    @extend_schema(request=CampaignIn, responses={201: CampaignOut})
    def create(self, request: Request) -> Response:
        """设定目标。"""
        actor = actor_of(request)
        require(actor, Right.SET_TARGETS)
        data = CampaignIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = services.set_campaign(actor=actor, facts=services.CampaignFacts(**data.validated_data))
        return Response(CampaignOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=CampaignStandingOut)
    @action(detail=True)
    def standing(self, request: Request, pk: str) -> Response:
        """进度、地区排名和合计核对。"""
        return Response(_standing(actor_of(request), self.get_object()))

    @extend_schema(request={"multipart/form-data": TableIn}, responses={201: CampaignStandingOut})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, JSONParser])
    def table(self, request: Request, pk: str) -> Response:
        """导入目标分解表；合计有差异时须说明已核对。"""
        actor, campaign = actor_of(request), self.get_object()
        require(actor, Right.SET_TARGETS)
        data = TableIn(data=request.data)
        data.is_valid(raise_exception=True)
        file, today = data.validated_data["file"], clock.today()
        draft = services.stage_table(
            actor=actor, campaign=campaign, filename=file.name, content=file.read(), today=today
        )
        seen = data.validated_data["has_seen_differences"]
        services.import_table(actor=actor, draft_id=draft.pk, today=today, has_seen_differences=seen)
        return Response(_standing(actor, campaign), status=status.HTTP_201_CREATED)


class TargetSettingOut(serializers.ModelSerializer[TargetSetting]):
    class Meta:
        model = TargetSetting
        fields = ("id", "effective_from", "amber_points", "red_points", "tolerance", "note")


class TargetSettingIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    amber_points = serializers.IntegerField(min_value=0, max_value=100)
    red_points = serializers.IntegerField(min_value=0, max_value=100)
    tolerance = serializers.DecimalField(max_digits=6, decimal_places=4, min_value=0)
    note = serializers.CharField(max_length=300)


class TargetSettingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[TargetSetting]):
    """目标灯号界限和合计容差，按生效日期。"""

    serializer_class = TargetSettingOut
    queryset = TargetSetting.objects.none()
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[TargetSetting]:
        return TargetSetting.objects.all()

    @extend_schema(request=TargetSettingIn, responses={201: TargetSettingOut})
    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.SET_TARGETS)
        data = TargetSettingIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = services.set_target_setting(actor=actor_of(request), **data.validated_data)
        return Response(TargetSettingOut(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("targets", CampaignViewSet, basename="target")
    router.register("target-settings", TargetSettingViewSet, basename="target-setting")
