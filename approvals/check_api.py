"""组卷检查 and 组卷质量 over the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals import set_quality
from approvals.check_views import set_checks
from approvals.models import SetCheck, SetCheckItem, Step, StepQuerySet
from approvals.services import checks
from approvals.services.checks import CheckedPaper
from core import clock
from ui.filters import FilterSet


class SetCheckItemOut(serializers.ModelSerializer[SetCheckItem]):
    class Meta:
        model = SetCheckItem
        fields = (
            *("id", "name", "state", "version", "remark", "promised_by", "promised_on"),
            *("settled_on", "deadline"),
        )


class SetCheckOut(serializers.ModelSerializer[SetCheck]):
    project = serializers.IntegerField(source="step.project_id")
    code = serializers.CharField(source="step.code")
    checked_by = serializers.CharField(source="checked_by.label")
    items = SetCheckItemOut(many=True)

    class Meta:
        model = SetCheck
        fields = (
            *("id", "step", "project", "code", "number", "checked_on", "result", "note"),
            *("checked_by", "entered_at", "items"),
        )


class CheckedPaperIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    state = serializers.ChoiceField(choices=SetCheckItem.State.choices)
    version = serializers.CharField(max_length=60, allow_blank=True, default="")
    remark = serializers.CharField(max_length=200, allow_blank=True, default="")
    promised_by = serializers.CharField(max_length=100, allow_blank=True, default="")
    promised_on = serializers.DateField(required=False, allow_null=True, default=None)


class SetCheckIn(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    checked_on = serializers.DateField()
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    papers = CheckedPaperIn(many=True)


class SettleIn(serializers.Serializer[Any]):
    item = serializers.IntegerField()
    settled_on = serializers.DateField()


class SetCheckFilter(FilterSet):
    """Parameters: step, project, code, result, first, last (days of the check)."""

    project = django_filters.NumberFilter(field_name="step__project_id")
    code = django_filters.CharFilter(field_name="step__code")
    first = django_filters.DateFilter(field_name="checked_on", lookup_expr="gte")
    last = django_filters.DateFilter(field_name="checked_on", lookup_expr="lte")

    class Meta:
        model = SetCheck
        fields = ("step", "result")


class SetCheckViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SetCheck]):
    """组卷检查：列表、登记一次检查、登记承诺材料补齐。"""

    queryset = SetCheck.objects.none()
    serializer_class = SetCheckOut
    filterset_class = SetCheckFilter
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[SetCheck]:
        return set_checks(actor=actor_of(self.request)).order_by("-id")

    @extend_schema(request=SetCheckIn, responses={201: SetCheckOut})
    def create(self, request: Request) -> Response:
        """登记一次组卷检查。"""
        actor = actor_of(request)
        require(actor, Right.RUN_STEPS)
        data = SetCheckIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        step = given.pop("step")
        if not Step.objects.visible_to(actor).filter(pk=step).exists():
            raise Http404
        run = checks.check_set(
            step_id=step,
            papers=[CheckedPaper(**paper) for paper in given.pop("papers")],
            actor=actor,
            today=clock.today(),
            **given,
        )
        return Response(SetCheckOut(self.get_queryset().get(pk=run.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=SettleIn, responses=SetCheckOut)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """登记一件承诺材料补齐。"""
        run = self.get_object()
        require(actor_of(request), Right.RUN_STEPS)
        data = SettleIn(data=request.data)
        data.is_valid(raise_exception=True)
        item = next((row for row in run.items.all() if row.pk == data.validated_data["item"]), None)
        if item is None:
            raise Http404
        checks.settle_paper(
            item_id=item.pk,
            settled_on=data.validated_data["settled_on"],
            actor=actor_of(request),
            today=clock.today(),
        )
        return Response(SetCheckOut(self.get_object()).data)


class ArrivedSetOut(serializers.ModelSerializer[Step]):
    """A set of papers that came in, with what became of it."""

    project_name = serializers.CharField(source="project.name")
    organisation = serializers.CharField(source="project.organisation.code")
    came_on = serializers.DateField()
    outcome = serializers.SerializerMethodField()
    was_checked = serializers.BooleanField()

    class Meta:
        model = Step
        fields = (
            *("id", "project", "project_name", "organisation", "code", "round", "came_on", "status"),
            *("outcome", "notified_on", "notice_items", "closing_reason", "was_checked"),
        )

    def get_outcome(self, step: Step) -> str:
        return set_quality.outcome_words(step)


class QualityOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    number = serializers.IntegerField()
    corrected = serializers.IntegerField()
    returned = serializers.IntegerField()
    rejected = serializers.IntegerField()
    checked = serializers.IntegerField()
    first_percent = serializers.IntegerField(source="first.percent", allow_null=True)


class SetQualityOut(serializers.Serializer[Any]):
    total = QualityOut()
    by_code = QualityOut(many=True)
    by_unit = QualityOut(many=True)


class SetQualityViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Step]):
    """组卷质量：各件，筛选同网页；不填日期为今年。"""

    queryset = Step.objects.none()
    serializer_class = ArrivedSetOut
    keyset_order = ("-came_on",)

    def get_queryset(self) -> QuerySet[Step]:
        return self._chosen().select_related("project__organisation")

    def _chosen(self) -> StepQuerySet:
        filterset = set_quality.SetQualityFilter(
            self.request.query_params, actor=actor_of(self.request), today=clock.today()
        )
        if filterset.errors:
            raise serializers.ValidationError(filterset.errors)
        chosen: StepQuerySet = filterset.qs
        return chosen

    @extend_schema(responses=SetQualityOut)
    @action(detail=False, methods=["get"], pagination_class=None)
    def figures(self, request: Request) -> Response:
        """合计，按步骤、按县市。"""
        return Response(SetQualityOut(set_quality.set_quality(self._chosen(), labels={})).data)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("set-checks", SetCheckViewSet, basename="set-check")
    router.register("set-quality", SetQualityViewSet, basename="set-quality")
