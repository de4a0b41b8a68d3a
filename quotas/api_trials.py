"""The pool's what-if, the settlement of its money and its opening balances over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from quotas.api_ledger import BookingOut
from quotas.api_verbs import read_call, upload_of, verb
from quotas.models import OpeningDraft
from quotas.selectors.pools import policy_on
from quotas.selectors.proposing import settlement
from quotas.selectors.what_if import MOST_PROJECTS, candidates, try_projects
from quotas.services.opening import stage_opening, take_opening
from quotas.what_if_form import WhatIfForm


class TriedOut(serializers.Serializer[Any]):
    """一个项目：是否满足、每一步的来源、价款。数量为平方米、公斤。"""

    project = serializers.IntegerField(source="project.pk")
    project_name = serializers.CharField(source="project.name")
    is_met = serializers.BooleanField()
    yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    steps = serializers.SerializerMethodField()

    def get_steps(self, row: Any) -> list[dict[str, Any]]:
        return [
            {"instrument": str(step.instrument), "kind": str(step.kind), "owner": step.owner}
            | {"amount": step.amount, "left_after": step.left_after}
            for draw in row.draws
            for step in draw.steps
        ]


class WhatIfBalanceOut(serializers.Serializer[Any]):
    """一类指标：原有、取用、剩余、尚缺、从哪些县取、先不足的项目。"""

    instrument = serializers.CharField()
    before = serializers.IntegerField()
    drawn = serializers.IntegerField()
    left = serializers.IntegerField()
    shortfall = serializers.IntegerField()
    yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    givers = serializers.ListField(child=serializers.CharField())
    runs_out = serializers.IntegerField(source="runs_out.pk", default=None, allow_null=True)


class QuotaWhatIfOut(serializers.Serializer[Any]):
    met = serializers.IntegerField()
    givers = serializers.IntegerField()
    yuan = serializers.DecimalField(max_digits=18, decimal_places=2)
    projects = TriedOut(many=True, source="rows")
    balances = WhatIfBalanceOut(many=True)


_ASKED = [
    OpenApiParameter("project", OpenApiTypes.INT, many=True, description="项目编号，可多个"),
    *(
        OpenApiParameter(name, OpenApiTypes.STR, description=str(field.label))
        for name, field in WhatIfForm.base_fields.items()
        if name != "project"
    ),
]


class WhatIfViewSet(viewsets.ViewSet):
    """指标试算：只算不记。"""

    @extend_schema(parameters=_ASKED, responses=QuotaWhatIfOut(many=True))
    def list(self, request: Request) -> Response:
        """一种或两种规则下的结果。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.READ_OVERVIEW)
        rows = candidates(actor=actor, year=today.year)[:MOST_PROJECTS]
        form = WhatIfForm(request.query_params, projects=[(row.pk, row.name) for row in rows])
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(word) for word in words] for name, words in form.errors.items()}
            )
        trials = try_projects(
            actor=actor,
            project_ids=form.cleaned_data["project"],
            year=today.year,
            policies=form.policies(policy_on(today)),
            today=today,
        )
        return Response(QuotaWhatIfOut(trials, many=True).data)


class SettlementOut(serializers.Serializer[Any]):
    """一个财政账户：应收、已收、尚欠（元）。"""

    organisation = serializers.CharField(source="organisation.code")
    due = serializers.DecimalField(max_digits=18, decimal_places=2)
    paid = serializers.DecimalField(max_digits=18, decimal_places=2)
    lacking = serializers.DecimalField(max_digits=18, decimal_places=2)


class SettlementViewSet(viewsets.ViewSet):
    """指标价款按收款财政结算。"""

    @extend_schema(
        parameters=[OpenApiParameter("year", OpenApiTypes.INT, description="年度，缺省为今年")],
        responses=SettlementOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """一个年度的结算。"""
        asked = request.query_params.get("year", "")
        year = int(asked) if asked.isdecimal() and len(asked) == 4 else clock.today().year
        return Response(SettlementOut(settlement(actor=actor_of(request), year=year), many=True).data)


class OpeningOut(serializers.ModelSerializer[OpeningDraft]):
    """读取结果和问题；没有问题的可以导入。"""

    class Meta:
        model = OpeningDraft
        fields = ["id", "filename", "rows", "problems", "uploaded_at", "booking"]


class OpeningIn(serializers.Serializer[Any]):
    file = serializers.FileField()


class OpeningTakeIn(serializers.Serializer[Any]):
    document_no = serializers.CharField(max_length=120)
    occurred_on = serializers.DateField()


class OpeningViewSet(viewsets.GenericViewSet[OpeningDraft]):
    """期初余额：先预检，后导入。"""

    serializer_class = OpeningOut
    queryset = OpeningDraft.objects.none()
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> QuerySet[OpeningDraft]:
        return OpeningDraft.objects.visible_to(actor_of(self.request))

    @extend_schema(request={"multipart/form-data": OpeningIn}, responses={201: OpeningOut})
    def create(self, request: Request) -> Response:
        """上传期初余额表，返回读取结果和问题。"""
        call = read_call(self, request, takes=OpeningIn, right=Right.KEEP_QUOTA)
        file = upload_of(call)
        draft = stage_opening(actor=call.actor, filename=file.name, content=file.content)
        return Response(OpeningOut(draft).data, status=status.HTTP_201_CREATED)

    take = verb(
        "take",
        "导入，全部记入或全部不记。",
        lambda call: take_opening(actor=call.actor, draft_id=call.row.pk, today=call.today, **call.values),
        takes=OpeningTakeIn,
        right=Right.KEEP_QUOTA,
        answers=BookingOut,
        status=201,
    )


def register(router: BaseRouter) -> None:
    router.register("quota-what-if", WhatIfViewSet, basename="quota-what-if")
    router.register("quota-settlement", SettlementViewSet, basename="quota-settlement")
    router.register("quota-openings", OpeningViewSet, basename="quota-opening")
