"""征求意见 under /api/v1/: the pages' own filters, selectors and services."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from core import clock
from opinions import selectors
from opinions.filters import RequestFilterSet, RoundFilterSet
from opinions.models import Request, Round
from opinions.serializers import (
    OpinionAnswerIn,
    OpinionDelegateIn,
    OpinionDraftIn,
    OpinionReasonIn,
    OpinionReceiptIn,
    OpinionRecordOut,
    OpinionRequestOut,
    OpinionRoundIn,
    OpinionRoundOut,
    OpinionSupplyIn,
)
from opinions.services import requests, rounds
from projects.models import Project


def _read(kind: type[Any], request: HttpRequest) -> Any:
    """The body, well-formed."""
    data = kind(data=request.data)
    data.is_valid(raise_exception=True)
    return data


class RequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Request]):
    """部门意见：部门读取征求本部门的意见并反馈；州局查看各部门反馈。"""

    serializer_class = OpinionRequestOut
    filterset_class = RequestFilterSet
    queryset = Request.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Request]:
        return selectors.request_list(actor=actor_of(self.request))

    def _again(self) -> Response:
        return Response(OpinionRequestOut(self.get_object()).data)

    def _side(self) -> tuple[Request, User]:
        found, actor = self.get_object(), actor_of(self.request)
        if not allowed(actor, Right.ASK_OPINIONS):
            require(actor, Right.ANSWER_OPINION)
        return found, actor

    def _own(self, right: Right) -> tuple[Request, User]:
        found, actor = self.get_object(), actor_of(self.request)
        require(actor, right)
        return found, actor

    @extend_schema(request=OpinionReceiptIn, responses=OpinionRequestOut)
    @action(detail=True, methods=["post"])
    def receive(self, request: HttpRequest, pk: str) -> Response:
        """签收。"""
        found, actor = self._side()
        data = _read(OpinionReceiptIn, request).validated_data
        requests.receive(request_id=found.pk, actor=actor, today=clock.today(), now=clock.now(), **data)
        return self._again()

    @extend_schema(request=OpinionAnswerIn, responses=OpinionRequestOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: HttpRequest, pk: str) -> Response:
        """反馈意见；视为同意之后的意见另行登记，不改变结论。"""
        found, actor = self._side()
        data = _read(OpinionAnswerIn, request)
        requests.answer(
            request_id=found.pk, answer=data.answer(), actor=actor, today=clock.today(), now=clock.now()
        )
        return self._again()

    @extend_schema(request=OpinionDelegateIn, responses=OpinionRequestOut)
    @action(detail=True, methods=["post"])
    def delegate(self, request: HttpRequest, pk: str) -> Response:
        """指定部门承办人。"""
        found, actor = self._own(Right.ANSWER_OPINION)
        name = _read(OpinionDelegateIn, request).validated_data["handler"]
        handler = User.objects.visible_to(actor).filter(username=name).first()
        if handler is None:
            raise serializers.ValidationError({"handler": ["没有这个用户，或不在本部门。"]})
        requests.delegate(request_id=found.pk, handler=handler, actor=actor, today=clock.today())
        return self._again()

    @extend_schema(request=OpinionSupplyIn, responses=OpinionRequestOut)
    @action(detail=True, methods=["post"])
    def supply(self, request: HttpRequest, pk: str) -> Response:
        """补充部门要求的材料，恢复计时。"""
        found, actor = self._own(Right.ASK_OPINIONS)
        note = _read(OpinionSupplyIn, request).validated_data["note"]
        requests.supply(request_id=found.pk, note=note, actor=actor, today=clock.today(), now=clock.now())
        return self._again()

    @extend_schema(request=OpinionReasonIn, responses=OpinionRequestOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: HttpRequest, pk: str) -> Response:
        """撤回对一个部门的征求。"""
        found, actor = self._own(Right.ASK_OPINIONS)
        reason = _read(OpinionReasonIn, request).validated_data["reason"]
        requests.withdraw_request(request_id=found.pk, reason=reason, actor=actor, today=clock.today())
        return self._again()

    @extend_schema(
        parameters=[OpenApiParameter("year", int)], responses=OpinionRecordOut(many=True), filters=False
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def record(self, request: HttpRequest) -> Response:
        """各部门反馈情况。"""
        asked = request.query_params.get("year", "")
        year = int(asked) if asked.isdecimal() else clock.today().year
        rows = selectors.responsibility(actor=actor_of(request), year=year)
        return Response(OpinionRecordOut(rows, many=True).data)


class RoundViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Round]):
    """征求意见轮次：拟定、发出、撤回、重新征求。"""

    serializer_class = OpinionRoundOut
    filterset_class = RoundFilterSet
    queryset = Round.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Round]:
        return selectors.round_list(actor=actor_of(self.request))

    def _asked(self) -> tuple[Round, User]:
        found, actor = self.get_object(), actor_of(self.request)
        require(actor, Right.ASK_OPINIONS)
        return found, actor

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(OpinionRoundOut(self.get_queryset().get(pk=pk)).data, status=status)

    @extend_schema(request=OpinionRoundIn, responses={201: OpinionRoundOut})
    def create(self, request: HttpRequest) -> Response:
        """拟定一轮，按项目情况建议部门。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.ASK_OPINIONS)
        data = _read(OpinionRoundIn, request).validated_data
        project = Project.objects.visible_to(actor).select_related("organisation", "land")
        found = project.filter(pk=data["project"]).first()
        kind = next((k for k in selectors.kinds_in_force(today) if k.code == data["kind"]), None)
        if found is None or kind is None:
            field = "project" if found is None else "kind"
            raise serializers.ValidationError({field: ["不存在，或不在您的可见范围内。"]})
        done = rounds.draft_round(
            project=found, kind=kind, question=data["question"], actor=actor, today=today
        )
        return self._shown(done.pk, 201)

    @extend_schema(request=OpinionDraftIn, responses=OpinionRoundOut)
    @action(detail=True, methods=["post"])
    def change(self, request: HttpRequest, pk: str) -> Response:
        """修改草稿的事项和部门。"""
        found, actor = self._asked()
        data = _read(OpinionDraftIn, request).validated_data
        units = Organisation.objects.filter(code__in=data["departments"]).values_list("pk", flat=True)
        rounds.change_draft(
            round_id=found.pk,
            question=data["question"],
            departments=list(units),
            actor=actor,
            today=clock.today(),
        )
        return self._shown(found.pk)

    @extend_schema(request=None, responses=OpinionRoundOut)
    @action(detail=True, methods=["post"])
    def send(self, request: HttpRequest, pk: str) -> Response:
        """发出，各部门开始计时。"""
        found, actor = self._asked()
        rounds.send_round(round_id=found.pk, actor=actor, today=clock.today(), now=clock.now())
        return self._shown(found.pk)

    @extend_schema(request=OpinionReasonIn, responses=OpinionRoundOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: HttpRequest, pk: str) -> Response:
        """撤回整轮。"""
        found, actor = self._asked()
        reason = _read(OpinionReasonIn, request).validated_data["reason"]
        rounds.withdraw_round(round_id=found.pk, reason=reason, actor=actor, today=clock.today())
        return self._shown(found.pk)

    @extend_schema(request=OpinionReasonIn, responses={201: OpinionRoundOut})
    @action(detail=True, methods=["post"])
    def redo(self, request: HttpRequest, pk: str) -> Response:
        """重新征求：拟定下一轮。"""
        found, actor = self._asked()
        reason = _read(OpinionReasonIn, request).validated_data["reason"]
        done = rounds.redo_round(round_id=found.pk, reason=reason, actor=actor, today=clock.today())
        return self._shown(done.pk, 201)


def register(router: BaseRouter) -> None:
    router.register("opinion-requests", RequestViewSet, basename="opinion-request")
    router.register("opinion-rounds", RoundViewSet, basename="opinion-round")
