"""Workbooks of lists over the API: asked for, followed at `jobs`, fetched; and the columns there are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from jobs import broker
from projects.api_round_trip import JobAskedOut
from projects.kept_lists import list_called
from projects.list_columns import Column, all_columns
from projects.list_question import MOST_CHOSEN, kept_query
from projects.models import ExportSetting, ListExport, ListName
from projects.services.exports import ask_export, set_keep_days
from ui.downloads import XLSX, download


class ListExportOut(serializers.ModelSerializer[ListExport]):
    class Meta:
        model = ListExport
        fields = ["id", "list_name", "query", "filename", "row_count", "created_at"]


class ListExportIn(serializers.Serializer[Any]):
    """`query`：与清单网址相同的条件、排序和列；`ids`：只导出这些行（仅项目库）。"""

    list_name = serializers.ChoiceField(choices=ListName.choices)
    query = serializers.CharField(max_length=2000, allow_blank=True, default="")
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), default=list, max_length=MOST_CHOSEN
    )


class ListExportViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ListExport]
):
    """清单导出：在后台生成的 Excel，只有导出人能取。"""

    serializer_class = ListExportOut
    queryset = ListExport.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[ListExport]:
        rows = ListExport.objects.visible_to(actor_of(self.request))
        return rows if self.action == "file" else rows.defer("content")

    @extend_schema(request=ListExportIn, responses={202: JobAskedOut})
    def create(self, request: Request) -> Response:
        """生成 Excel：回答后台任务；完成后其 result.export 为导出文件。"""
        data = ListExportIn(data=request.data)
        data.is_valid(raise_exception=True)
        said, actor = data.validated_data, actor_of(request)
        kept, parameters = list_called(said["list_name"]), QueryDict(said["query"], mutable=True)
        parameters.setlist("id", [str(pk) for pk in said["ids"]])
        asked = kept.read(parameters, actor=actor, today=clock.today())
        job = ask_export(actor=actor, kept=kept, query=kept_query(parameters), asked=asked, now=clock.now())
        broker.wake()
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """导出的工作簿。"""
        found = self.get_object()
        return download(bytes(found.content), found.filename)


class ExportSettingOut(serializers.ModelSerializer[ExportSetting]):
    class Meta:
        model = ExportSetting
        fields = ["id", "effective_from", "keep_days", "note"]


class ExportSettingIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    keep_days = serializers.IntegerField(min_value=1, max_value=3650)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class ExportSettingViewSet(viewsets.ViewSet):
    """导出文件保留天数，按生效日期。"""

    queryset = ExportSetting.objects.none()

    @extend_schema(responses=ExportSettingOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(ExportSettingOut(ExportSetting.objects.all(), many=True).data)

    @extend_schema(request=ExportSettingIn, responses={201: ExportSettingOut})
    def create(self, request: Request) -> Response:
        """自某日起改为保留另一天数。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_CRITERIA)
        data = ExportSettingIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = set_keep_days(actor=actor, today=clock.today(), **data.validated_data)
        return Response(ExportSettingOut(row).data, status=status.HTTP_201_CREATED)


class ListColumnOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field, not DRF's label
    headings = serializers.SerializerMethodField()
    is_default = serializers.BooleanField()

    def get_headings(self, column: Column) -> list[str]:
        return ["·".join(each.path) for each in column.sheet]


class ListColumnViewSet(viewsets.ViewSet):
    """项目库可选的列：键、名称、各值的表头；`projects/?cols=键,键` 按需带出。"""

    queryset = ListExport.objects.none()

    @extend_schema(responses=ListColumnOut(many=True))
    def list(self, request: Request) -> Response:
        return Response(ListColumnOut(all_columns(), many=True).data)


def register(router: BaseRouter) -> None:
    router.register("list-exports", ListExportViewSet, basename="list-export")
    router.register("export-settings", ExportSettingViewSet, basename="export-setting")
    router.register("list-columns", ListColumnViewSet, basename="list-column")
