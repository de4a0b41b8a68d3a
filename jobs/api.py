"""Background work over the API: how far, with which result; retry and cancel."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from jobs import broker, registry, selectors, services
from jobs.filters import JobFilter
from jobs.models import Job


class JobOut(serializers.ModelSerializer[Job]):
    kind_label = serializers.SerializerMethodField(help_text="类型名称")
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    percent = serializers.IntegerField(read_only=True)
    organisation = serializers.CharField(source="organisation.code", read_only=True)
    requested_by = serializers.CharField(source="requested_by.label", read_only=True, default=None)

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "kind_label",
            "key",
            "title",
            "state",
            "state_label",
            "percent",
            "progress_done",
            "progress_total",
            "progress_note",
            "attempts",
            "max_attempts",
            "result",
            "result_url",
            "error",
            "organisation",
            "requested_by",
            "created_at",
            "started_at",
            "finished_at",
        ]

    def get_kind_label(self, job: Job) -> str:
        return registry.label_of(job.kind)


class JobViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Job]):
    """后台任务：进度、结果、重试、取消。"""

    serializer_class = JobOut
    filterset_class = JobFilter
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        return selectors.job_list(actor=actor_of(self.request))

    @extend_schema(request=None, responses=JobOut)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        """重新执行失败或已取消的任务。"""
        services.retry(job_id=self.get_object().pk, actor=actor_of(request), now=clock.now())
        broker.wake()
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=JobOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """取消排队中或进行中的任务，不写入任何结果。"""
        services.cancel(job_id=self.get_object().pk, actor=actor_of(request), now=clock.now())
        return Response(self.get_serializer(self.get_object()).data)


def register(router: BaseRouter) -> None:
    router.register("jobs", JobViewSet, basename="job")
