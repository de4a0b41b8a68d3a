"""Lists that are taken along, over the API: take one, fetch its workbook; decide what came back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from core import clock
from projects.exporting import prefilled_workbook
from projects.models import ListDownload
from projects.rules.three_way import Take
from projects.services.round_trip import download_list
from projects.taking import rows_to_take, taking_title
from ui.downloads import XLSX, download


class ListDownloadOut(serializers.ModelSerializer[ListDownload]):
    organisation = serializers.CharField(source="organisation.code")
    owner = serializers.CharField(source="owner.label")

    class Meta:
        model = ListDownload
        fields = [
            *("id", "title", "organisation", "owner", "area_unit", "columns", "row_count"),
            *("created_on", "created_at"),
        ]


class TakeIn(serializers.Serializer[Any]):
    """`mine` 为本单位全部项目；`ids` 为指定项目；否则按 `query`（与项目库网址相同的筛选条件）。"""

    mine = serializers.BooleanField(default=False)
    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), default=list, max_length=20_000)
    query = serializers.CharField(default="", allow_blank=True, max_length=2_000)


class ChooseIn(serializers.Serializer[Any]):
    """不写 `project` 为全部冲突，不写 `key` 为整行；`take` 为 null 撤回选择。"""

    take = serializers.ChoiceField(choices=[take.value for take in Take], allow_null=True)
    project = serializers.IntegerField(default=None, allow_null=True, min_value=1)
    key = serializers.CharField(default=None, allow_null=True, max_length=40)


class HeadingsIn(serializers.Serializer[Any]):
    headings = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=40),
        allow_empty=False,
        help_text="没有认出的表头对应哪一列；空字符串撤回。",
    )


class JobAskedOut(serializers.Serializer[Any]):
    job = serializers.IntegerField(help_text="后台任务；大文件在后台导入。")


class ListDownloadViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[ListDownload]):
    """下载填报：预填清单及其工作簿。填改后用 `imports` 上传，逐格三方比对。"""

    serializer_class = ListDownloadOut
    queryset = ListDownload.objects.none()
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[ListDownload]:
        rows = ListDownload.objects.visible_to(actor_of(self.request))
        return rows.defer("rows").select_related("organisation", "owner")

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(ListDownloadOut(self.get_object()).data)

    @extend_schema(request=TakeIn, responses={201: ListDownloadOut})
    def create(self, request: Request) -> Response:
        data = TakeIn(data=request.data)
        data.is_valid(raise_exception=True)
        question = QueryDict(data.validated_data["query"], mutable=True)
        if data.validated_data["mine"]:
            question["mine"] = "1"
        if data.validated_data["ids"]:
            question.setlist("id", [str(pk) for pk in data.validated_data["ids"]])
        actor, today = actor_of(request), clock.today()
        taken = download_list(
            actor=actor,
            projects=rows_to_take(question, actor=actor, today=today),
            title=taking_title(question, actor=actor, today=today),
            today=today,
        )
        return Response(ListDownloadOut(taken).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """预填好的工作簿，与下载时逐字节相同。"""
        if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
            raise Http404
        rows = ListDownload.objects.visible_to(actor_of(request)).select_related("organisation")
        found = rows.filter(pk=int(pk)).first()
        if found is None:
            raise Http404
        return download(prefilled_workbook(found), f"{found.title}_{found.created_on:%Y%m%d}.xlsx")


def register(router: BaseRouter) -> None:
    router.register("list-downloads", ListDownloadViewSet, basename="list-download")
