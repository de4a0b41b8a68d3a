"""Schemes and published prices over the API: the same reasoning, refusals and verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from papers.services import Upload
from quotas.api_verbs import Call, upload_of, verb
from quotas.filters import PriceFilterSet
from quotas.models import PriceDraft, PricePoint, Proposal, ProposalLine
from quotas.selectors import proposing as selectors
from quotas.selectors.applications import application_list
from quotas.selectors.prices import price_list
from quotas.services import prices as price_services
from quotas.services import proposals as services
from quotas.services.proposals import Decision, Voucher


class ProposalLineOut(serializers.ModelSerializer[ProposalLine]):
    owner = serializers.CharField(source="owner.code")

    class Meta:
        model = ProposalLine
        fields = ["position", "instrument", "kind", "owner", "amount", "left_before", "price", "yuan"]


class PayeeOut(serializers.Serializer[Any]):
    organisation = serializers.CharField(source="organisation.code")
    due = serializers.DecimalField(max_digits=18, decimal_places=2)
    paid = serializers.DecimalField(max_digits=18, decimal_places=2)
    lacking = serializers.DecimalField(max_digits=18, decimal_places=2)


class ProposalOut(serializers.ModelSerializer[Proposal]):
    """A scheme; `trace` is its reasoning step by step, `payees` who is owed what."""

    application = serializers.IntegerField(source="application_id")
    policy = serializers.CharField()
    lines = ProposalLineOut(many=True)
    trace = serializers.ListField(child=serializers.DictField())
    payees = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = [
            *("id", "application", "state", "policy", "made_on", "reason", "lines", "trace", "shortfall"),
            *("total_yuan", "payees", "committed_on", "agreement_no", "agreed_on", "pay_by_on"),
            *("hooked_up_on", "report_no"),
        ]

    @extend_schema(responses=PayeeOut(many=True))
    def get_payees(self, row: Proposal) -> list[dict[str, Any]]:
        return list(PayeeOut(selectors.payees_of(row), many=True).data)


class ProposeIn(serializers.Serializer[Any]):
    application = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500)


class CommitIn(serializers.Serializer[Any]):
    accepts_shortfall = serializers.BooleanField(default=False)
    accepts_fallback = serializers.BooleanField(default=False)


class DecisionIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=120)
    decided_on = serializers.DateField()
    use_by_on = serializers.DateField(required=False, default=None, allow_null=True)
    file = serializers.FileField()

    def decision(self) -> Decision:
        data = self.validated_data
        return Decision(data["number"], data["decided_on"], _upload(data["file"]), data["use_by_on"])


class RefusalIn(DecisionIn):
    reason = serializers.CharField(max_length=500)


class AgreementIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=80)
    agreed_on = serializers.DateField()
    file = serializers.FileField()


class PaymentIn(serializers.Serializer[Any]):
    payee = serializers.IntegerField(help_text="收款单位的编号")
    number = serializers.CharField(max_length=80)
    yuan = serializers.DecimalField(max_digits=16, decimal_places=2, min_value=0)
    paid_on = serializers.DateField()
    file = serializers.FileField()


class PriceStrikeIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class HookUpIn(serializers.Serializer[Any]):
    report_no = serializers.CharField(max_length=120)


def _upload(file: Any) -> Upload:
    return Upload(name=file.name, content=file.read())


def _of_proposal(service: Callable[..., Proposal]) -> Callable[[Call], None]:
    """A service that takes the scheme, what the request says, and the day."""

    def act(call: Call) -> None:
        service(actor=call.actor, proposal_id=call.row.pk, today=call.today, **call.values)

    return act


def _approve(call: Call) -> None:
    services.approve_application(
        actor=call.actor,
        application_id=call.row.application_id,
        decision=call.data.decision(),
        today=call.today,
    )


def _refuse(call: Call) -> None:
    services.refuse_application(
        actor=call.actor,
        application_id=call.row.application_id,
        decision=call.data.decision(),
        reason=call.values["reason"],
        today=call.today,
    )


def _agree(call: Call) -> None:
    services.record_agreement(
        actor=call.actor,
        proposal_id=call.row.pk,
        number=call.values["number"],
        agreed_on=call.values["agreed_on"],
        upload=upload_of(call),
        today=call.today,
    )


def _pay(call: Call) -> None:
    paid = call.values
    voucher = Voucher(paid["payee"], paid["number"], paid["yuan"], paid["paid_on"], upload_of(call))
    services.record_payment(actor=call.actor, proposal_id=call.row.pk, voucher=voucher, today=call.today)


class QuotaProposalViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Proposal]
):
    """指标调剂方案：拟定、提交、批准、协议、缴款、挂钩。"""

    queryset = Proposal.objects.none()
    serializer_class = ProposalOut
    keyset_order = ("-id",)
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> QuerySet[Proposal]:
        return selectors.proposal_list(actor=actor_of(self.request))

    @extend_schema(request=ProposeIn, responses={201: ProposalOut})
    def create(self, request: Request) -> Response:
        """拟定草案，不动用指标。"""
        data = _valid(ProposeIn, request)
        actor = actor_of(request)
        rows = application_list(actor=actor).filter(pk=data["application"])
        if not rows.exists():
            raise serializers.ValidationError({"application": ["没有这份申请。"]})
        made = services.draft_proposal(
            actor=actor, application_id=data["application"], reason=data["reason"], today=clock.today()
        )
        return self._answer(made.pk, status.HTTP_201_CREATED)

    commit = verb(
        "commit",
        "提交并预占；依据有变化的，逐条返回变化。",
        _of_proposal(services.commit_proposal),
        takes=CommitIn,
        answers=ProposalOut,
    )
    approve = verb(
        "approve", "登记州政府批准。", _approve, takes=DecisionIn, answers=ProposalOut, with_file=True
    )
    refuse = verb("refuse", "登记未批准。", _refuse, takes=RefusalIn, answers=ProposalOut, with_file=True)
    agree = verb("agree", "登记流转协议。", _agree, takes=AgreementIn, answers=ProposalOut, with_file=True)
    pay = verb("pay", "登记缴款。", _pay, takes=PaymentIn, answers=ProposalOut, with_file=True)
    hook_up = verb(
        "hook_up",
        "办理挂钩；未缴清的，逐收款方返回尚欠。",
        _of_proposal(services.hook_up),
        takes=HookUpIn,
        answers=ProposalOut,
        path="hook-up",
    )

    @extend_schema(request=PriceStrikeIn, responses=ProposalOut)
    @action(
        detail=True,
        methods=["post"],
        url_path=r"payments/(?P<payment>\d+)/strike",
        url_name="payment-strike",
    )
    def strike_payment(self, request: Request, pk: str, payment: str) -> Response:
        """作废一笔缴款并说明理由。"""
        row, data = self.get_object(), _valid(PriceStrikeIn, request)
        if not row.payments.filter(pk=int(payment)).exists():
            raise Http404
        services.strike_payment(actor=actor_of(request), payment_id=int(payment), today=clock.today(), **data)
        return self._answer(row.pk)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(ProposalOut(self.get_queryset().get(pk=pk)).data, status=code)


def _valid(kind: type[serializers.Serializer[Any]], request: Request) -> Any:
    data = kind(data=request.data)
    data.is_valid(raise_exception=True)
    return data.validated_data


class PriceOut(serializers.ModelSerializer[PricePoint]):
    class Meta:
        model = PricePoint
        fields = [
            *("id", "instrument", "traded_on", "price", "amount", "platform", "reference", "source"),
            "struck_reason",
        ]


class PriceSheetIn(serializers.Serializer[Any]):
    file = serializers.FileField()


class PriceImportOut(serializers.Serializer[Any]):
    imported = serializers.IntegerField()


class QuotaPriceViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[PricePoint]
):
    """省平台公示价格。"""

    queryset = PricePoint.objects.none()
    serializer_class = PriceOut
    filterset_class = PriceFilterSet
    keyset_order = ("-traded_on", "-id")
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> QuerySet[PricePoint]:
        return price_list()

    @extend_schema(request={"multipart/form-data": PriceSheetIn}, responses={201: PriceImportOut})
    def create(self, request: Request) -> Response:
        """导入价格表；有错误的整表拒绝，返回单元格。"""
        actor, today = actor_of(request), clock.today()
        file = _upload(_valid(PriceSheetIn, request)["file"])
        draft: PriceDraft = price_services.stage_prices(
            actor=actor, filename=file.name, content=file.content, today=today
        )
        number = price_services.import_prices(actor=actor, draft_id=draft.pk, today=today)
        return Response({"imported": number}, status=status.HTTP_201_CREATED)

    @extend_schema(request=PriceStrikeIn, responses=PriceOut)
    @action(detail=True, methods=["post"])
    def strike(self, request: Request, pk: str) -> Response:
        """作废一条并说明理由。"""
        row = self.get_object()
        done = price_services.strike_price(
            actor=actor_of(request), price_id=row.pk, **_valid(PriceStrikeIn, request)
        )
        return Response(PriceOut(done).data)


def register(router: BaseRouter) -> None:
    router.register("quota-proposals", QuotaProposalViewSet, basename="quota-proposal")
    router.register("quota-prices", QuotaPriceViewSet, basename="quota-price")
