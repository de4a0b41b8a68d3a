"""The review of thrifty use over the API, and the land standards."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.models import LandStandard, LandThrift
from approvals.register_api import RegisterViewSet, deeds_of
from approvals.services import thrift
from approvals.thrift_selectors import thrift_reader
from approvals.thrift_views import REGISTER, ThriftFilterSet
from core import clock


class ThriftLineOut(serializers.Serializer[Any]):
    """One standard and what was measured."""

    measure = serializers.CharField(source="finding.standard.measure")
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.DecimalField(source="finding.value", max_digits=14, decimal_places=2, allow_null=True)
    least = serializers.DecimalField(
        source="finding.standard.least", max_digits=12, decimal_places=2, allow_null=True
    )
    most = serializers.DecimalField(
        source="finding.standard.most", max_digits=12, decimal_places=2, allow_null=True
    )
    verdict = serializers.CharField(source="finding.verdict.value")


class ThriftOut(serializers.ModelSerializer[LandThrift]):
    verdict = serializers.CharField(read_only=True)
    lines = ThriftLineOut(many=True, read_only=True)

    class Meta:
        model = LandThrift
        fields = ("id", "project", *thrift.ThriftFacts.__dataclass_fields__, "paper", "verdict", "lines")

    def to_representation(self, instance: LandThrift) -> dict[str, Any]:
        reading = self.context["read"](instance)
        extra: Any = instance
        extra.verdict, extra.lines = reading.verdict.value, reading.lines
        return super().to_representation(instance)


class ThriftIn(serializers.Serializer[Any]):
    """Areas in m²; `investment_yuan` empty takes the project's total investment."""

    use = serializers.CharField(max_length=40)
    investment_yuan = serializers.DecimalField(
        max_digits=18, decimal_places=2, required=False, allow_null=True, min_value=0
    )
    floor_area_m2 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    counted_floor_m2 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    base_m2 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    green_m2 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    office_m2 = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ThriftNewIn(ThriftIn):
    project = serializers.IntegerField()


class ThriftViewSet(RegisterViewSet):
    """节约集约审查：项目指标与用地标准对照。"""

    register = REGISTER
    queryset = LandThrift.objects.none()
    serializer_class = ThriftOut
    filterset_class = ThriftFilterSet

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "read": thrift_reader(clock.today())}

    @extend_schema(request=ThriftNewIn)
    def create(self, request: Request) -> Response:
        """登记。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = ThriftNewIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        row = thrift.state_thrift(
            actor=actor_of(request),
            project_id=given.pop("project"),
            facts=thrift.ThriftFacts(**given),
            today=clock.today(),
        )
        return Response(self.shown(row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="thrifts_deed", request=ThriftIn)
    @deeds_of(REGISTER)
    def deed(self, request: Request, pk: str, verb: str) -> Response:
        """修改。"""
        return self.run(request, verb)


class LandStandardOut(serializers.ModelSerializer[LandStandard]):
    class Meta:
        model = LandStandard
        fields = ("id", "use", "measure", "least", "most", "basis", "effective_from")


class LandStandardViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[LandStandard]):
    """用地标准及其历史版本。"""

    queryset = LandStandard.objects.order_by("id")
    serializer_class = LandStandardOut
    keyset_order = ("id",)

    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = self.get_serializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = {"least": None, "most": None, **data.validated_data}
        row = thrift.set_standard(actor=actor_of(request), **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("thrifts", ThriftViewSet, basename="thrift")
    router.register("land-standards", LandStandardViewSet, basename="land-standard")
