"""The units' registers under /api/v1/: their pages' own filters, forms and services."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals import land_registers as registers
from approvals.land_register_forms import (
    BatchFilterSet,
    ImprovementFilterSet,
    PatrolFilterSet,
    ProblemKindForm,
    ReserveFilterSet,
)
from approvals.land_registers import LandRegister
from approvals.models import FieldImprovement, LandPatrol, ReserveLand, ThreeBatchEntry
from approvals.register_api import refuse_invalid
from approvals.services import land_registers as services
from core import clock

_OWN = ("id", "note")


class ThreeBatchOut(serializers.ModelSerializer[ThreeBatchEntry]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = ThreeBatchEntry
        fields = (
            *(*_OWN, "organisation", "project", "batch", "year", "goal", "target_on"),
            *("progress", "done_on"),
        )


class FieldImprovementOut(serializers.ModelSerializer[FieldImprovement]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = FieldImprovement
        fields = (
            *(*_OWN, "organisation", "name", "department", "year", "stage", "area_m2", "new_arable_m2"),
            *("funds_yuan", "started_on", "accepted_on", "consolidation"),
        )


class ReserveLandOut(serializers.ModelSerializer[ReserveLand]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = ReserveLand
        fields = (
            *(*_OWN, "organisation", "name", "place", "area_m2", "cost_yuan", "works", "started_on"),
            *("finished_on", "supplied_on", "supplied_m2", "outcome"),
        )


class LandPatrolOut(serializers.ModelSerializer[LandPatrol]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = LandPatrol
        fields = (
            *(*_OWN, "organisation", "level", "way", "patrolled_on", "people", "place", "facts"),
            *("is_suspicious", "case", "problem"),
        )


class EntryIn(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ThreeBatchIn(EntryIn):
    project_code = serializers.CharField(max_length=60)
    batch = serializers.ChoiceField(choices=ThreeBatchEntry.Batch.choices)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    goal = serializers.CharField(max_length=200)
    target_on = serializers.DateField()
    progress = serializers.CharField(max_length=500, required=False, allow_blank=True)
    done_on = serializers.DateField(required=False)


class FieldImprovementIn(EntryIn):
    organisation = serializers.CharField()
    name = serializers.CharField(max_length=200)
    department = serializers.ChoiceField(choices=FieldImprovement.Department.choices)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    stage = serializers.ChoiceField(choices=FieldImprovement.Stage.choices)
    area_ha = serializers.DecimalField(max_digits=14, decimal_places=4)
    new_arable_ha = serializers.DecimalField(max_digits=14, decimal_places=4, required=False)
    funds_yuan = serializers.IntegerField(required=False)
    started_on = serializers.DateField(required=False)
    accepted_on = serializers.DateField(required=False)
    consolidation = serializers.IntegerField(required=False)


class ReserveLandIn(EntryIn):
    organisation = serializers.CharField()
    name = serializers.CharField(max_length=200)
    place = serializers.CharField(max_length=200)
    area_ha = serializers.DecimalField(max_digits=14, decimal_places=4)
    cost_yuan = serializers.IntegerField(required=False)
    works = serializers.CharField(max_length=500)
    started_on = serializers.DateField()
    finished_on = serializers.DateField(required=False)
    supplied_on = serializers.DateField(required=False)
    supplied_ha = serializers.DecimalField(max_digits=14, decimal_places=4, required=False)
    outcome = serializers.CharField(max_length=200, required=False, allow_blank=True)


class LandPatrolIn(EntryIn):
    organisation = serializers.CharField()
    level = serializers.ChoiceField(choices=LandPatrol.Level.choices)
    way = serializers.ChoiceField(choices=LandPatrol.Way.choices)
    patrolled_on = serializers.DateField()
    people = serializers.CharField(max_length=100)
    place = serializers.CharField(max_length=200)
    facts_text = serializers.CharField(max_length=500)
    is_suspicious = serializers.BooleanField(required=False)


class FindingKindIn(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="问题类别代码")


class LandRegisterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """List, read, write down and put right the lines of `register`."""

    register: ClassVar[LandRegister]
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Any]:
        return self.register.rows(actor=actor_of(self.request))

    def _shown(self, pk: int, code: int) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=code)

    def _record(self, request: Request) -> Response:
        actor, today = actor_of(request), clock.today()
        require(actor, self.register.right)
        form = self.register.form(request.data, actor=actor, today=today)
        refuse_invalid(form)
        done = services.record_entry(facts=form.facts(), actor=actor, today=today)
        return self._shown(done.pk, status.HTTP_201_CREATED)

    def _change(self, request: Request) -> Response:
        row, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, self.register.right)
        form = self.register.form(request.data, actor=actor, today=today, entry=row)
        refuse_invalid(form)
        services.change_entry(entry_id=row.pk, facts=form.facts(), actor=actor, today=today)
        return self._shown(row.pk, status.HTTP_200_OK)


class ThreeBatchViewSet(LandRegisterViewSet):
    """三个一批：项目、目标、进展。"""

    register = registers.THREE_BATCHES
    queryset = ThreeBatchEntry.objects.none()
    serializer_class = ThreeBatchOut
    filterset_class = BatchFilterSet

    @extend_schema(request=ThreeBatchIn, responses={201: ThreeBatchOut})
    def create(self, request: Request) -> Response:
        """登记。"""
        return self._record(request)

    @extend_schema(request=ThreeBatchIn, responses=ThreeBatchOut)
    def update(self, request: Request, pk: str) -> Response:
        """更正、填报进展。"""
        return self._change(request)


class FieldImprovementViewSet(LandRegisterViewSet):
    """中低产田改造。"""

    register = registers.FIELD_IMPROVEMENTS
    queryset = FieldImprovement.objects.none()
    serializer_class = FieldImprovementOut
    filterset_class = ImprovementFilterSet

    @extend_schema(request=FieldImprovementIn, responses={201: FieldImprovementOut})
    def create(self, request: Request) -> Response:
        """登记。"""
        return self._record(request)

    @extend_schema(request=FieldImprovementIn, responses=FieldImprovementOut)
    def update(self, request: Request, pk: str) -> Response:
        """更正。"""
        return self._change(request)


class ReserveLandViewSet(LandRegisterViewSet):
    """储备土地前期开发。"""

    register = registers.RESERVE_LANDS
    queryset = ReserveLand.objects.none()
    serializer_class = ReserveLandOut
    filterset_class = ReserveFilterSet

    @extend_schema(request=ReserveLandIn, responses={201: ReserveLandOut})
    def create(self, request: Request) -> Response:
        """登记。"""
        return self._record(request)

    @extend_schema(request=ReserveLandIn, responses=ReserveLandOut)
    def update(self, request: Request, pk: str) -> Response:
        """更正、登记供应结果。"""
        return self._change(request)


class LandPatrolViewSet(LandRegisterViewSet):
    """动态监测巡查：四级巡查、信息员报告、转为案件或问题。"""

    register = registers.LAND_PATROLS
    queryset = LandPatrol.objects.none()
    serializer_class = LandPatrolOut
    filterset_class = PatrolFilterSet

    @extend_schema(request=LandPatrolIn, responses={201: LandPatrolOut})
    def create(self, request: Request) -> Response:
        """登记。"""
        return self._record(request)

    @extend_schema(request=LandPatrolIn, responses=LandPatrolOut)
    def update(self, request: Request, pk: str) -> Response:
        """更正。"""
        return self._change(request)

    @extend_schema(request=None, responses=LandPatrolOut)
    @action(detail=True, methods=["post"])
    def case(self, request: Request, pk: str) -> Response:
        """转为违法用地案件。"""
        row, actor = self.get_object(), actor_of(request)
        require(actor, Right.RUN_CASES)
        services.pass_to_case(patrol_id=row.pk, actor=actor, today=clock.today())
        return self._shown(row.pk, status.HTTP_200_OK)

    @extend_schema(request=FindingKindIn, responses=LandPatrolOut)
    @action(detail=True, methods=["post"])
    def problem(self, request: Request, pk: str) -> Response:
        """转为问题，按类别分办。"""
        row, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, Right.RUN_CASES)
        form = ProblemKindForm(request.data, today=today)
        refuse_invalid(form)
        kind = form.cleaned_data["kind"]
        services.pass_to_problem(patrol_id=row.pk, kind=kind, actor=actor, today=today)
        return self._shown(row.pk, status.HTTP_200_OK)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("three-batches", ThreeBatchViewSet, basename="three-batch")
    router.register("field-improvements", FieldImprovementViewSet, basename="field-improvement")
    router.register("reserve-lands", ReserveLandViewSet, basename="reserve-land")
    router.register("land-patrols", LandPatrolViewSet, basename="land-patrol")
