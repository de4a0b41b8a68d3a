"""Supplied land over the API: parcels, what is recorded on them, whether they lie idle."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals import rules
from approvals.models import IdleLandSetting, Patrol, Supply, SupplyPayment
from approvals.register_api import RegisterViewSet, deeds_of
from approvals.services import supply
from approvals.supply_selectors import idle_setting, idle_terms, read_supply
from approvals.supply_views import REGISTER, SupplyFilterSet
from core import clock


class SupplyPaymentOut(serializers.ModelSerializer[SupplyPayment]):
    class Meta:
        model = SupplyPayment
        fields = ["number", "amount_yuan", "due_on", "paid_on", "voucher"]


class PatrolOut(serializers.ModelSerializer[Patrol]):
    class Meta:
        model = Patrol
        fields = [
            *("seen_on", "finding", "started_on", "developed_m2", "invested_yuan", "stopped_on"),
            *("cause", "paper"),
        ]


class IdleOut(serializers.Serializer[Any]):
    """Whether the parcel lies idle today, and what follows; `fee_yuan` at most."""

    state = serializers.ChoiceField(choices=[(state.value, state.label) for state in rules.IdleState])
    sentence = serializers.CharField()
    idle_from = serializers.DateField(allow_null=True)
    recoverable_from = serializers.DateField(allow_null=True)
    fee_yuan = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    is_alarm = serializers.BooleanField()


class SupplyOut(serializers.ModelSerializer[Supply]):
    payments = SupplyPaymentOut(many=True)
    patrols = PatrolOut(many=True)
    idle = IdleOut(read_only=True)

    class Meta:
        model = Supply
        fields = [
            *("id", "project", "parcel", "way", "is_standard_land", "is_flexible", "plan_year", "area_m2"),
            *("use", "surveyed_on", "cleared_on", "appraised_on", "user_name", "contract_no"),
            *("supervision_no", "signed_on", "price_yuan", "investment_yuan", "term_years", "start_by"),
            *("finish_by", "started_on", "finished_on", "paper", "document", "payments", "patrols", "idle"),
        ]

    def to_representation(self, instance: Supply) -> dict[str, Any]:
        extra: Any = instance
        extra.idle = read_supply(instance, terms=self.context["terms"], today=clock.today()).idle
        return super().to_representation(instance)


class ParcelIn(serializers.Serializer[Any]):
    """A new parcel; `area_m2` in whole m²."""

    project = serializers.IntegerField()
    parcel = serializers.CharField(max_length=100)
    way = serializers.ChoiceField(choices=Supply.Way.choices)
    area_m2 = serializers.IntegerField(min_value=1)
    use = serializers.CharField(max_length=60)
    is_standard_land = serializers.BooleanField(required=False, default=False)
    is_flexible = serializers.BooleanField(required=False, default=False)
    plan_year = serializers.IntegerField(
        min_value=2000, max_value=2100, required=False, allow_null=True, default=None
    )
    surveyed_on = serializers.DateField(required=False, allow_null=True, default=None)
    cleared_on = serializers.DateField(required=False, allow_null=True, default=None)
    appraised_on = serializers.DateField(required=False, allow_null=True, default=None)


class SupplyDeedIn(serializers.Serializer[Any]):
    """What is recorded. Each verb takes its own of these fields, as its page does; `file` by multipart.

    contract: signed_on, contract_no, supervision_no, user_name, price_yuan, investment_yuan,
    term_years, start_by, finish_by. due: amount_yuan, due_on. pay: number, paid_on, voucher.
    patrol: seen_on, finding, started_on, developed (公顷), invested_yuan, stopped_on, cause,
    finished_on. edit: the fields of a new parcel, `area` in 公顷.
    """

    signed_on = serializers.DateField(required=False)
    contract_no = serializers.CharField(required=False)
    supervision_no = serializers.CharField(required=False)
    user_name = serializers.CharField(required=False)
    price_yuan = serializers.DecimalField(max_digits=16, decimal_places=2, required=False)
    investment_yuan = serializers.DecimalField(max_digits=18, decimal_places=2, required=False)
    term_years = serializers.IntegerField(required=False)
    start_by = serializers.DateField(required=False)
    finish_by = serializers.DateField(required=False)
    amount_yuan = serializers.DecimalField(max_digits=16, decimal_places=2, required=False)
    due_on = serializers.DateField(required=False)
    number = serializers.IntegerField(required=False)
    paid_on = serializers.DateField(required=False)
    voucher = serializers.CharField(required=False)
    seen_on = serializers.DateField(required=False)
    finding = serializers.CharField(required=False)
    started_on = serializers.DateField(required=False)
    developed = serializers.DecimalField(max_digits=14, decimal_places=4, required=False)
    invested_yuan = serializers.DecimalField(max_digits=18, decimal_places=2, required=False)
    stopped_on = serializers.DateField(required=False)
    cause = serializers.CharField(required=False)
    finished_on = serializers.DateField(required=False)
    parcel = serializers.CharField(required=False)
    way = serializers.CharField(required=False)
    area = serializers.DecimalField(max_digits=14, decimal_places=4, required=False)
    use = serializers.CharField(required=False)
    is_standard_land = serializers.BooleanField(required=False)
    is_flexible = serializers.BooleanField(required=False)
    plan_year = serializers.IntegerField(required=False)
    surveyed_on = serializers.DateField(required=False)
    cleared_on = serializers.DateField(required=False)
    appraised_on = serializers.DateField(required=False)
    file = serializers.FileField(required=False)


class SupplyViewSet(RegisterViewSet):
    """供地：地块、合同、价款、巡查、闲置预警。"""

    register = REGISTER
    queryset = Supply.objects.none()
    serializer_class = SupplyOut
    filterset_class = SupplyFilterSet

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "terms": idle_terms(clock.today())}

    @extend_schema(request=ParcelIn)
    def create(self, request: Request) -> Response:
        """登记地块。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = ParcelIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        project_id = given.pop("project")
        row = supply.plan_supply(
            actor=actor_of(request),
            project_id=project_id,
            plan=supply.ParcelPlan(**given),
            today=clock.today(),
        )
        return Response(self.shown(row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="supplies_deed",
        request={"application/json": SupplyDeedIn, "multipart/form-data": SupplyDeedIn},
    )
    @deeds_of(REGISTER)
    def deed(self, request: Request, pk: str, verb: str) -> Response:
        """登记一项；各动作的字段与页面表单相同。"""
        return self.run(request, verb)


class IdleSettingOut(serializers.ModelSerializer[IdleLandSetting]):
    class Meta:
        model = IdleLandSetting
        fields = ["effective_from", *supply.IdleTermsGiven.__dataclass_fields__]


class IdleSettingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[IdleLandSetting]):
    """闲置土地认定标准及其历史版本。"""

    queryset = IdleLandSetting.objects.order_by("id")
    serializer_class = IdleSettingOut
    keyset_order = ("id",)

    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = self.get_serializer(data=request.data)
        data.is_valid(raise_exception=True)
        now = idle_setting(clock.today())
        given = dict(data.validated_data)
        effective_from = given.pop("effective_from")
        kept = {name: getattr(now, name) for name in supply.IdleTermsGiven.__dataclass_fields__} | given
        row = supply.set_idle_terms(
            actor=actor_of(request), effective_from=effective_from, terms=supply.IdleTermsGiven(**kept)
        )
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("supplies", SupplyViewSet, basename="supply")
    router.register("idle-settings", IdleSettingViewSet, basename="idle-setting")
