"""Steps and the step catalogue over the API: the same reads and verbs as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals import flow, rules, selectors
from approvals import serializers as shapes
from approvals.filters import StepFilterSet
from approvals.models import Step, StepType
from approvals.services import acceptance, changes, decisions, opening, pauses, receipts, skips
from approvals.services.changes import NewLimit
from approvals.what_if import try_out
from core import clock
from deadlines.selectors import working_calendar
from projects.models import Project


class StepViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Step]):
    """Read steps and act on them. Each verb is one service; a refusal answers 409 with its facts."""

    queryset = Step.objects.none()
    filterset_class = StepFilterSet
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[Step]:
        return selectors.step_page_rows(actor=actor_of(self.request)).order_by("id")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return shapes.StepOut if self.action == "list" else shapes.StepDetailOut

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "calendar": working_calendar()}

    def _act(
        self, request: Request, shape: type[serializers.Serializer[Any]], call: Callable[..., object]
    ) -> Response:
        step = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)  # before the body: who may not learns no more
        data = shape(data=request.data)
        data.is_valid(raise_exception=True)
        call(step_id=step.pk, actor=actor_of(request), today=clock.today(), **data.validated_data)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses=shapes.WhatIfOut, parameters=[shapes.WhatIfIn])
    @action(detail=True, methods=["get"], url_path="what-if")
    def what_if(self, request: Request, pk: str) -> Response:
        """试算影响：延期、暂停或推迟受理会使哪些步骤变动、变红；不写入。"""
        step = self.get_object()
        asked = shapes.WhatIfIn(data=request.query_params)
        asked.is_valid(raise_exception=True)
        trial = dict(asked.validated_data)
        verb = rules.Verb(trial.pop("verb"))
        answer = try_out(step, verb, trial, actor=actor_of(request), today=clock.today())
        return Response(shapes.WhatIfOut(answer).data if answer else {"rows": [], "turned_red": []})

    @extend_schema(request=shapes.ReceiveIn)
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, pk: str) -> Response:
        """收件，补正告知期开始。"""
        return self._act(request, shapes.ReceiveIn, receipts.receive_step)

    @extend_schema(request=shapes.NotifyIn)
    @action(detail=True, methods=["post"])
    def notify(self, request: Request, pk: str) -> Response:
        """一次告知补正。"""
        return self._act(request, shapes.NotifyIn, receipts.notify_correction)

    @extend_schema(request=shapes.ReissueIn)
    @action(detail=True, methods=["post"])
    def reissue(self, request: Request, pk: str) -> Response:
        """按现行目录重新核定时限。"""
        return self._act(request, shapes.ReissueIn, changes.reissue_step)

    @extend_schema(request=shapes.ExceptIn)
    @action(detail=True, methods=["post"], url_path="except", url_name="except")
    def make_exception(self, request: Request, pk: str) -> Response:
        """登记“原则上”之外的例外。"""
        return self._act(request, shapes.ExceptIn, changes.except_step)

    @extend_schema(request=shapes.AcceptIn)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """受理，材料齐全或容缺。"""
        return self._act(request, shapes.AcceptIn, acceptance.accept_step)

    @extend_schema(request=shapes.PauseIn)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """登记暂停。"""
        return self._act(request, shapes.PauseIn, pauses.pause_step)

    @extend_schema(request=shapes.ResumeIn)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """恢复计时。"""
        return self._act(request, shapes.ResumeIn, pauses.resume_step)

    @extend_schema(request=shapes.ExtendIn)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: str) -> Response:
        """延期。"""
        return self._act(request, shapes.ExtendIn, pauses.extend_step)

    @extend_schema(request=shapes.DecideIn)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """办结。"""
        return self._act(request, shapes.DecideIn, decisions.decide_step)

    @extend_schema(request=shapes.ReturnIn)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """退回。"""
        return self._act(request, shapes.ReturnIn, decisions.return_step)

    @extend_schema(request=shapes.RejectIn)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """不予受理。"""
        return self._act(request, shapes.RejectIn, acceptance.reject_step)

    @extend_schema(request=shapes.WithdrawIn)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """撤回。"""
        return self._act(request, shapes.WithdrawIn, decisions.withdraw_step)

    @extend_schema(request=shapes.NotInvolvedIn)
    @action(detail=True, methods=["post"], url_path="not-involved")
    def not_involved(self, request: Request, pk: str) -> Response:
        """标记不涉及；依简化规定免办、并办的，写明规则。"""
        return self._act(request, shapes.NotInvolvedIn, skips.set_step_aside)

    @extend_schema(request=shapes.ReopenIn)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """重新启用；已结束的另开一轮，返回新一轮。"""
        step = self.get_object()
        data = shapes.ReopenIn(data=request.data)
        data.is_valid(raise_exception=True)
        fresh = opening.reopen(
            step_id=step.pk, actor=actor_of(request), today=clock.today(), **data.validated_data
        )
        return Response(self.get_serializer(self.get_queryset().get(pk=fresh.pk)).data)

    @extend_schema(request=shapes.SupplyIn)
    @action(detail=True, methods=["post"])
    def supply(self, request: Request, pk: str) -> Response:
        """补齐容缺材料。"""
        return self._act(request, shapes.SupplyIn, acceptance.supply_material)

    @extend_schema(request=shapes.AssignIn)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, pk: str) -> Response:
        """指派责任单位和经办人。"""
        return self._act(request, shapes.AssignIn, changes.assign_step)


class StepTypeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[StepType]):
    """The catalogue in force today; one code with `retrieve`, a new version with `revise`."""

    queryset = StepType.objects.none()
    serializer_class = shapes.StepTypeOut
    lookup_field = "code"
    keyset_order = ("position",)
    filterset_fields = ("phase", "stage")

    def get_queryset(self) -> QuerySet[StepType]:
        return selectors.catalogue(clock.today())

    @extend_schema(
        parameters=[OpenApiParameter("track", str, enum=Project.Track.values, description="审批轨道")],
        responses=shapes.FlowOut,
    )
    @action(
        detail=False,
        methods=["get"],
        url_path="flow",
        url_name="flow",
        pagination_class=None,
        filterset_fields=(),
    )
    def flow_chart(self, request: Request) -> Response:
        """流程图：各步骤的先后、所在阶段和连线。"""
        track = flow.track_named(request.query_params.get("track"))
        return Response(shapes.FlowOut(flow.track_chart(track=track, today=clock.today())).data)

    @extend_schema(request=shapes.ReviseIn)
    @action(detail=True, methods=["post"])
    def revise(self, request: Request, code: str) -> Response:
        """修订：自某日起的新版本；在办步骤仍按原版本。"""
        require(actor_of(request), Right.EDIT_CATALOGUE)
        data = shapes.ReviseIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        limits = [NewLimit(**{**row, "excluded": tuple(row["excluded"])}) for row in given["limits"]]
        version = changes.revise_step_type(
            code=self.get_object().code,
            effective_from=given["effective_from"],
            revision_note=given["revision_note"],
            limits=limits,
            columns=given.get("columns"),
            actor=actor_of(request),
        )
        return Response(self.get_serializer(version).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("steps", StepViewSet, basename="step")
    router.register("step-types", StepTypeViewSet, basename="step-type")
