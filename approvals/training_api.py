"""Trainings over the API: the register, one training, records and corrections."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from approvals import training_reading as reading
from approvals.models import LibraryItem, Training, TrainingUnit
from approvals.services.trainings import Attendance, TrainingFacts, change_training, record_training
from approvals.training_forms import TrainingFilter
from approvals.training_views import ORDER
from core import clock


class TrainingUnitOut(serializers.ModelSerializer[TrainingUnit]):
    organisation = serializers.CharField(source="organisation.code")

    class Meta:
        model = TrainingUnit
        fields = ("organisation", "people", "names")


class TrainingOut(serializers.ModelSerializer[Training]):
    organiser = serializers.CharField(source="organiser.code")
    people = serializers.IntegerField()
    units = TrainingUnitOut(many=True)

    class Meta:
        model = Training
        fields = ("id", "title", "held_on", "place", "organiser", "lecturers", "topics", "people", "units")


def _unit_field() -> serializers.SlugRelatedField[Organisation]:
    return serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.filter(is_active=True)
    )


class LecturerIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=60)
    unit = serializers.CharField(max_length=100, allow_blank=True, default="")


class TrainingUnitIn(serializers.Serializer[Any]):
    organisation = _unit_field()
    people = serializers.IntegerField(min_value=1, max_value=9999)
    names = serializers.CharField(max_length=500, allow_blank=True, default="")


class TrainingIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200)
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=100, allow_blank=True, default="")
    organiser = _unit_field()
    lecturers = LecturerIn(many=True, default=list)
    topics = serializers.CharField(max_length=2000)
    units = TrainingUnitIn(many=True)
    materials = serializers.PrimaryKeyRelatedField(
        many=True, queryset=LibraryItem.objects.all(), default=list
    )

    def facts(self) -> TrainingFacts:
        given = dict(self.validated_data)
        given["lecturers"] = [(row["name"], row["unit"]) for row in given["lecturers"]]
        given["units"] = [Attendance(**row) for row in given["units"]]
        return TrainingFacts(**given)


class TrainingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Training]):
    """培训登记：时间、师资、参训单位和人数。"""

    queryset = Training.objects.none()
    serializer_class = TrainingOut
    filterset_class = TrainingFilter
    keyset_order = ORDER

    def get_queryset(self) -> QuerySet[Training]:
        return reading.trainings()

    def _answer(self, pk: int, code: int) -> Response:
        return Response(TrainingOut(reading.trainings().get(pk=pk)).data, status=code)

    @extend_schema(request=TrainingIn, responses={201: TrainingOut})
    def create(self, request: Request) -> Response:
        """登记一次培训。"""
        require(actor_of(request), Right.EDIT_LIBRARY)
        data = TrainingIn(data=request.data)
        data.is_valid(raise_exception=True)
        found = record_training(facts=data.facts(), actor=actor_of(request), today=clock.today())
        return self._answer(found.pk, status.HTTP_201_CREATED)

    @extend_schema(request=TrainingIn, responses=TrainingOut)
    def update(self, request: Request, pk: str) -> Response:
        """更正一次培训的记录。"""
        found = self.get_object()
        require(actor_of(request), Right.EDIT_LIBRARY)
        data = TrainingIn(data=request.data)
        data.is_valid(raise_exception=True)
        change_training(
            training_id=found.pk, facts=data.facts(), actor=actor_of(request), today=clock.today()
        )
        return self._answer(found.pk, status.HTTP_200_OK)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("trainings", TrainingViewSet, basename="training")
