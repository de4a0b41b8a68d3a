"""报批经费 over the API: budgets, payments, sums, the kinds of fee."""

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
from approvals.fee_selectors import fee_sums
from approvals.fee_views import REGISTER, FeeFilterSet
from approvals.models import Fee, FeeKind, FeePayment
from approvals.register_api import RegisterViewSet, deeds_of
from approvals.services import fees
from core import clock


class FeePaymentOut(serializers.ModelSerializer[FeePayment]):
    class Meta:
        model = FeePayment
        fields = ("number", "amount_yuan", "paid_on", "voucher", "paper", "reverses", "reason")


class FeeOut(serializers.ModelSerializer[Fee]):
    organisation = serializers.CharField(source="project.organisation.code")
    paid_yuan = serializers.DecimalField(source="paid", max_digits=16, decimal_places=2)
    payments = FeePaymentOut(many=True, read_only=True)

    class Meta:
        model = Fee
        fields = (
            *("id", "project", "organisation", "kind", "budget_yuan", "paid_yuan"),
            *("source", "basis", "paper", "payments"),
        )


class FeeNewIn(serializers.Serializer[Any]):
    project = serializers.IntegerField()
    kind = serializers.CharField(max_length=40)
    budget_yuan = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=100, required=False, allow_blank=True
    )
    basis = serializers.CharField(max_length=200, required=False, allow_blank=True)


class FeeDeedIn(serializers.Serializer[Any]):
    """By deed: edit (budget_yuan, source, basis), pay (amount_yuan, paid_on, voucher), reverse (number,
    reason)."""

    budget_yuan = serializers.DecimalField(max_digits=16, decimal_places=2, required=False)
    source = serializers.CharField(max_length=100, required=False)  # type: ignore[assignment]
    basis = serializers.CharField(max_length=200, required=False)
    amount_yuan = serializers.DecimalField(max_digits=16, decimal_places=2, required=False)
    paid_on = serializers.DateField(required=False)
    voucher = serializers.CharField(max_length=100, required=False)
    number = serializers.IntegerField(required=False)
    reason = serializers.CharField(max_length=200, required=False)


class FeeSumOut(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    projects = serializers.IntegerField()
    budget_yuan = serializers.DecimalField(source="budget", max_digits=18, decimal_places=2)
    paid_yuan = serializers.DecimalField(source="paid", max_digits=18, decimal_places=2)
    gap_yuan = serializers.DecimalField(source="gap", max_digits=18, decimal_places=2)


class FeeTotalsOut(serializers.Serializer[Any]):
    units = FeeSumOut(many=True)
    kinds = FeeSumOut(many=True)


class FeeViewSet(RegisterViewSet):
    """报批经费：预算、缴纳和缺口。"""

    register = REGISTER
    queryset = Fee.objects.none()
    serializer_class = FeeOut
    filterset_class = FeeFilterSet

    def get_queryset(self) -> QuerySet[Fee]:
        return super().get_queryset().prefetch_related("payments")

    @extend_schema(request=FeeNewIn)
    def create(self, request: Request) -> Response:
        """登记一项费用的预算。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = FeeNewIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        row = fees.budget_fee(
            actor=actor_of(request),
            project_id=given.pop("project"),
            kind=given.pop("kind"),
            facts=fees.FeeFacts(**given),
            today=clock.today(),
        )
        return Response(self.shown(row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="fees_deed", request=FeeDeedIn)
    @deeds_of(REGISTER)
    def deed(self, request: Request, pk: str, verb: str) -> Response:
        """修改预算、登记缴纳、冲正缴纳。"""
        return self.run(request, verb)

    @extend_schema(responses=FeeTotalsOut, filters=False)
    @action(detail=False, pagination_class=None)
    def totals(self, request: Request) -> Response:
        """按县市、按费用汇总。"""
        units, kinds = fee_sums(actor=actor_of(request))
        return Response(FeeTotalsOut({"units": units, "kinds": kinds}).data)


class FeeKindOut(serializers.ModelSerializer[FeeKind]):
    class Meta:
        model = FeeKind
        fields = ("id", "name", "position", "is_used", "basis", "effective_from")


class FeeKindViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[FeeKind]):
    """报批费用种类，按生效日期。"""

    queryset = FeeKind.objects.none()
    serializer_class = FeeKindOut
    keyset_order = ("position", "name", "-effective_from")

    def get_queryset(self) -> QuerySet[FeeKind]:
        return FeeKind.objects.all()

    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = self.get_serializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = {"position": 1, "is_used": True, **data.validated_data}
        row = fees.set_fee_kind(actor=actor_of(request), **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("fees", FeeViewSet, basename="fee")
    router.register("fee-kinds", FeeKindViewSet, basename="fee-kind")
