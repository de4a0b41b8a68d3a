"""The procedure's own periods over the API."""

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
from approvals.models import HandlingSetting
from approvals.services.periods import Periods, set_periods


class HandlingOut(serializers.ModelSerializer[HandlingSetting]):
    class Meta:
        model = HandlingSetting
        fields = (
            *("id", "effective_from", "missing_papers_days", "notice_days", "joint_days"),
            *("joint_extension_days", "assumed_days", "late_entry_days", "note"),
        )


class HandlingIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    missing_papers_days = serializers.IntegerField(min_value=0, max_value=365)
    notice_days = serializers.IntegerField(min_value=0, max_value=365)
    joint_days = serializers.IntegerField(min_value=0, max_value=365)
    joint_extension_days = serializers.IntegerField(min_value=0, max_value=365)
    assumed_days = serializers.IntegerField(min_value=0, max_value=365)
    late_entry_days = serializers.IntegerField(min_value=0, max_value=365)
    note = serializers.CharField(max_length=300)


class HandlingSettingViewSet(mixins.ListModelMixin, GenericViewSet[HandlingSetting]):
    """办理期间，单位均为工作日，按生效日期。"""

    queryset = HandlingSetting.objects.none()
    serializer_class = HandlingOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[HandlingSetting]:
        return HandlingSetting.objects.all()

    @extend_schema(request=HandlingIn, responses={201: HandlingOut})
    def create(self, request: Request) -> Response:
        """增加一版办理期间；已开始的期间不变。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = HandlingIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        done = set_periods(
            effective_from=given.pop("effective_from"),
            note=given.pop("note"),
            periods=Periods(**given),
            actor=actor_of(request),
        )
        return Response(HandlingOut(done).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("handling-settings", HandlingSettingViewSet, basename="handling-setting")
