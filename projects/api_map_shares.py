"""The register of shared map layers, and how boundaries are compared, over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from projects.filters_map_shares import MapShareFilterSet
from projects.models import BoundarySetting, MapShare, MapShareQuerySet
from projects.selectors.boundaries import boundary_setting_list, share_list
from projects.services.boundaries import revise_boundary_setting
from projects.siting_forms import BoundarySettingForm


class MapShareOut(serializers.ModelSerializer[MapShare]):
    project_name = serializers.CharField(source="project.name")
    thing = serializers.CharField()
    receiver = serializers.CharField(source="receiver.code")
    receiver_name = serializers.CharField(source="receiver.name")
    entered_by = serializers.CharField(source="entered_by.label")

    class Meta:
        model = MapShare
        fields = [
            *("id", "project", "project_name", "boundary", "layer", "thing", "receiver", "receiver_name"),
            *("format", "way", "purpose", "shared_on", "paper", "entered_by", "entered_at"),
        ]


class MapShareViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[MapShare]):
    """一张图共享登记：哪个单位得到哪个图层或红线。登记用 /sitings/{项目}/share/。"""

    serializer_class = MapShareOut
    filterset_class = MapShareFilterSet
    queryset = MapShare.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> MapShareQuerySet:
        return share_list(actor=actor_of(self.request))


class BoundarySettingOut(serializers.ModelSerializer[BoundarySetting]):
    class Meta:
        model = BoundarySetting
        fields = ["id", "effective_from", "tolerance_percent", "west", "south", "east", "north", "note"]


class BoundarySettingIn(serializers.Serializer[Any]):
    tolerance_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    west = serializers.DecimalField(max_digits=9, decimal_places=6)
    south = serializers.DecimalField(max_digits=8, decimal_places=6)
    east = serializers.DecimalField(max_digits=9, decimal_places=6)
    north = serializers.DecimalField(max_digits=8, decimal_places=6)
    note = serializers.CharField(max_length=200, allow_blank=True, default="")
    effective_from = serializers.DateField()


class BoundarySettingViewSet(viewsets.ViewSet):
    """红线核对口径：面积允许相差多少、坐标应在的范围，按生效日期。"""

    queryset = BoundarySetting.objects.none()

    @extend_schema(responses=BoundarySettingOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(BoundarySettingOut(boundary_setting_list(actor=actor_of(request)), many=True).data)

    @extend_schema(request=BoundarySettingIn, responses={201: BoundarySettingOut})
    def create(self, request: Request) -> Response:
        """自某日起适用新的口径。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        form = BoundarySettingForm(request.data)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(error) for error in errors] for name, errors in form.errors.items()}
            )
        row = revise_boundary_setting(
            actor=actor, values=form.values(), effective_from=form.cleaned_data["effective_from"]
        )
        return Response(BoundarySettingOut(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("map-shares", MapShareViewSet, basename="map-share")
    router.register("boundary-settings", BoundarySettingViewSet, basename="boundary-setting")
