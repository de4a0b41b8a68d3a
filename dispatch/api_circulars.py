"""Circulars over the API: read, draft, approve, issue."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from dispatch.circular_views import possible_copies
from dispatch.models import Circular, Round
from dispatch.selectors import packages as selectors
from dispatch.services import circulars as services


class CircularOut(serializers.ModelSerializer[Circular]):
    period = serializers.CharField(source="round.period", read_only=True)

    class Meta:
        model = Circular
        fields = (
            *("id", "round", "period", "version", "kind", "state", "title", "number", "approver"),
            *("approved_on", "issued_on"),
        )


class CircularIn(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Circular.Kind.choices)
    title = serializers.CharField(max_length=200)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    praise = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    problems = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    demands = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class CircularApproveIn(serializers.Serializer[Any]):
    approver = serializers.CharField(max_length=60)
    approved_on = serializers.DateField()


class CircularIssueIn(serializers.Serializer[Any]):
    copies = serializers.ListField(child=serializers.CharField(max_length=30), max_length=400)


class CircularViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Circular]):
    """调度报告和通报：起草、审定、印发。"""

    queryset = Circular.objects.none()
    serializer_class = CircularOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Circular]:
        return selectors.circular_list(actor=actor_of(self.request))

    @extend_schema(request=CircularIn, responses={201: CircularOut})
    def create(self, request: Request) -> Response:
        """起草，或修改草稿。"""
        require(actor_of(request), Right.FREEZE_ROUND)
        data = CircularIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        round_id, kind = given.pop("round"), given.pop("kind")
        try:
            row = services.draft_circular(
                round_id=round_id,
                kind=kind,
                draft=services.Draft(**given),
                actor=actor_of(request),
                now=clock.now(),
            )
        except Round.DoesNotExist as unseen:
            raise Http404 from unseen
        return Response(CircularOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CircularApproveIn, responses={200: CircularOut})
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        """登记审定。"""
        require(actor_of(request), Right.FREEZE_ROUND)
        row = self.get_object()
        data = CircularApproveIn(data=request.data)
        data.is_valid(raise_exception=True)
        done = services.approve_circular(
            circular_id=row.pk, **data.validated_data, actor=actor_of(request), today=clock.today()
        )
        return Response(CircularOut(done).data)

    @extend_schema(request=CircularIssueIn, responses={200: CircularOut})
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """印发给抄送单位（单位代码）。"""
        actor = actor_of(request)
        require(actor, Right.FREEZE_ROUND)
        row = self.get_object()
        data = CircularIssueIn(data=request.data)
        data.is_valid(raise_exception=True)
        units = list(possible_copies(actor).filter(code__in=data.validated_data["copies"]))
        done = services.issue_circular(circular_id=row.pk, copies=units, actor=actor, today=clock.today())
        return Response(CircularOut(done).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("circulars", CircularViewSet, basename="circular")
