"""Weekly rounds and ledgers over the API: freeze, ask for one's own, read, download."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from core import clock
from deadlines.selectors import working_calendar
from dispatch.downloads import ledger_response
from dispatch.filters import LedgerFilter, RoundFilter
from dispatch.forms import period_of_text
from dispatch.models import LedgerSnapshot, Round
from dispatch.rules.periods import Period
from dispatch.selectors import ledgers as selectors
from dispatch.services import rounds
from jobs import broker


class RoundOut(serializers.ModelSerializer[Round]):
    label = serializers.CharField(source="period.label", read_only=True)  # type: ignore[assignment]
    frozen_by = serializers.CharField(source="frozen_by.label", read_only=True, default=None)

    class Meta:
        model = Round
        fields = [
            "id",
            "kind",
            "year",
            "number",
            "label",
            "due_on",
            "closes_on",
            "version",
            "frozen_at",
            "frozen_by",
            "frozen_by_schedule",
        ]


class PeriodField(serializers.CharField):
    """A period written 2026-W47, 2026-M11, 2026-Q4 or 2026-Y."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return period_of_text(super().to_internal_value(data))
        except forms.ValidationError as error:
            raise serializers.ValidationError(error.messages) from error


class PeriodIn(serializers.Serializer[Any]):
    period = PeriodField(help_text="期次，如 2026-W47、2026-M11、2026-Q4、2026-Y")


class UnitPeriodIn(PeriodIn):
    organisation = serializers.CharField(max_length=30, help_text="县市或园区代码")


class RoundReopenIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    closes_on = serializers.DateField(help_text="重新截止日")


class JobRefOut(serializers.Serializer[Any]):
    job = serializers.IntegerField(source="pk", help_text="后台任务编号，进度见 /jobs/{id}/")
    state = serializers.CharField()


class RoundViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Round]):
    """调度：查看、定稿、重新打开。"""

    serializer_class = RoundOut
    filterset_class = RoundFilter
    queryset = Round.objects.none()
    keyset_order = ("-year", "-number", "-id")

    def get_queryset(self) -> QuerySet[Round]:
        require(actor_of(self.request), Right.READ_LEDGERS)
        return selectors.round_list()

    @extend_schema(request=PeriodIn, responses={202: JobRefOut})
    @action(detail=False, methods=["post"])
    def freeze(self, request: Request) -> Response:
        """定稿一期：后台生成全州台账，完成即定稿，不再变动。"""
        require(actor_of(request), Right.FREEZE_ROUND)
        data = PeriodIn(data=request.data)
        data.is_valid(raise_exception=True)
        job = rounds.freeze_round(
            period=data.validated_data["period"],
            actor=actor_of(request),
            today=clock.today(),
            calendar=working_calendar(),
            now=clock.now(),
        )
        broker.wake()
        return Response(JobRefOut(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=RoundReopenIn, responses={200: RoundOut})
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """重新打开已定稿的一期：原台账保留，重新定稿成为新版。"""
        require(actor_of(request), Right.FREEZE_ROUND)
        data = RoundReopenIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = rounds.reopen_round(
            round_id=self.get_object().pk,
            **data.validated_data,
            actor=actor_of(request),
            today=clock.today(),
            now=clock.now(),
        )
        return Response(RoundOut(done).data)


class LedgerOut(serializers.ModelSerializer[LedgerSnapshot]):
    period = serializers.CharField(source="round.period", read_only=True)
    organisation = serializers.CharField(source="organisation.code", read_only=True)

    class Meta:
        model = LedgerSnapshot
        fields = [
            "id",
            "round",
            "period",
            "organisation",
            "version",
            "taken_on",
            "row_count",
            "totals",
            "filename",
            "sha256",
            "created_at",
        ]


class LedgerDetailOut(LedgerOut):
    class Meta(LedgerOut.Meta):
        fields = [*LedgerOut.Meta.fields, "columns", "rows"]


class LedgerViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[LedgerSnapshot]
):
    """台账：查看、下载、生成本单位台账。"""

    serializer_class = LedgerOut
    filterset_class = LedgerFilter
    queryset = LedgerSnapshot.objects.none()

    def get_queryset(self) -> QuerySet[LedgerSnapshot]:
        require(actor_of(self.request), Right.READ_LEDGERS)
        return selectors.ledger_list(actor=actor_of(self.request))

    def get_serializer_class(self) -> type[serializers.BaseSerializer[LedgerSnapshot]]:
        return LedgerDetailOut if self.action == "retrieve" else LedgerOut

    @extend_schema(request=UnitPeriodIn, responses={202: JobRefOut})
    def create(self, request: Request) -> Response:
        """生成一个县市或园区的台账（取自已定稿的全州台账）。"""
        require(actor_of(request), Right.READ_LEDGERS)
        data = UnitPeriodIn(data=request.data)
        data.is_valid(raise_exception=True)
        period: Period = data.validated_data["period"]
        try:
            job = rounds.request_ledger(
                period=period,
                organisation_code=data.validated_data["organisation"],
                actor=actor_of(request),
                now=clock.now(),
            )
        except Organisation.DoesNotExist as unseen:
            raise Http404 from unseen
        broker.wake()
        return Response(JobRefOut(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.BINARY)})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """下载定稿的 Excel 文件。"""
        return ledger_response(self.get_object(), actor=actor_of(request))


def register(router: BaseRouter) -> None:
    router.register("rounds", RoundViewSet, basename="round")
    router.register("ledgers", LedgerViewSet, basename="ledger")
