"""Pauses over the API: the list with what is to be asked about each, its figures, proof and plan."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals import pause_review
from approvals.pause_filters import PauseFilter
from approvals.pause_review import PauseRow
from approvals.services import pauses
from core import clock
from deadlines.models import Pause
from papers.services import Upload


class PauseOut(serializers.Serializer[Any]):
    """A pause; `days` are working days, both ends included."""

    id = serializers.IntegerField(source="pause.pk")
    step = serializers.IntegerField(source="step_id")
    code = serializers.CharField(source="pause.deadline.subject_code")
    project = serializers.IntegerField(source="pause.deadline.project_id")
    project_name = serializers.CharField(source="pause.deadline.project_name")
    organisation = serializers.CharField(source="pause.deadline.scope_organisation.code")
    holder_organisation = serializers.CharField(source="pause.deadline.holder_organisation.code")
    kind = serializers.CharField(source="pause.kind.code")
    kind_label = serializers.CharField(source="pause.kind.label")
    first_on = serializers.DateField(source="pause.first_on")
    last_on = serializers.DateField(source="pause.last_on", allow_null=True)
    stops_committed = serializers.BooleanField(source="pause.stops_committed")
    stops_statutory = serializers.BooleanField(source="pause.stops_statutory")
    evidence = serializers.CharField(source="pause.evidence")
    paper = serializers.IntegerField(source="pause.paper_id", allow_null=True)
    expected_end_on = serializers.DateField(source="pause.expected_end_on", allow_null=True)
    next_step = serializers.CharField(source="pause.next_step")
    entered_at = serializers.DateTimeField(source="pause.entered_at")
    days = serializers.IntegerField(source="review.days")
    number = serializers.IntegerField(source="review.number")
    flags = serializers.ListField(child=serializers.CharField(), source="review.flags")


class PauseFiguresOut(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    flags = serializers.DictField(child=serializers.IntegerField())


class PausePlanIn(serializers.Serializer[Any]):
    expected_end_on = serializers.DateField()
    next_step = serializers.CharField(max_length=200)


class PauseProofIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=200)
    title = serializers.CharField(max_length=200, default="", allow_blank=True)
    occurred_on = serializers.DateField(required=False, allow_null=True, default=None, help_text="成文日期")


class PauseViewSet(viewsets.GenericViewSet[Pause]):
    """暂停计时：列表、各类问题的件数、补传凭证、调整预计结束。"""

    queryset = Pause.objects.none()
    serializer_class = PauseOut
    keyset_order = ("-first_on",)
    parser_classes = (JSONParser, MultiPartParser)

    def get_queryset(self) -> QuerySet[Pause]:
        return pause_review.with_words(pause_review.step_pauses(actor=actor_of(self.request)))

    def _filterset(self) -> PauseFilter:
        filterset = PauseFilter(self.request.query_params, actor=actor_of(self.request), today=clock.today())
        if filterset.errors:
            raise serializers.ValidationError(filterset.errors)
        return filterset

    def _found(self) -> PauseRow:
        pk = self.kwargs["pk"]
        found = self.get_queryset().filter(pk=int(pk) if pk.isdecimal() else 0).first()
        if found is None:
            raise Http404
        reviews = pause_review.reviews_of(Pause.objects.filter(pk=found.pk), today=clock.today())
        return PauseRow(found, reviews[found.pk])

    def list(self, request: Request) -> Response:
        """暂停清单，筛选同网页；不填日期为今年。"""
        filterset = self._filterset()
        page = self.paginate_queryset(pause_review.with_words(filterset.qs)) or []
        rows = pause_review.rows_with(page, filterset.reviews)
        return self.get_paginated_response(PauseOut(rows, many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        """一次暂停。"""
        return Response(PauseOut(self._found()).data)

    @extend_schema(responses=PauseFiguresOut)
    @action(detail=False, methods=["get"], pagination_class=None)
    def figures(self, request: Request) -> Response:
        """各类问题的件数。"""
        reviews = self._filterset().reviews
        counts = pause_review.count_by_flag(reviews.values())
        return Response({"total": len(reviews), "flags": {flag.value: n for flag, n in counts.items()}})

    @extend_schema(request=PausePlanIn, responses=PauseOut)
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, pk: str) -> Response:
        """登记预计结束和下一步。"""
        found = self._found()
        require(actor_of(request), Right.RUN_STEPS)
        data = PausePlanIn(data=request.data)
        data.is_valid(raise_exception=True)
        pauses.plan_pause(
            pause_id=found.pause.pk, actor=actor_of(request), today=clock.today(), **data.validated_data
        )
        return Response(PauseOut(self._found()).data)

    @extend_schema(request={"multipart/form-data": PauseProofIn}, responses={201: PauseOut})
    @action(detail=True, methods=["post"])
    def proof(self, request: Request, pk: str) -> Response:
        """上传凭证文件。"""
        found = self._found()
        require(actor_of(request), Right.RUN_STEPS)
        data = PauseProofIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        file = given.pop("file")
        pauses.prove_pause(
            pause_id=found.pause.pk,
            proof=Upload(file.name, file.read()),
            actor=actor_of(request),
            today=clock.today(),
            **given,
        )
        return Response(PauseOut(self._found()).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("pauses", PauseViewSet, basename="pause")
