"""What is set for the pool over the API: its rules, materials, reviews, where money is paid."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.models import Organisation
from accounts.rights import Right
from quotas import selectors
from quotas.api_verbs import read_call
from quotas.models import ChecklistItem, FiscalAccount, Policy, ReviewSetting
from quotas.rules import Pool
from quotas.services.application_settings import Item, Review, revise_item, set_review
from quotas.services.policies import set_policy
from quotas.services.prices import set_fiscal_account

_POLICY = (
    *("title", "basis", "effective_from", "farmland_rate", "plan_rate", "advance_rate", "scale_order"),
    *("county_rank", "is_bundled", "allow_partial", "price_method", "price_months", "plan_tolerance_m2"),
    *("waste_returns", "use_term_days", "use_warning_days", "transfer_out_months", "hold_days"),
    *("pool_warning_percent", "fund_rate", "reclaim_fee", "trial_until", "note"),
)


class PolicyOut(serializers.ModelSerializer[Policy]):
    class Meta:
        model = Policy
        fields = ["id", "effective_to", *_POLICY]


class PolicyIn(serializers.ModelSerializer[Policy]):
    """新的一版规则；不填的沿用预置口径。"""

    class Meta:
        model = Policy
        fields = [*_POLICY]
        # Which day is taken the service says.
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {"effective_from": {"validators": []}}


class PolicyViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Policy]):
    """调节池规则的各个版本。"""

    serializer_class = PolicyOut
    queryset = Policy.objects.none()
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[Policy]:
        return selectors.policies()

    @extend_schema(request=PolicyIn, responses={201: PolicyOut})
    def create(self, request: Request) -> Response:
        """增加一版。"""
        call = read_call(self, request, takes=PolicyIn, right=Right.EDIT_QUOTA_POLICY)
        values = call.values
        effective_from = values.pop("effective_from")
        done = set_policy(actor=call.actor, effective_from=effective_from, values=values, today=call.today)
        return Response(PolicyOut(done).data, status=status.HTTP_201_CREATED)


class ChecklistItemOut(serializers.ModelSerializer[ChecklistItem]):
    class Meta:
        model = ChecklistItem
        fields = [
            *("id", "pool", "code", "name", "note", "clause", "position", "is_required"),
            *("effective_from", "effective_to"),
        ]


class ChecklistItemIn(serializers.Serializer[Any]):
    """一项材料的新版本；`is_ended` 表示自生效日期起停用。"""

    pool = serializers.ChoiceField(choices=[(pool.value, pool.label) for pool in Pool])
    code = serializers.SlugField(max_length=30)
    name = serializers.CharField(max_length=120, default="", allow_blank=True)
    note = serializers.CharField(max_length=300, default="", allow_blank=True)
    clause = serializers.CharField(max_length=60, default="", allow_blank=True)
    position = serializers.IntegerField(min_value=1, max_value=999, default=1)
    is_required = serializers.BooleanField(default=True)
    is_ended = serializers.BooleanField(default=False)
    effective_from = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        lacking = [name for name in ("name", "clause") if not attrs[name].strip()]
        if lacking and not attrs["is_ended"]:
            raise serializers.ValidationError({name: ["请填写此项。"] for name in lacking})
        return attrs

    def item(self) -> Item | None:
        data = self.validated_data
        if data["is_ended"]:
            return None
        return Item(data["name"], data["note"], data["clause"], data["position"], data["is_required"])


class ChecklistViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ChecklistItem]):
    """各调节池申请须提交的材料，含历次版本。"""

    serializer_class = ChecklistItemOut
    queryset = ChecklistItem.objects.none()
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[ChecklistItem]:
        return ChecklistItem.objects.order_by("id")

    @extend_schema(request=ChecklistItemIn, responses={201: ChecklistItemOut})
    def create(self, request: Request) -> Response:
        """新增、修订或停用一项。"""
        call = read_call(self, request, takes=ChecklistItemIn, right=Right.EDIT_QUOTA_POLICY)
        key = {"pool": call.values["pool"], "code": call.values["code"]}
        revise_item(
            actor=call.actor,
            item=call.data.item(),
            effective_from=call.values["effective_from"],
            **key,
        )
        newest = ChecklistItem.objects.filter(**key).order_by("-effective_from").first()
        return Response(ChecklistItemOut(newest).data, status=status.HTTP_201_CREATED)


class ReviewSettingOut(serializers.ModelSerializer[ReviewSetting]):
    offices = serializers.SerializerMethodField()

    class Meta:
        model = ReviewSetting
        fields = [
            *("id", "effective_from", "reviewer", "offices", "review_days", "opinion_days"),
            *("payment_days", "note"),
        ]

    def get_offices(self, row: ReviewSetting) -> list[str]:
        return [code for code in row.offices.split(",") if code]


class ReviewSettingIn(serializers.Serializer[Any]):
    """受理科室、会同单位（单位代码）和各环节时限（工作日）。"""

    effective_from = serializers.DateField()
    reviewer = serializers.CharField(max_length=40, default="", allow_blank=True)
    offices = serializers.ListField(child=serializers.CharField(max_length=40), default=list)
    review_days = serializers.IntegerField(min_value=1, max_value=365)
    opinion_days = serializers.IntegerField(min_value=1, max_value=365)
    payment_days = serializers.IntegerField(min_value=1, max_value=365)
    note = serializers.CharField(max_length=300)


class ReviewSettingViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ReviewSetting]):
    """申请审核设置的各个版本。"""

    serializer_class = ReviewSettingOut
    queryset = ReviewSetting.objects.none()
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[ReviewSetting]:
        return ReviewSetting.objects.order_by("-effective_from")

    @extend_schema(request=ReviewSettingIn, responses={201: ReviewSettingOut})
    def create(self, request: Request) -> Response:
        """增加一版。"""
        call = read_call(self, request, takes=ReviewSettingIn, right=Right.EDIT_QUOTA_POLICY)
        values = call.values
        effective_from = values.pop("effective_from")
        values["offices"] = tuple(values["offices"])
        done = set_review(actor=call.actor, effective_from=effective_from, review=Review(**values))
        return Response(ReviewSettingOut(done).data, status=status.HTTP_201_CREATED)


class FiscalAccountOut(serializers.ModelSerializer[FiscalAccount]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = FiscalAccount
        fields = ["id", "organisation", "title", "bank", "number", "effective_from"]


class FiscalAccountIn(serializers.Serializer[Any]):
    organisation = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Organisation.objects.filter(kind__in=["prefecture", "county"], is_active=True),
    )
    title = serializers.CharField(max_length=120)
    bank = serializers.CharField(max_length=120)
    number = serializers.CharField(max_length=60)
    effective_from = serializers.DateField()


class FiscalAccountViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[FiscalAccount]):
    """各权属单位的收款账户。"""

    serializer_class = FiscalAccountOut
    queryset = FiscalAccount.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[FiscalAccount]:
        return FiscalAccount.objects.select_related("organisation").order_by("-id")

    @extend_schema(request=FiscalAccountIn, responses={201: FiscalAccountOut})
    def create(self, request: Request) -> Response:
        """登记账户。"""
        call = read_call(self, request, takes=FiscalAccountIn, right=Right.EDIT_QUOTA_POLICY)
        done = set_fiscal_account(actor=call.actor, **call.values)
        return Response(FiscalAccountOut(done).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("quota-policies", PolicyViewSet, basename="quota-policy")
    router.register("quota-checklists", ChecklistViewSet, basename="quota-checklist")
    router.register("quota-review-settings", ReviewSettingViewSet, basename="quota-review-setting")
    router.register("quota-fiscal-accounts", FiscalAccountViewSet, basename="quota-fiscal-account")
