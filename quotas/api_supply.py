"""The supply of farmland quota over the API: consolidations, their links, the counties' books."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right
from projects.models import Project
from quotas.api_counties import OfCounty
from quotas.api_verbs import Call, read_call, verb
from quotas.ledger_filters import ConsolidationFilterSet, CountyEntryFilterSet, SupplyLinkFilterSet
from quotas.models import Consolidation, CountyEntry, SupplyLink
from quotas.selectors.county_books import book_entries
from quotas.selectors.supply import supply_links
from quotas.services import county_books, supply
from quotas.services import supply_links as links
from quotas.services.county_books import Voucher
from quotas.services.supply import ConsolidationFacts
from quotas.services.supply_links import LinkFacts

OFFERED = [(value, label) for value, label in Consolidation.Stage.choices if value != "STOCKED"]


class ConsolidationOut(serializers.ModelSerializer[Consolidation]):
    county = serializers.CharField(source="county.code")

    class Meta:
        model = Consolidation
        fields = [
            *("id", "name", "county", "record_no", "stage", "stage_on", "scale_m2", "area_m2"),
            *("paddy_m2", "grain_kg", "state_share", "agreement_no", "expected_on"),
        ]


class ConsolidationIn(OfCounty):
    """整治项目到达的阶段；平方米、公斤。"""

    name = serializers.CharField(max_length=200)
    stage = serializers.ChoiceField(choices=OFFERED)
    stage_on = serializers.DateField()
    scale_m2 = serializers.IntegerField(min_value=0, default=0)
    area_m2 = serializers.IntegerField(min_value=0, default=0)
    paddy_m2 = serializers.IntegerField(min_value=0, default=0)
    grain_kg = serializers.IntegerField(min_value=0, default=0)
    state_share = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=Decimal(0), max_value=Decimal(1), default=Decimal(0)
    )
    agreement_no = serializers.CharField(max_length=120, default="", allow_blank=True)
    record_no = serializers.CharField(max_length=80, default="", allow_blank=True)
    expected_on = serializers.DateField(required=False, allow_null=True, default=None)

    def stages(self) -> dict[str, Any]:
        """The arguments of the services: what is known, and the stage with its day."""
        data = dict(self.validated_data)
        stage = {name: data.pop(name) for name in ("stage", "stage_on")}
        return {"facts": ConsolidationFacts(**data), **stage}


class VoucherIn(serializers.Serializer[Any]):
    """事由、文号和日期；`key` 相同的重复请求只登记一次。"""

    reason = serializers.CharField(max_length=300)
    document_no = serializers.CharField(max_length=120)
    occurred_on = serializers.DateField()
    key = serializers.UUIDField(required=False)

    def voucher(self, project_id: int | None = None) -> Voucher:
        data = self.validated_data
        return Voucher(
            reason=data["reason"],
            document_no=data["document_no"],
            occurred_on=data["occurred_on"],
            key=data.get("key") or uuid.uuid4(),
            project_id=project_id,
        )


class SettleIn(VoucherIn):
    fee = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=Decimal(0), help_text="耕地开垦费标准，元/亩"
    )
    cost = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=Decimal(0), help_text="县级开发成本，元"
    )


class CountyEntryOut(serializers.ModelSerializer[CountyEntry]):
    """专项基金为分，规划余量为平方米；支出、使用为负。"""

    county = serializers.CharField(source="county.code")

    class Meta:
        model = CountyEntry
        fields = [
            *("id", "book", "act", "county", "amount", "reason", "document_no", "consolidation", "project"),
            *("figures", "reverses", "occurred_on", "entered_at"),
        ]


class SettlementEntriesOut(serializers.Serializer[Any]):
    entries = CountyEntryOut(many=True)


class SupplyLinkOut(serializers.ModelSerializer[SupplyLink]):
    """补充耕地挂钩；平方米、公斤。"""

    county = serializers.CharField(source="county.code")

    class Meta:
        model = SupplyLink
        fields = [
            *("id", "consolidation", "project", "county", "area_m2", "paddy_m2", "grain_kg", "plots"),
            *("document_no", "linked_on", "released_on", "release_reason"),
        ]


class SupplyLinkIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(min_value=1)
    area_m2 = serializers.IntegerField(min_value=0, default=0)
    paddy_m2 = serializers.IntegerField(min_value=0, default=0)
    grain_kg = serializers.IntegerField(min_value=0, default=0)
    plots = serializers.CharField(max_length=300, default="", allow_blank=True)
    document_no = serializers.CharField(max_length=120)
    linked_on = serializers.DateField()


class LinkReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


def _link(call: Call) -> SupplyLink:
    facts = call.values
    project, on = facts.pop("project"), facts.pop("linked_on")
    try:
        return links.link_supply(
            actor=call.actor,
            consolidation_id=call.row.pk,
            project_id=project,
            facts=LinkFacts(**facts),
            linked_on=on,
            today=call.today,
        )
    except Project.DoesNotExist as missing:
        raise Http404 from missing


def _settle(call: Call) -> dict[str, Any]:
    entries = county_books.settle_fund(
        actor=call.actor,
        consolidation_id=call.row.pk,
        fee=call.values["fee"],
        cost=call.values["cost"],
        voucher=call.data.voucher(),
        today=call.today,
    )
    return {"entries": entries}


class ConsolidationViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Consolidation]
):
    """土地整治项目的各阶段，挂钩的建设项目，开发基金结算。"""

    serializer_class = ConsolidationOut
    filterset_class = ConsolidationFilterSet
    queryset = Consolidation.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Consolidation]:
        rows = Consolidation.objects.visible_to(actor_of(self.request))
        return rows.select_related("county").order_by("-id")

    @extend_schema(request=ConsolidationIn, responses={201: ConsolidationOut})
    def create(self, request: Request) -> Response:
        """登记整治项目。"""
        call = read_call(self, request, takes=ConsolidationIn, right=Right.KEEP_PIPELINE)
        done = supply.enter_consolidation(actor=call.actor, today=call.today, **call.data.stages())
        return Response(ConsolidationOut(done).data, status=status.HTTP_201_CREATED)

    stage = verb(
        "stage",
        "登记进度。",
        lambda call: supply.move_on(
            actor=call.actor, consolidation_id=call.row.pk, today=call.today, **call.data.stages()
        ),
        takes=ConsolidationIn,
        right=Right.KEEP_PIPELINE,
        answers=ConsolidationOut,
    )
    link = verb(
        "link",
        "与建设项目挂钩。",
        _link,
        takes=SupplyLinkIn,
        right=Right.KEEP_QUOTA,
        answers=SupplyLinkOut,
        status=201,
    )
    settle = verb(
        "settle",
        "按耕地开垦费拨付县级，扣除成本后转入专项基金。",
        _settle,
        takes=SettleIn,
        right=Right.KEEP_QUOTA,
        answers=SettlementEntriesOut,
        status=201,
    )


class LinkViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[SupplyLink]):
    """建设项目与整治项目挂钩。"""

    serializer_class = SupplyLinkOut
    filterset_class = SupplyLinkFilterSet
    queryset = SupplyLink.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[SupplyLink]:
        return supply_links(actor=actor_of(self.request))

    release = verb(
        "release",
        "解除挂钩。",
        lambda call: links.release_link(
            actor=call.actor, link_id=call.row.pk, today=call.today, **call.values
        ),
        takes=LinkReasonIn,
        right=Right.KEEP_QUOTA,
        answers=SupplyLinkOut,
    )


class CountyEntryIn(VoucherIn, OfCounty):
    """专项基金支出（分），规划余量下达、使用（平方米）。"""

    book = serializers.ChoiceField(choices=CountyEntry.Book.choices)
    act = serializers.ChoiceField(
        choices=[(act.value, act.label) for act in county_books.ENTERED], help_text="支出、下达、使用"
    )
    amount = serializers.IntegerField(min_value=1, help_text="分或平方米")


class CountyEntryViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[CountyEntry]):
    """县级专账：土地开发专项基金、规划余量，只增不改。"""

    serializer_class = CountyEntryOut
    filterset_class = CountyEntryFilterSet
    queryset = CountyEntry.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[CountyEntry]:
        return book_entries(actor=actor_of(self.request))

    @extend_schema(request=CountyEntryIn, responses={201: CountyEntryOut})
    def create(self, request: Request) -> Response:
        """登记一笔。"""
        call = read_call(self, request, takes=CountyEntryIn, right=Right.KEEP_QUOTA)
        done = county_books.enter(
            actor=call.actor,
            **{name: call.values[name] for name in ("book", "act", "county", "amount")},
            voucher=call.data.voucher(),
            today=call.today,
        )
        return Response(CountyEntryOut(done).data, status=status.HTTP_201_CREATED)

    reverse = verb(
        "reverse",
        "冲正。",
        lambda call: county_books.reverse_entry(
            actor=call.actor, entry_id=call.row.pk, voucher=call.data.voucher(), today=call.today
        ),
        takes=VoucherIn,
        right=Right.REVERSE_QUOTA,
        answers=CountyEntryOut,
        status=201,
    )


def register(router: BaseRouter) -> None:
    router.register("consolidations", ConsolidationViewSet, basename="consolidation")
    router.register("supply-links", LinkViewSet, basename="supply-link")
    router.register("county-books", CountyEntryViewSet, basename="county-entry")
