"""The pool's ledgers over the API: the same reads and verbs as the pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right
from core import clock
from quotas import selectors
from quotas.api_counties import OfCounty
from quotas.api_verbs import Call, list_verb, read_call, verb
from quotas.ledger_filters import AccountFilterSet, BookingFilterSet, MovementFilterSet
from quotas.models import Account, Booking, Movement, YearEndLine, YearEndRun
from quotas.models.reservations import POOLS
from quotas.rules import Instrument, Pool
from quotas.selectors.ledger_rows import prove_account, with_ends
from quotas.selectors.provenance import provenance_of
from quotas.services import bookings, year_end
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


class EndOut(serializers.ModelSerializer[Account]):
    """分录的一端：指标所在行政区、权属和账户性质。"""

    holder = serializers.CharField(source="holder.code")
    holder_name = serializers.CharField(source="holder.short_name")
    owner = serializers.CharField(source="owner.code")
    owner_name = serializers.CharField(source="owner.short_name")

    class Meta:
        model = Account
        fields = ["id", "place", "holder", "holder_name", "owner", "owner_name", "period"]


class AccountOut(EndOut):
    """指标账户：一端，加上指标种类和余额。"""

    class Meta(EndOut.Meta):
        fields = [*EndOut.Meta.fields, "instrument", "balance"]


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


def _of_account(name: str, words: str, service: Callable[..., Booking]) -> Any:
    def act(call: Call) -> Booking:
        return service(
            actor=call.actor,
            account=call.row,
            amount=call.values["amount"],
            sheet=call.data.sheet(),
            today=call.today,
        )

    return verb(name, words, act, takes=AmountIn, right=Right.KEEP_QUOTA, answers=BookingOut, status=201)


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

    freeze = _of_account("freeze", "冻结。", bookings.freeze)
    unfreeze = _of_account("unfreeze", "解冻。", bookings.unfreeze)
    deduct = _of_account("deduct", "扣减。", bookings.deduct)
    use = _of_account("use", "本单位核销使用。", bookings.use_own)


class BasisOut(serializers.Serializer[Any]):
    """分录的依据。没有登记的为空；看不到的登记和方案也为空。"""

    booking = serializers.IntegerField(source="booking.pk", default=None, allow_null=True)
    proposal = serializers.IntegerField(source="proposal.pk", default=None, allow_null=True)
    consolidation = serializers.IntegerField(source="consolidation.pk", default=None, allow_null=True)
    record_no = serializers.CharField(help_text="来源项目备案编号")
    report_no = serializers.CharField(help_text="用地报件编号")
    price = serializers.DecimalField(
        max_digits=14, decimal_places=2, allow_null=True, help_text="单价：面积为元/亩，产能为元/公斤"
    )
    yuan = serializers.DecimalField(
        max_digits=18, decimal_places=2, allow_null=True, help_text="金额（元）；异地购买为整笔登记价款"
    )
    vouchers = serializers.ListField(child=serializers.CharField(), help_text="缴款凭证号")
    agreement_no = serializers.CharField(help_text="协议编号")
    approval_no = serializers.CharField(help_text="审批文号")
    reviewer = serializers.CharField(source="reviewer.label", default=None, allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(help_text="备注")


class MovementOut(serializers.ModelSerializer[Movement]):
    source_end = EndOut(source="source")
    target_end = EndOut(source="target")
    project_code = serializers.CharField(source="project.display_code", default=None, allow_null=True)
    entered_by = serializers.CharField(source="entered_by.label", default=None, allow_null=True)
    basis = serializers.SerializerMethodField()

    class Meta:
        model = Movement
        fields = [
            *("id", "kind", "instrument", "source", "target", "source_end", "target_end", "amount"),
            *("reason", "document_no", "project", "project_code", "reverses", "occurred_on"),
            *("entered_at", "entered_by", "basis"),
        ]

    @extend_schema_field(BasisOut)
    def get_basis(self, row: Movement) -> dict[str, Any]:
        return dict(BasisOut(self.context["bases"][row.pk]).data)


class MovementViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Movement]):
    """指标分录，只增不改；每笔带价款、凭证、协议、审批和审核。"""

    serializer_class = MovementOut
    filterset_class = MovementFilterSet
    queryset = Movement.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Movement]:
        return with_ends(Movement.objects.visible_to(actor_of(self.request))).order_by("-id")

    def get_serializer(self, *args: Any, **kwargs: Any) -> serializers.BaseSerializer[Any]:
        """Reads what all rows of the answer rest on at once."""
        if args:
            rows = args[0] if kwargs.get("many") else [args[0]]
            bases = provenance_of(rows, actor=actor_of(self.request))
            kwargs["context"] = {**self.get_serializer_context(), "bases": bases}
        return super().get_serializer(*args, **kwargs)


class GrossIn(serializers.Serializer[Any]):
    gross = serializers.IntegerField(min_value=0)
    deduction = serializers.IntegerField(min_value=0, default=0)
    province = serializers.IntegerField(min_value=0, default=0)


class CountyIn(SheetIn, OfCounty):
    """事由、文号和日期，以及登记在哪个县市名下。"""


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


def _facts(call: Call) -> dict[str, Any]:
    return {
        "actor": call.actor,
        "county": call.values["county"],
        "sheet": call.data.sheet(),
        "today": call.today,
    }


def _of_year(call: Call) -> dict[str, Any]:
    return {"year": call.values["year"], "amount": call.values["amount"], **_facts(call)}


def _purchase(call: Call) -> Booking:
    named = zip(("area", "paddy", "grain"), Pool.FARMLAND.instruments, strict=True)
    return bookings.record_purchase(
        amounts={instrument: call.values[name] for name, instrument in named if call.values[name]},
        seller=call.values["seller"],
        amount_yuan=call.values["amount_yuan"],
        **_facts(call),
    )


def _repay(call: Call) -> Booking:
    if call.row.kind != Booking.Kind.ADVANCE:
        raise serializers.ValidationError({"kind": ["这笔登记不是预支。"]})
    return bookings.repay_advance(
        actor=call.actor,
        advance=call.row,
        amount=call.values["amount"],
        sheet=call.data.sheet(),
        today=call.today,
    )


def _of_county(
    name: str, words: str, act: Callable[[Call], Booking], *, takes: type[CountyIn], path: str = ""
) -> Any:
    return list_verb(name, words, act, takes=takes, path=path, right=Right.KEEP_QUOTA, answers=BookingOut)


class BookingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Booking]):
    """指标登记：入库、下达、年度规模、异地购买、预支、归还、冲正。"""

    serializer_class = BookingOut
    filterset_class = BookingFilterSet
    queryset = Booking.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Booking]:
        return Booking.objects.visible_to(actor_of(self.request)).select_related("county").order_by("-id")

    stock_in = _of_county(
        "stock_in",
        "占补指标入库，按规则划入州池。",
        lambda call: bookings.stock_in(
            amounts=call.data.amounts(),
            record_no=call.values["record_no"],
            state_share=call.values["state_share"],
            **_facts(call),
        ),
        takes=StockInIn,
        path="stock-in",
    )
    allotment = _of_county(
        "allotment",
        "年度计划下达，按规则由州级统筹。",
        lambda call: bookings.allot_plan(channel=call.values["channel"], **_of_year(call)),
        takes=AllotmentIn,
    )
    scale = _of_county(
        "scale",
        "县市年度城镇开发边界规模。",
        lambda call: bookings.enter_scale(**_of_year(call)),
        takes=YearAmountIn,
    )
    advance = _of_county(
        "advance", "规模预支。", lambda call: bookings.advance_plan(**_of_year(call)), takes=YearAmountIn
    )
    purchase = _of_county("purchase", "异地购买。", _purchase, takes=PurchaseIn)
    repay = verb(
        "repay",
        "归还预支。",
        _repay,
        takes=AmountIn,
        right=Right.KEEP_QUOTA,
        answers=BookingOut,
        status=201,
    )
    reverse = verb(
        "reverse",
        "整笔冲正。",
        lambda call: bookings.reverse_booking(
            actor=call.actor, booking=call.row, sheet=call.data.sheet(), today=call.today
        ),
        takes=SheetIn,
        right=Right.REVERSE_QUOTA,
        answers=BookingOut,
        status=201,
    )


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
        call = read_call(self, request, takes=RunIn, right=Right.CLOSE_QUOTA_YEAR)
        values = call.values | {"pool": Pool(call.values["pool"])}
        run = year_end.prepare_run(actor=call.actor, today=call.today, **values)
        return Response(RunOut(run).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=RunLineOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def lines(self, request: Request, pk: str) -> Response:
        """逐个账户的处理。"""
        return Response(RunLineOut(self.get_object().lines.all(), many=True).data)

    commit = verb(
        "commit",
        "办结，全部记入或全部不记。",
        lambda call: year_end.commit_run(
            actor=call.actor, run_id=call.row.pk, now=clock.now(), **call.values
        ),
        takes=RunCommitIn,
        right=Right.CLOSE_QUOTA_YEAR,
        answers=RunOut,
    )
    reverse = verb(
        "reverse",
        "整批冲正。",
        lambda call: year_end.reverse_run(
            actor=call.actor, run_id=call.row.pk, sheet=call.data.sheet(), today=call.today
        ),
        takes=SheetIn,
        right=Right.CLOSE_QUOTA_YEAR,
        answers=RunOut,
    )


def register(router: BaseRouter) -> None:
    router.register("quota-accounts", AccountViewSet, basename="quota-account")
    router.register("quota-movements", MovementViewSet, basename="quota-movement")
    router.register("quota-bookings", BookingViewSet, basename="quota-booking")
    router.register("quota-runs", RunViewSet, basename="quota-run")
