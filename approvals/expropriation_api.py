"""Expropriation over the API: the records, what is recorded on them, the three standards."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from approvals.expropriation_selectors import rate_list, read_expropriation
from approvals.expropriation_views import REGISTER, ExpropriationFilterSet
from approvals.models import (
    CompensationRate,
    Expropriation,
    ExpropriationAct,
    ExpropriationCount,
    FundEntry,
    FundItem,
)
from approvals.register_api import RegisterViewSet, deeds_of
from approvals.services import expropriation
from core import clock
from deadlines.selectors import working_calendar


class ExpropriationActOut(serializers.ModelSerializer[ExpropriationAct]):
    class Meta:
        model = ExpropriationAct
        fields = ["kind", "occurred_on", "number", "risk", "note", "paper", "entered_at"]


class HouseholdsOut(serializers.ModelSerializer[ExpropriationCount]):
    class Meta:
        model = ExpropriationCount
        fields = ["counted_on", "households", "signed", "paid", "unsigned_note"]


class FundEntryOut(serializers.ModelSerializer[FundEntry]):
    class Meta:
        model = FundEntry
        fields = ["kind", "item", "amount_yuan", "occurred_on", "is_separate", "voucher", "note", "paper"]


class DepositOut(serializers.Serializer[Any]):
    """足额预存 of one record, in yuan; `problems` in words."""

    due_yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    deposited_yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    paid_yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    missing_yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    is_sufficient = serializers.BooleanField()
    problems = serializers.ListField(child=serializers.CharField())


class ExpropriationOut(serializers.ModelSerializer[Expropriation]):
    """A record as it stands: acts, next possible acts, households, money."""

    reason = serializers.CharField(source="reason.code")
    acts = ExpropriationActOut(many=True)
    counts = HouseholdsOut(many=True)
    funds = FundEntryOut(many=True)
    next_acts = serializers.ListField(child=serializers.CharField(), read_only=True)
    signing_rate = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True, read_only=True)
    deposit = DepositOut(read_only=True)

    class Meta:
        model = Expropriation
        fields = [
            *("id", "project", "collective", "area_m2", "reason", "reason_note", "scheme_no"),
            *("authority_kind", "authority", "authorisation_no", "households", "separate_account"),
            *("acts", "next_acts", "counts", "signing_rate", "funds", "deposit"),
        ]

    def to_representation(self, instance: Expropriation) -> dict[str, Any]:
        reading = read_expropriation(instance, calendar=self.context["calendar"], today=clock.today())
        extra: Any = instance
        extra.next_acts = [row.kind for row in reading.course if row.is_next]
        extra.signing_rate = reading.signing_rate
        extra.deposit = reading.funds
        return super().to_representation(instance)


class ExpropriationIn(serializers.Serializer[Any]):
    """A new record; `area_m2` in whole m²."""

    project = serializers.IntegerField()
    collective = serializers.CharField(max_length=120)
    area_m2 = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=10)
    authority_kind = serializers.ChoiceField(choices=Expropriation.Authority.choices)
    authority = serializers.CharField(max_length=100)
    reason_note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    scheme_no = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    authorisation_no = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    households = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)
    separate_account = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class DeedIn(serializers.Serializer[Any]):
    """What is recorded. Each verb takes its own of these fields, as its page does; `file` by multipart.

    act: kind, occurred_on, number, risk, note. count: counted_on, households, signed, paid,
    unsigned_note. fund: kind, item, amount_yuan, occurred_on, is_separate, voucher, note. edit: the
    fields of a new record, `area` in 公顷.
    """

    kind = serializers.CharField(required=False)
    occurred_on = serializers.DateField(required=False)
    number = serializers.CharField(required=False)
    risk = serializers.CharField(required=False)
    note = serializers.CharField(required=False)
    counted_on = serializers.DateField(required=False)
    households = serializers.IntegerField(required=False)
    signed = serializers.IntegerField(required=False)
    paid = serializers.IntegerField(required=False)
    unsigned_note = serializers.CharField(required=False)
    item = serializers.CharField(required=False)
    amount_yuan = serializers.DecimalField(max_digits=16, decimal_places=2, required=False)
    is_separate = serializers.BooleanField(required=False)
    voucher = serializers.CharField(required=False)
    collective = serializers.CharField(required=False)
    area = serializers.DecimalField(max_digits=14, decimal_places=4, required=False)
    reason = serializers.CharField(required=False)
    reason_note = serializers.CharField(required=False)
    scheme_no = serializers.CharField(required=False)
    authority_kind = serializers.CharField(required=False)
    authority = serializers.CharField(required=False)
    authorisation_no = serializers.CharField(required=False)
    separate_account = serializers.CharField(required=False)
    file = serializers.FileField(required=False)


class ExpropriationViewSet(RegisterViewSet):
    """土地征收：程序、签约、资金。"""

    register = REGISTER
    queryset = Expropriation.objects.none()
    serializer_class = ExpropriationOut
    filterset_class = ExpropriationFilterSet

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "calendar": working_calendar()}

    @extend_schema(request=ExpropriationIn)
    def create(self, request: Request) -> Response:
        """登记征收。"""
        require(actor_of(request), Right.RUN_STEPS)
        data = ExpropriationIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        project_id, reason_code = given.pop("project"), given.pop("reason")
        row = expropriation.begin_expropriation(
            actor=actor_of(request),
            project_id=project_id,
            facts=expropriation.ExpropriationFacts(reason_code=reason_code, **given),
            today=clock.today(),
        )
        return Response(self.shown(row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="expropriations_deed",
        request={"application/json": DeedIn, "multipart/form-data": DeedIn},
    )
    @deeds_of(REGISTER)
    def deed(self, request: Request, pk: str, verb: str) -> Response:
        """登记一项；各动作的字段与页面表单相同。"""
        return self.run(request, verb)


class RateOut(serializers.ModelSerializer[CompensationRate]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = CompensationRate
        fields = ["id", "organisation", "item", "zone", "amount_yuan", "unit", "basis", "effective_from"]


class RateIn(serializers.Serializer[Any]):
    organisation = serializers.CharField(max_length=40)
    item = serializers.ChoiceField(choices=FundItem.choices)
    zone = serializers.CharField(max_length=100)
    amount_yuan = serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0)
    unit = serializers.CharField(max_length=20)
    basis = serializers.CharField(max_length=200)
    effective_from = serializers.DateField()


class RateViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[CompensationRate]):
    """征地补偿标准及其历史版本。"""

    queryset = CompensationRate.objects.none()
    serializer_class = RateOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[CompensationRate]:
        return rate_list(actor=actor_of(self.request))

    @extend_schema(request=RateIn)
    def create(self, request: Request) -> Response:
        """增加标准。"""
        actor = actor_of(request)
        require(actor, Right.RUN_STEPS)
        data = RateIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        units = Organisation.objects.visible_to(actor).filter(code=given.pop("organisation"))
        organisation = units.first()
        if organisation is None:
            raise serializers.ValidationError({"organisation": ["没有这个县市，或不归您登记。"]})
        row = expropriation.add_rate(actor=actor, organisation=organisation, **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("expropriations", ExpropriationViewSet, basename="expropriation")
    router.register("compensation-rates", RateViewSet, basename="compensation-rate")
