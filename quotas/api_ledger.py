"""The pool's ledgers over the API: the same reads and verbs as the pages."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from core import clock
from quotas import selectors
from quotas.ledger_filters import (
    AccountFilterSet,
    BookingFilterSet,
    ConsolidationFilterSet,
    MovementFilterSet,
    ReservationFilterSet,
)
from quotas.models import (
    Account,
    Booking,
    Consolidation,
    Movement,
    NegativeListing,
    Policy,
    Reservation,
    ReservationLine,
    YearEndLine,
    YearEndRun,
)
from quotas.models.reservations import POOLS
from quotas.rules import Instrument, Pool
from quotas.selectors.ledger_rows import prove_account
from quotas.services import bookings, negative_list, terms, year_end
from quotas.services.bookings import Gross, Sheet


class GaugeOut(serializers.Serializer[Any]):
    """池内一类指标：已核销、预占、冻结、剩余（平方米；产能为公斤）。"""

    instrument = serializers.CharField()
    posted = serializers.IntegerField()
    held = serializers.IntegerField()
    frozen = serializers.IntegerField()
    left = serializers.IntegerField()
    total = serializers.IntegerField()
    is_warning = serializers.BooleanField()


class AccountOut(serializers.ModelSerializer[Account]):
    holder = serializers.CharField(source="holder.code")
    owner = serializers.CharField(source="owner.code")

    class Meta:
        model = Account
        fields = ["id", "instrument", "place", "holder", "owner", "period", "balance"]


class ProofOut(serializers.Serializer[Any]):
    incoming = serializers.IntegerField()
    outgoing = serializers.IntegerField()
    summed = serializers.IntegerField()
    stored = serializers.IntegerField()
    count = serializers.IntegerField()
    is_sound = serializers.BooleanField()


class SheetIn(serializers.Serializer[Any]):
    """事由、文号和日期；`key` 相同的重复请求只登记一次。"""

    reason = serializers.CharField(max_length=300)
    document_no = serializers.CharField(max_length=120)
    occurred_on = serializers.DateField()
    key = serializers.UUIDField(required=False)

    def sheet(self) -> Sheet:
        data = self.validated_data
        return Sheet(
            reason=data["reason"],
            document_no=data["document_no"],
            occurred_on=data["occurred_on"],
            key=data.get("key") or uuid.uuid4(),
        )


class AmountIn(SheetIn):
    amount = serializers.IntegerField(min_value=1, help_text="平方米；产能为公斤")


class BookingOut(serializers.ModelSerializer[Booking]):
    county = serializers.CharField(source="county.code")

    class Meta:
        model = Booking
        fields = [
            *("id", "kind", "pool", "county", "period", "channel", "reason", "document_no", "record_no"),
            *("seller", "amount_yuan", "figures", "repays", "reverses", "occurred_on", "entered_at"),
        ]


class AccountViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Account]):
    """指标账户：余额、核对，冻结、解冻、扣减、核销使用。"""

    serializer_class = AccountOut
    filterset_class = AccountFilterSet
    queryset = Account.objects.none()
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[Account]:
        rows = Account.objects.visible_to(actor_of(self.request))
        return rows.select_related("holder", "owner").order_by("id")

    @extend_schema(responses=GaugeOut(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def gauges(self, request: Request) -> Response:
        """州池各类指标的已核销、预占、冻结和剩余。"""
        found = selectors.pool_gauges(actor=actor_of(request), today=clock.today())
        return Response(GaugeOut(found, many=True).data)

    @extend_schema(responses=ProofOut)
    @action(detail=True, methods=["get"])
    def proof(self, request: Request, pk: str) -> Response:
        """账面余额与分录之和。"""
        return Response(ProofOut(prove_account(self.get_object())).data)

    def _act(self, request: Request, service: Any) -> Response:
        account = self.get_object()
        require(actor_of(request), Right.KEEP_QUOTA)
        data = AmountIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = service(
            actor=actor_of(request),
            account=account,
            amount=data.validated_data["amount"],
            sheet=data.sheet(),
            today=clock.today(),
        )
        return Response(BookingOut(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AmountIn, responses={201: BookingOut})
    @action(detail=True, methods=["post"])
    def freeze(self, request: Request, pk: str) -> Response:
        """冻结。"""
        return self._act(request, bookings.freeze)

    @extend_schema(request=AmountIn, responses={201: BookingOut})
    @action(detail=True, methods=["post"])
    def unfreeze(self, request: Request, pk: str) -> Response:
        """解冻。"""
        return self._act(request, bookings.unfreeze)

    @extend_schema(request=AmountIn, responses={201: BookingOut})
    @action(detail=True, methods=["post"])
    def deduct(self, request: Request, pk: str) -> Response:
        """扣减。"""
        return self._act(request, bookings.deduct)

    @extend_schema(request=AmountIn, responses={201: BookingOut})
    @action(detail=True, methods=["post"])
    def use(self, request: Request, pk: str) -> Response:
        """本单位核销使用。"""
        return self._act(request, bookings.use_own)


class MovementOut(serializers.ModelSerializer[Movement]):
    class Meta:
        model = Movement
        fields = [
            *("id", "kind", "instrument", "source", "target", "amount", "reason", "document_no"),
            *("project", "reverses", "occurred_on", "entered_at"),
        ]


class MovementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Movement]):
    """指标分录，只增不改。"""

    serializer_class = MovementOut
    filterset_class = MovementFilterSet
    queryset = Movement.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Movement]:
        return Movement.objects.visible_to(actor_of(self.request)).order_by("-id")


class GrossIn(serializers.Serializer[Any]):
    gross = serializers.IntegerField(min_value=0)
    deduction = serializers.IntegerField(min_value=0, default=0)
    province = serializers.IntegerField(min_value=0, default=0)


class CountyIn(SheetIn):
    county = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "actor" in self.context:
            field: Any = self.fields["county"]
            units = selectors.counties(actor=self.context["actor"])
            field.queryset = units.filter(kind__in=Organisation.REPORTING_KINDS)


class StockInIn(CountyIn):
    """占补入库；平方米、公斤。"""

    area = GrossIn(required=False)
    paddy = GrossIn(required=False)
    grain = GrossIn(required=False)
    record_no = serializers.CharField(max_length=80)
    state_share = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=Decimal(0), max_value=Decimal(1), default=Decimal(0)
    )

    def amounts(self) -> dict[Instrument, Gross]:
        names = {
            "area": Instrument.FARMLAND_AREA,
            "paddy": Instrument.FARMLAND_PADDY,
            "grain": Instrument.FARMLAND_GRAIN,
        }
        data = self.validated_data
        return {instrument: Gross(**data[name]) for name, instrument in names.items() if name in data}


class YearAmountIn(CountyIn):
    year = serializers.IntegerField(min_value=2020, max_value=2100)
    amount = serializers.IntegerField(min_value=1, help_text="平方米")


class AllotmentIn(YearAmountIn):
    channel = serializers.ChoiceField(choices=Booking.Channel.choices, default=Booking.Channel.REGULAR)


class PurchaseIn(CountyIn):
    """异地购买；平方米、公斤、元。"""

    area = serializers.IntegerField(min_value=0, default=0)
    paddy = serializers.IntegerField(min_value=0, default=0)
    grain = serializers.IntegerField(min_value=0, default=0)
    seller = serializers.CharField(max_length=120)
    amount_yuan = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=Decimal(0))


class BookingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Booking]):
    """指标登记：入库、下达、年度规模、异地购买、预支、归还、冲正。"""

    serializer_class = BookingOut
    filterset_class = BookingFilterSet
    queryset = Booking.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Booking]:
        return Booking.objects.visible_to(actor_of(self.request)).select_related("county").order_by("-id")

    def _read(self, request: Request, shape: type[CountyIn]) -> Any:
        actor = actor_of(request)
        require(actor, Right.KEEP_QUOTA)
        data = shape(data=request.data, context={"actor": actor})
        data.is_valid(raise_exception=True)
        return data

    def _facts(self, request: Request, data: Any) -> dict[str, Any]:
        return {
            "actor": actor_of(request),
            "county": data.validated_data["county"],
            "sheet": data.sheet(),
            "today": clock.today(),
        }

    def _answer(self, done: Booking) -> Response:
        return Response(BookingOut(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=StockInIn, responses={201: BookingOut}, filters=False)
    @action(detail=False, methods=["post"], url_path="stock-in")
    def stock_in(self, request: Request) -> Response:
        """占补指标入库，按规则划入州池。"""
        data = self._read(request, StockInIn)
        facts = self._facts(request, data)
        values = data.validated_data
        return self._answer(
            bookings.stock_in(
                amounts=data.amounts(),
                record_no=values["record_no"],
                state_share=values["state_share"],
                **facts,
            )
        )

    @extend_schema(request=AllotmentIn, responses={201: BookingOut}, filters=False)
    @action(detail=False, methods=["post"])
    def allotment(self, request: Request) -> Response:
        """年度计划下达，按规则由州级统筹。"""
        data = self._read(request, AllotmentIn)
        values = data.validated_data
        done = bookings.allot_plan(
            year=values["year"],
            amount=values["amount"],
            channel=values["channel"],
            **self._facts(request, data),
        )
        return self._answer(done)

    @extend_schema(request=YearAmountIn, responses={201: BookingOut}, filters=False)
    @action(detail=False, methods=["post"])
    def scale(self, request: Request) -> Response:
        """县市年度城镇开发边界规模。"""
        data = self._read(request, YearAmountIn)
        values = data.validated_data
        done = bookings.enter_scale(
            year=values["year"], amount=values["amount"], **self._facts(request, data)
        )
        return self._answer(done)

    @extend_schema(request=YearAmountIn, responses={201: BookingOut}, filters=False)
    @action(detail=False, methods=["post"])
    def advance(self, request: Request) -> Response:
        """规模预支。"""
        data = self._read(request, YearAmountIn)
        values = data.validated_data
        done = bookings.advance_plan(
            year=values["year"], amount=values["amount"], **self._facts(request, data)
        )
        return self._answer(done)

    @extend_schema(request=PurchaseIn, responses={201: BookingOut}, filters=False)
    @action(detail=False, methods=["post"])
    def purchase(self, request: Request) -> Response:
        """异地购买。"""
        data = self._read(request, PurchaseIn)
        values = data.validated_data
        named = zip(("area", "paddy", "grain"), Pool.FARMLAND.instruments, strict=True)
        done = bookings.record_purchase(
            amounts={instrument: values[name] for name, instrument in named if values[name]},
            seller=values["seller"],
            amount_yuan=values["amount_yuan"],
            **self._facts(request, data),
        )
        return self._answer(done)

    @extend_schema(request=AmountIn, responses={201: BookingOut}, filters=False)
    @action(detail=True, methods=["post"])
    def repay(self, request: Request, pk: str) -> Response:
        """归还预支。"""
        row = self.get_object()
        require(actor_of(request), Right.KEEP_QUOTA)
        data = AmountIn(data=request.data)
        data.is_valid(raise_exception=True)
        if row.kind != Booking.Kind.ADVANCE:
            raise serializers.ValidationError({"kind": ["这笔登记不是预支。"]})
        done = bookings.repay_advance(
            actor=actor_of(request),
            advance=row,
            amount=data.validated_data["amount"],
            sheet=data.sheet(),
            today=clock.today(),
        )
        return self._answer(done)

    @extend_schema(request=SheetIn, responses={201: BookingOut}, filters=False)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str) -> Response:
        """整笔冲正。"""
        row = self.get_object()
        require(actor_of(request), Right.REVERSE_QUOTA)
        data = SheetIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = bookings.reverse_booking(
            actor=actor_of(request), booking=row, sheet=data.sheet(), today=clock.today()
        )
        return self._answer(done)


class RunLineOut(serializers.ModelSerializer[YearEndLine]):
    class Meta:
        model = YearEndLine
        fields = ["account", "act", "amount", "reservation_line"]


class RunOut(serializers.ModelSerializer[YearEndRun]):
    class Meta:
        model = YearEndRun
        fields = ["id", "pool", "year", "state", "occurred_on", "prepared_at", "committed_at", "booking"]


class RunIn(serializers.Serializer[Any]):
    pool = serializers.ChoiceField(choices=POOLS)
    year = serializers.IntegerField(min_value=2020, max_value=2100)
    occurred_on = serializers.DateField()


class RunCommitIn(serializers.Serializer[Any]):
    document_no = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=300)


class RunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[YearEndRun]):
    """年末结转：拟办、明细、办结、整批冲正。"""

    serializer_class = RunOut
    queryset = YearEndRun.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[YearEndRun]:
        return YearEndRun.objects.visible_to(actor_of(self.request)).order_by("-id")

    @extend_schema(request=RunIn, responses={201: RunOut})
    def create(self, request: Request) -> Response:
        """拟办，不动余额。"""
        require(actor_of(request), Right.CLOSE_QUOTA_YEAR)
        data = RunIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        run = year_end.prepare_run(
            actor=actor_of(request),
            pool=Pool(values["pool"]),
            year=values["year"],
            occurred_on=values["occurred_on"],
            today=clock.today(),
        )
        return Response(RunOut(run).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=RunLineOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def lines(self, request: Request, pk: str) -> Response:
        """逐个账户的处理。"""
        return Response(RunLineOut(self.get_object().lines.all(), many=True).data)

    @extend_schema(request=RunCommitIn, responses=RunOut)
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: str) -> Response:
        """办结，全部记入或全部不记。"""
        run = self.get_object()
        require(actor_of(request), Right.CLOSE_QUOTA_YEAR)
        data = RunCommitIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = year_end.commit_run(
            actor=actor_of(request), run_id=run.pk, now=clock.now(), **data.validated_data
        )
        return Response(RunOut(done).data)

    @extend_schema(request=SheetIn, responses=RunOut)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str) -> Response:
        """整批冲正。"""
        run = self.get_object()
        require(actor_of(request), Right.CLOSE_QUOTA_YEAR)
        data = SheetIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = year_end.reverse_run(
            actor=actor_of(request), run_id=run.pk, sheet=data.sheet(), today=clock.today()
        )
        return Response(RunOut(done).data)


class ReservationLineOut(serializers.ModelSerializer[ReservationLine]):
    class Meta:
        model = ReservationLine
        fields = ["id", "account", "amount", "posted", "released"]


class ReservationOut(serializers.ModelSerializer[Reservation]):
    applicant = serializers.CharField(source="applicant.code")
    lines = ReservationLineOut(many=True)

    class Meta:
        model = Reservation
        fields = [
            *("id", "pool", "state", "applicant", "project", "application_id", "reason", "document_no"),
            *("held_on", "expires_on", "locked_on", "use_by_on", "closed_on", "lines"),
        ]


class ReleaseIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    is_waste = serializers.BooleanField(default=False)


class ReservationViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Reservation]
):
    """预占与调入；未用的释放回原账户。"""

    serializer_class = ReservationOut
    filterset_class = ReservationFilterSet
    queryset = Reservation.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Reservation]:
        rows = Reservation.objects.visible_to(actor_of(self.request)).select_related("applicant")
        return rows.prefetch_related("lines").order_by("-id")

    @extend_schema(request=ReleaseIn, responses=ReservationOut)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """释放未用部分；超期浪费的可同时列入负面清单。"""
        row = self.get_object()
        require(actor_of(request), Right.HOOK_QUOTA)
        data = ReleaseIn(data=request.data)
        data.is_valid(raise_exception=True)
        terms.take_back_unused(
            actor=actor_of(request), reservation_id=row.pk, today=clock.today(), **data.validated_data
        )
        return Response(ReservationOut(self.get_object()).data)


class ConsolidationOut(serializers.ModelSerializer[Consolidation]):
    county = serializers.CharField(source="county.code")

    class Meta:
        model = Consolidation
        fields = [
            *("id", "name", "county", "record_no", "stage", "stage_on", "scale_m2", "area_m2"),
            *("paddy_m2", "grain_kg", "state_share", "agreement_no", "expected_on"),
        ]


class ConsolidationViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Consolidation]):
    """土地整治项目的各阶段。"""

    serializer_class = ConsolidationOut
    filterset_class = ConsolidationFilterSet
    queryset = Consolidation.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Consolidation]:
        rows = Consolidation.objects.visible_to(actor_of(self.request))
        return rows.select_related("county").order_by("-id")


class ListingOut(serializers.ModelSerializer[NegativeListing]):
    county = serializers.CharField(source="county.code")

    class Meta:
        model = NegativeListing
        fields = [
            *("id", "county", "pool", "wasted", "reason", "listed_on", "until", "removed_on"),
            "removal_reason",
        ]


class ListingIn(serializers.Serializer[Any]):
    county = serializers.SlugRelatedField(slug_field="code", queryset=Organisation.objects.none())
    reason = serializers.CharField(max_length=300)
    listed_on = serializers.DateField()
    until = serializers.DateField(required=False, allow_null=True, default=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "actor" in self.context:
            field: Any = self.fields["county"]
            field.queryset = selectors.counties(actor=self.context["actor"])


class RemovalIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class ListingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[NegativeListing]):
    """负面清单。"""

    serializer_class = ListingOut
    queryset = NegativeListing.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[NegativeListing]:
        rows = NegativeListing.objects.visible_to(actor_of(self.request))
        return rows.select_related("county").order_by("-id")

    @extend_schema(request=ListingIn, responses={201: ListingOut})
    def create(self, request: Request) -> Response:
        """列入。"""
        actor = actor_of(request)
        require(actor, Right.KEEP_NEGATIVE_LIST)
        data = ListingIn(data=request.data, context={"actor": actor})
        data.is_valid(raise_exception=True)
        done = negative_list.list_county(actor=actor, **data.validated_data)
        return Response(ListingOut(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RemovalIn, responses=ListingOut)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """解除。"""
        row = self.get_object()
        require(actor_of(request), Right.KEEP_NEGATIVE_LIST)
        data = RemovalIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = negative_list.remove_listing(
            listing_id=row.pk, reason=data.validated_data["reason"], on=clock.today(), actor=actor_of(request)
        )
        return Response(ListingOut(done).data)


class PolicyOut(serializers.ModelSerializer[Policy]):
    class Meta:
        model = Policy
        fields = [
            *("id", "title", "basis", "effective_from", "effective_to", "farmland_rate", "plan_rate"),
            *("advance_rate", "scale_order", "county_rank", "is_bundled", "allow_partial", "price_method"),
            *("price_months", "plan_tolerance_m2", "waste_returns", "use_term_days", "use_warning_days"),
            *("transfer_out_months", "hold_days", "pool_warning_percent", "note"),
        ]


class PolicyViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Policy]):
    """调节池规则的各个版本。"""

    serializer_class = PolicyOut
    queryset = Policy.objects.none()
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[Policy]:
        return selectors.policies()


def register(router: BaseRouter) -> None:
    router.register("quota-accounts", AccountViewSet, basename="quota-account")
    router.register("quota-movements", MovementViewSet, basename="quota-movement")
    router.register("quota-bookings", BookingViewSet, basename="quota-booking")
    router.register("quota-runs", RunViewSet, basename="quota-run")
    router.register("quota-reservations", ReservationViewSet, basename="quota-reservation")
    router.register("consolidations", ConsolidationViewSet, basename="consolidation")
    router.register("negative-listings", ListingViewSet, basename="negative-listing")
    router.register("quota-policies", PolicyViewSet, basename="quota-policy")
