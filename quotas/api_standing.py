"""Beside the ledgers over the API: reservations, transfer-out plans, deductions, the negative list."""

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
from accounts.rights import Right
from quotas import selectors
from quotas.api_ledger import SheetIn
from quotas.api_verbs import Call, read_call, verb
from quotas.ledger_filters import DeductionFilterSet, ReservationFilterSet
from quotas.models import NegativeListing, PendingDeduction, Reservation, ReservationLine, TransferOut
from quotas.selectors.standing import pending_deductions, transfers_out
from quotas.services import deductions, negative_list, terms


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


class DeductionOut(serializers.ModelSerializer[PendingDeduction]):
    """待扣减规模，平方米。"""

    county = serializers.CharField(source="county.code")

    class Meta:
        model = PendingDeduction
        fields = [
            *("id", "reservation", "county", "amount", "cause", "document_no", "noted_on"),
            *("settled_on", "booking", "void_reason"),
        ]


class DeductionIn(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=1, help_text="平方米")
    cause = serializers.ChoiceField(choices=PendingDeduction.Cause.choices)
    document_no = serializers.CharField(max_length=120)


class QuotaReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


def _release(call: Call) -> None:
    terms.take_back_unused(actor=call.actor, reservation_id=call.row.pk, today=call.today, **call.values)


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

    release = verb(
        "release",
        "释放未用部分；超期浪费的可同时列入负面清单。",
        _release,
        takes=ReleaseIn,
        right=Right.HOOK_QUOTA,
        answers=ReservationOut,
    )
    frozen = verb(
        "frozen",
        "登记超期后被冻结或省级统筹的规模，待规划评估时扣减。",
        lambda call: deductions.note_deduction(
            actor=call.actor, reservation_id=call.row.pk, today=call.today, **call.values
        ),
        takes=DeductionIn,
        right=Right.KEEP_QUOTA,
        answers=DeductionOut,
        status=201,
    )


class DeductionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[PendingDeduction]):
    """待扣减规模：规划评估时扣减，或注明理由不予扣减。"""

    serializer_class = DeductionOut
    filterset_class = DeductionFilterSet
    queryset = PendingDeduction.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[PendingDeduction]:
        return pending_deductions(actor=actor_of(self.request))

    settle = verb(
        "settle",
        "评估调整，扣减等量规模。",
        lambda call: deductions.settle_deduction(
            actor=call.actor, deduction_id=call.row.pk, sheet=call.data.sheet(), today=call.today
        ),
        takes=SheetIn,
        right=Right.KEEP_QUOTA,
        answers=DeductionOut,
    )
    void = verb(
        "void",
        "不予扣减。",
        lambda call: deductions.void_deduction(
            actor=call.actor, deduction_id=call.row.pk, today=call.today, **call.values
        ),
        takes=QuotaReasonIn,
        right=Right.KEEP_QUOTA,
        answers=DeductionOut,
    )


class TransferOutOut(serializers.ModelSerializer[TransferOut]):
    """调出方案；规模为平方米。"""

    county = serializers.CharField(source="county.code")
    due_on = serializers.DateField(source="deadline.due_on", default=None, allow_null=True)

    class Meta:
        model = TransferOut
        fields = ["id", "reservation", "county", "amount", "due_on", "completed_on", "document_no"]


class CompletionIn(serializers.Serializer[Any]):
    completed_on = serializers.DateField()
    document_no = serializers.CharField(max_length=120)


class TransferOutViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[TransferOut]):
    """县市规模调出方案及其期限。"""

    serializer_class = TransferOutOut
    queryset = TransferOut.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[TransferOut]:
        return transfers_out(actor=actor_of(self.request))

    complete = verb(
        "complete",
        "登记调出方案完成。",
        lambda call: terms.complete_transfer_out(
            actor=call.actor, transfer_id=call.row.pk, today=call.today, **call.values
        ),
        takes=CompletionIn,
        right=Right.RUN_STEPS,
        answers=TransferOutOut,
    )


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
        call = read_call(self, request, takes=ListingIn, right=Right.KEEP_NEGATIVE_LIST)
        done = negative_list.list_county(actor=call.actor, **call.values)
        return Response(ListingOut(done).data, status=status.HTTP_201_CREATED)

    remove = verb(
        "remove",
        "解除。",
        lambda call: negative_list.remove_listing(
            listing_id=call.row.pk, reason=call.values["reason"], on=call.today, actor=call.actor
        ),
        takes=QuotaReasonIn,
        right=Right.KEEP_NEGATIVE_LIST,
        answers=ListingOut,
    )


def register(router: BaseRouter) -> None:
    router.register("quota-reservations", ReservationViewSet, basename="quota-reservation")
    router.register("quota-deductions", DeductionViewSet, basename="quota-deduction")
    router.register("quota-transfers-out", TransferOutViewSet, basename="quota-transfer-out")
    router.register("negative-listings", ListingViewSet, basename="negative-listing")
