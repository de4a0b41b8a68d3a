"""The clock's dated settings over the API: lamps, reminders, reasons for pauses."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from deadlines.models import LampSetting, PauseKind, ReminderSetting
from deadlines.setting_services import (
    LONGEST_REMINDER,
    PauseKindFacts,
    set_lamps,
    set_pause_kind,
    set_reminders,
)


class LampOut(serializers.ModelSerializer[LampSetting]):
    class Meta:
        model = LampSetting
        fields = (
            *("id", "effective_from", "amber_share_percent", "amber_most_days", "validity_amber_days"),
            "note",
        )


class LampIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    share_percent = serializers.IntegerField(min_value=0, max_value=100)
    most_days = serializers.IntegerField(min_value=0, max_value=60)
    validity_days = serializers.IntegerField(min_value=0, max_value=LONGEST_REMINDER)
    note = serializers.CharField(max_length=300)


class LampSettingViewSet(mixins.ListModelMixin, GenericViewSet[LampSetting]):
    """灯号阈值，按生效日期。"""

    queryset = LampSetting.objects.none()
    serializer_class = LampOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[LampSetting]:
        return LampSetting.objects.all()

    @extend_schema(request=LampIn, responses={201: LampOut})
    def create(self, request: Request) -> Response:
        """增加一版灯号阈值。"""
        data = _asked(request, LampIn)
        done = set_lamps(**data, actor=actor_of(request), today=clock.today())
        return Response(LampOut(done).data, status=status.HTTP_201_CREATED)


class ReminderOut(serializers.ModelSerializer[ReminderSetting]):
    class Meta:
        model = ReminderSetting
        fields = ("id", "effective_from", "working_days_before", "validity_days_before", "note")


class ReminderIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    working_days_before = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LONGEST_REMINDER), max_length=10
    )
    validity_days_before = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LONGEST_REMINDER), max_length=10
    )
    note = serializers.CharField(max_length=300)


class ReminderSettingViewSet(mixins.ListModelMixin, GenericViewSet[ReminderSetting]):
    """提醒提前量，按生效日期。"""

    queryset = ReminderSetting.objects.none()
    serializer_class = ReminderOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[ReminderSetting]:
        return ReminderSetting.objects.all()

    @extend_schema(request=ReminderIn, responses={201: ReminderOut})
    def create(self, request: Request) -> Response:
        """增加一版提醒提前量。"""
        done = set_reminders(**_asked(request, ReminderIn), actor=actor_of(request))
        return Response(ReminderOut(done).data, status=status.HTTP_201_CREATED)


class PauseKindOut(serializers.ModelSerializer[PauseKind]):
    class Meta:
        model = PauseKind
        fields = (
            *("id", "code", "label", "effective_from", "effective_to", "stops_statutory"),
            *("stops_committed", "side", "usual_days", "usual_number", "evidence_hint", "basis"),
        )


class PauseKindIn(serializers.Serializer[Any]):
    code = serializers.RegexField(r"^[A-Z][A-Z_]{1,29}$")
    effective_from = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    label = serializers.CharField(max_length=30)  # type: ignore[assignment]
    stops_statutory = serializers.BooleanField()
    stops_committed = serializers.BooleanField()
    evidence_hint = serializers.CharField(max_length=100)
    basis = serializers.CharField(max_length=200)
    side = serializers.ChoiceField(choices=PauseKind.Side.choices)
    usual_days = serializers.IntegerField(
        min_value=1, max_value=365, required=False, allow_null=True, default=None
    )
    usual_number = serializers.IntegerField(
        min_value=1, max_value=99, required=False, allow_null=True, default=None
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["stops_statutory"] and not attrs["stops_committed"]:
            raise serializers.ValidationError({"stops_committed": ["至少停止一条线。"]})
        return attrs


class PauseKindViewSet(mixins.ListModelMixin, GenericViewSet[PauseKind]):
    """暂停事由，按代码和生效日期。"""

    queryset = PauseKind.objects.none()
    serializer_class = PauseKindOut
    keyset_order = ("code", "-effective_from")

    def get_queryset(self) -> QuerySet[PauseKind]:
        return PauseKind.objects.all()

    @extend_schema(request=PauseKindIn, responses={201: PauseKindOut})
    def create(self, request: Request) -> Response:
        """增加一种事由，或已有事由的新一版。"""
        given = _asked(request, PauseKindIn)
        code, since, until = given.pop("code"), given.pop("effective_from"), given.pop("ends_on")
        done = set_pause_kind(
            code=code,
            effective_from=since,
            ends_on=until,
            facts=PauseKindFacts(**given),
            actor=actor_of(request),
        )
        return Response(PauseKindOut(done).data, status=status.HTTP_201_CREATED)


def _asked(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The body, well-formed; who may not edit learns no more."""
    require(actor_of(request), Right.EDIT_PERIODS)
    data = shape(data=request.data)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("lamp-settings", LampSettingViewSet, basename="lamp-setting")
    router.register("reminder-settings", ReminderSettingViewSet, basename="reminder-setting")
    router.register("pause-kinds", PauseKindViewSet, basename="pause-kind")
