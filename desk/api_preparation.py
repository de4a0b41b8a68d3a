"""The matrix of preparatory procedures over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from desk import preparation
from desk.preparation_filters import PreparationFilterSet
from projects.models import Project


class ProcedureOut(serializers.Serializer[Any]):
    code = serializers.CharField(source="procedure.code")
    name = serializers.CharField(source="procedure.label")
    department = serializers.CharField(source="procedure.department")
    lamp = serializers.CharField(source="lamp.value")
    state = serializers.CharField(source="word")
    on = serializers.DateField(source="day", allow_null=True, help_text="办结日，办理中的是到期日")


class PreparationOut(serializers.Serializer[Any]):
    """One project with its procedures, maturity, and whether it lacks land."""

    project = serializers.IntegerField(source="project.pk")
    number = serializers.CharField(source="project.number")
    name = serializers.CharField(source="project.name")
    organisation = serializers.CharField(source="project.organisation.code")
    maturity = serializers.IntegerField(source="maturity.points")
    is_mature = serializers.BooleanField(source="maturity.is_mature")
    lacks_land = serializers.BooleanField(help_text="计划开工已过，用地尚未批准")
    procedures = ProcedureOut(source="cells", many=True)


class PreparationViewSet(viewsets.GenericViewSet[Project]):
    """前置手续：项目 × 部门。"""

    serializer_class = PreparationOut
    filterset_class = PreparationFilterSet
    queryset = Project.objects.none()
    keyset_order = ("number",)

    def get_queryset(self) -> QuerySet[Project]:
        return preparation.preparation_projects(actor=actor_of(self.request), today=clock.today())

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = preparation.read_preparation(page, today=clock.today())
        return self.get_paginated_response(PreparationOut(rows, many=True).data)


def register(router: BaseRouter) -> None:
    router.register("preparation", PreparationViewSet, basename="preparation")
