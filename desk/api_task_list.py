"""The task list over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from approvals.models import Step
from core import clock
from desk.task_list import read_tasks, task_list
from desk.task_list_filters import TaskFilterSet


class TaskRowOut(serializers.Serializer[Any]):
    """One task: owner, limit, evidence."""

    step = serializers.IntegerField(source="step.pk")
    project = serializers.IntegerField(source="step.project_id")
    project_name = serializers.CharField(source="step.project.name")
    organisation = serializers.CharField(source="step.project.organisation.code")
    code = serializers.CharField(source="step.code")
    kind = serializers.CharField()
    responsible = serializers.CharField()
    holder_organisation = serializers.CharField(source="step.holder_organisation.code")
    lamp = serializers.CharField(source="lamp.value")
    state = serializers.CharField(source="word")
    due_on = serializers.DateField(allow_null=True, help_text="办理中的是到期日，办结的是办结日")
    proof = serializers.CharField(help_text="文号；没有佐证为空")


class TaskListViewSet(viewsets.GenericViewSet[Step]):
    """任务清单：责任、时限、佐证。"""

    serializer_class = TaskRowOut
    filterset_class = TaskFilterSet
    queryset = Step.objects.none()
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[Step]:
        return task_list(actor=actor_of(self.request))

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(TaskRowOut(read_tasks(page, today=clock.today()), many=True).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("task-list", TaskListViewSet, basename="task-row")
