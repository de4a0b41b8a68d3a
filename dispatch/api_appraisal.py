"""Score sheets over the API: read, compute, object."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, allowed, require
from core import clock
from dispatch.models import Appraisal, AppraisalScore
from dispatch.selectors.appraisal import appraisal_list, score_list
from dispatch.services import appraisal as services


class AppraisalOut(serializers.ModelSerializer[Appraisal]):
    class Meta:
        model = Appraisal
        fields = ("id", "name", "first_on", "last_on", "version", "rules", "made_on")


class AppraisalIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=100)
    first_on = serializers.DateField()
    last_on = serializers.DateField()


class ScoreOut(serializers.ModelSerializer[AppraisalScore]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = AppraisalScore
        fields = ("id", "organisation", "kind", "place", "total", "items")


class AppraisalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Appraisal]):
    """考核得分。"""

    serializer_class = AppraisalOut
    queryset = Appraisal.objects.none()
    keyset_order = ("-last_on", "-version", "-id")

    def get_queryset(self) -> QuerySet[Appraisal]:
        actor = actor_of(self.request)
        if not allowed(actor, Right.OBJECT_TO_SCORE):
            require(actor, Right.READ_OVERVIEW)
        return appraisal_list(actor=actor)

    @extend_schema(request=AppraisalIn, responses={201: AppraisalOut})
    def create(self, request: Request) -> Response:
        """计算一期得分；同一期再次计算为新版。"""
        require(actor_of(request), Right.APPRAISE)
        data = AppraisalIn(data=request.data)
        data.is_valid(raise_exception=True)
        made = services.make_appraisal(actor=actor_of(request), today=clock.today(), **data.validated_data)
        return Response(AppraisalOut(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ScoreOut(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def scores(self, request: Request, pk: str) -> Response:
        """各单位得分和分项。"""
        rows = score_list(actor=actor_of(request), appraisal=self.get_object())
        return Response(ScoreOut(rows, many=True).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("appraisals", AppraisalViewSet, basename="appraisal")
