"""Score sheets over the API: rules, sheets, excused delays, objections."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from deadlines.models import Deadline
from dispatch.models import Appraisal, AppraisalRule, AppraisalScore, ExcusedDelay, Objection
from dispatch.selectors.appraisal import READ_SCORES, appraisal_list, objection_list, score_list
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
        require(actor, *READ_SCORES)
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


class AppraisalRuleOut(serializers.ModelSerializer[AppraisalRule]):
    class Meta:
        model = AppraisalRule
        fields = ("id", "key", "points", "full_at", "zero_at", "effective_from", "effective_to", "note")


class AppraisalRuleIn(serializers.Serializer[Any]):
    key = serializers.ChoiceField(choices=AppraisalRule.Key.choices)
    points = serializers.IntegerField(min_value=0, max_value=100, help_text="0 即不再计入")
    full_at = serializers.DecimalField(max_digits=7, decimal_places=2)
    zero_at = serializers.DecimalField(max_digits=7, decimal_places=2)
    effective_from = serializers.DateField()
    note = serializers.CharField(max_length=300)


class AppraisalRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[AppraisalRule]):
    """考核规则，按生效日期。"""

    serializer_class = AppraisalRuleOut
    queryset = AppraisalRule.objects.none()
    keyset_order = ("position", "key", "-effective_from")

    def get_queryset(self) -> QuerySet[AppraisalRule]:
        require(actor_of(self.request), *READ_SCORES)
        return AppraisalRule.objects.all()

    @extend_schema(request=AppraisalRuleIn, responses={201: AppraisalRuleOut})
    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.APPRAISE)
        data = AppraisalRuleIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = services.set_rule(actor=actor_of(request), **data.validated_data)
        return Response(AppraisalRuleOut(row).data, status=status.HTTP_201_CREATED)


class ExcusedDelayOut(serializers.ModelSerializer[ExcusedDelay]):
    class Meta:
        model = ExcusedDelay
        fields = ("id", "deadline", "reason", "entered_at")


class ExcusedDelayIn(serializers.Serializer[Any]):
    deadline = serializers.IntegerField()
    reason = serializers.CharField(max_length=300)


class ExcusedDelayViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ExcusedDelay]):
    """不计入考核的延误。"""

    serializer_class = ExcusedDelayOut
    queryset = ExcusedDelay.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[ExcusedDelay]:
        actor = actor_of(self.request)
        require(actor, *READ_SCORES)
        return ExcusedDelay.objects.visible_to(actor)

    @extend_schema(request=ExcusedDelayIn, responses={201: ExcusedDelayOut})
    def create(self, request: Request) -> Response:
        """认定一项延误不计入考核。"""
        actor = actor_of(request)
        require(actor, Right.APPRAISE)
        data = ExcusedDelayIn(data=request.data)
        data.is_valid(raise_exception=True)
        late = get_object_or_404(Deadline.objects.visible_to(actor), pk=data.validated_data["deadline"])
        reason = data.validated_data["reason"]
        row = services.excuse_delay(actor=actor, deadline_id=late.pk, reason=reason, today=clock.today())
        return Response(ExcusedDelayOut(row).data, status=status.HTTP_201_CREATED)


class ObjectionOut(serializers.ModelSerializer[Objection]):
    organisation = serializers.CharField(source="score.organisation.code")

    class Meta:
        model = Objection
        fields = ("id", "score", "organisation", "text", "raised_on", "is_upheld", "answer", "answered_on")


class ObjectionIn(serializers.Serializer[Any]):
    score = serializers.IntegerField()
    text = serializers.CharField(max_length=500)


class ObjectionAnswerIn(serializers.Serializer[Any]):
    is_upheld = serializers.BooleanField()
    answer = serializers.CharField(max_length=500)


class ObjectionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Objection]):
    """考核申诉和答复。"""

    serializer_class = ObjectionOut
    queryset = Objection.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Objection]:
        actor = actor_of(self.request)
        require(actor, *READ_SCORES)
        return objection_list(actor=actor)

    @extend_schema(request=ObjectionIn, responses={201: ObjectionOut})
    def create(self, request: Request) -> Response:
        """对本单位得分提出申诉。"""
        actor = actor_of(request)
        require(actor, Right.OBJECT_TO_SCORE)
        data = ObjectionIn(data=request.data)
        data.is_valid(raise_exception=True)
        score = get_object_or_404(AppraisalScore.objects.visible_to(actor), pk=data.validated_data["score"])
        text = data.validated_data["text"]
        row = services.raise_objection(actor=actor, score_id=score.pk, text=text, today=clock.today())
        return Response(ObjectionOut(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ObjectionAnswerIn, responses=ObjectionOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """答复申诉；采纳的在下一版得分中体现。"""
        actor = actor_of(request)
        require(actor, Right.APPRAISE)
        found = self.get_object()
        data = ObjectionAnswerIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = services.answer_objection(
            actor=actor, objection_id=found.pk, today=clock.today(), **data.validated_data
        )
        return Response(ObjectionOut(row).data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("appraisals", AppraisalViewSet, basename="appraisal")
    router.register("appraisal-rules", AppraisalRuleViewSet, basename="appraisal-rule")
    router.register("excused-delays", ExcusedDelayViewSet, basename="excused-delay")
    router.register("objections", ObjectionViewSet, basename="objection")
