"""Where files lie, over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from projects.filters_whereabouts import FileStopFilter
from projects.models import FileLevel, FileStop, Project
from projects.selectors.whereabouts import file_stops
from projects.services.whereabouts import register_stop


class FileStopOut(serializers.ModelSerializer[FileStop]):
    project_name = serializers.CharField(source="project.name")
    companion = serializers.CharField(source="companion.label")

    class Meta:
        model = FileStop
        fields = [
            *("id", "project", "project_name", "level", "office", "since_on", "until_on"),
            *("companion", "note", "entered_at"),
        ]


class FileStopIn(serializers.Serializer[Any]):
    project = serializers.IntegerField(min_value=1)
    level = serializers.ChoiceField(choices=FileLevel.choices)
    office = serializers.CharField(max_length=100)
    since_on = serializers.DateField()
    companion = serializers.IntegerField(min_value=1, help_text="跟办人（用户编号）")
    note = serializers.CharField(max_length=300, default="", allow_blank=True)


class FileStopViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[FileStop]):
    """报件去向：报件在哪一级、哪个单位、谁跟办；登记下一站。"""

    serializer_class = FileStopOut
    filterset_class = FileStopFilter
    queryset = FileStop.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[FileStop]:
        return file_stops(actor=actor_of(self.request))

    @extend_schema(request=FileStopIn, responses={201: FileStopOut})
    def create(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.RUN_STEPS)
        data = FileStopIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = dict(data.validated_data)
        project = get_object_or_404(Project.objects.visible_to(actor), pk=facts.pop("project"))
        done = register_stop(
            actor=actor,
            project_id=project.pk,
            companion_id=facts.pop("companion"),
            today=clock.today(),
            **facts,
        )
        return Response(FileStopOut(done).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("file-stops", FileStopViewSet, basename="file-stop")
