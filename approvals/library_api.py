"""The library over the API: what is offered, the files, new items and versions."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from approvals import library_reading as reading
from approvals.library_forms import LibraryFilter
from approvals.library_views import ORDER, file_answer
from approvals.models import LibraryItem, LibraryVersion
from approvals.services import library as services
from approvals.services.follow_up import order_follow_up
from approvals.services.library import VersionFacts
from core import clock
from duties.models import Task
from papers.services import Upload


class LibraryVersionOut(serializers.ModelSerializer[LibraryVersion]):
    downloads = serializers.IntegerField(source="taken")

    class Meta:
        model = LibraryVersion
        fields = (
            *("id", "number", "filename", "media_type", "size", "sha256", "effective_from"),
            *("effective_to", "trial_until", "note", "uploaded_at", "downloads"),
        )


class LibraryItemOut(serializers.ModelSerializer[LibraryItem]):
    current_version = serializers.IntegerField(source="current_id", allow_null=True)
    downloads = serializers.IntegerField(source="taken")
    versions = serializers.SerializerMethodField()

    class Meta:
        model = LibraryItem
        fields = (
            *("id", "kind", "title", "issuer", "doc_no", "step_codes", "material", "retired_on"),
            *("current_version", "downloads", "versions"),
        )

    @extend_schema(responses=LibraryVersionOut(many=True))
    def get_versions(self, item: LibraryItem) -> list[dict[str, Any]]:
        return list(LibraryVersionOut(item.shown_versions, many=True).data)  # type: ignore[attr-defined]


class LibraryVersionIn(serializers.Serializer[Any]):
    file = serializers.FileField(allow_empty_file=True, max_length=200)
    effective_from = serializers.DateField()
    trial_until = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class LibraryItemIn(LibraryVersionIn):
    kind = serializers.ChoiceField(choices=LibraryItem.Kind.choices)
    title = serializers.CharField(max_length=200)
    step_codes = serializers.ListField(child=serializers.CharField(max_length=10), default=list)
    material = serializers.CharField(max_length=200, allow_blank=True, default="")
    issuer = serializers.CharField(max_length=100, allow_blank=True, default="")
    doc_no = serializers.CharField(max_length=60, allow_blank=True, default="")


class FollowUpIn(serializers.Serializer[Any]):
    holder = serializers.SlugRelatedField(
        slug_field="code", queryset=Organisation.objects.filter(is_active=True)
    )
    title = serializers.CharField(max_length=200)
    requirement = serializers.CharField(max_length=2000)
    due_on = serializers.DateField()


class FollowUpOut(serializers.ModelSerializer[Task]):
    holder = serializers.CharField(source="holder.code")
    state = serializers.CharField()

    class Meta:
        model = Task
        fields = ("id", "title", "requirement", "holder", "due_on", "state")


class LibraryRetireIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class LibraryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[LibraryItem]):
    """资料库：办事指南、材料模板、管理规定，各版本和下载。"""

    queryset = LibraryItem.objects.none()
    serializer_class = LibraryItemOut
    filterset_class = LibraryFilter
    keyset_order = ORDER
    parser_classes = (JSONParser, MultiPartParser)

    def get_queryset(self) -> QuerySet[LibraryItem]:
        items = LibraryItem.objects.all()
        if self.action == "list":
            items = items.filter(retired_on__isnull=True)
        return reading.with_versions(reading.with_current(items, today=clock.today()))

    def _answer(self, pk: int, code: int) -> Response:
        return Response(LibraryItemOut(self.get_queryset().get(pk=pk)).data, status=code)

    @extend_schema(request={"multipart/form-data": LibraryItemIn}, responses={201: LibraryItemOut})
    def create(self, request: Request) -> Response:
        """新增资料及其第一版。"""
        require(actor_of(request), Right.EDIT_LIBRARY)
        data = LibraryItemIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        upload, facts = _version(given)
        item = services.add_item(**given, upload=upload, facts=facts, actor=actor_of(request))
        return self._answer(item.pk, status.HTTP_201_CREATED)

    @extend_schema(request={"multipart/form-data": LibraryVersionIn}, responses={201: LibraryItemOut})
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """上传新版本。"""
        item = self.get_object()
        require(actor_of(request), Right.EDIT_LIBRARY)
        data = LibraryVersionIn(data=request.data)
        data.is_valid(raise_exception=True)
        upload, facts = _version(dict(data.validated_data))
        services.add_version(item_id=item.pk, upload=upload, facts=facts, actor=actor_of(request))
        return self._answer(item.pk, status.HTTP_201_CREATED)

    @extend_schema(request=FollowUpIn, responses={201: FollowUpOut})
    @action(detail=True, methods=["post"], url_path="follow-up", url_name="follow-up")
    def follow_up(self, request: Request, pk: str) -> Response:
        """交办落实任务：政策文件由谁、何时前落实什么。"""
        item = self.get_object()
        require(actor_of(request), Right.ISSUE_TASKS)
        data = FollowUpIn(data=request.data)
        data.is_valid(raise_exception=True)
        task = order_follow_up(
            item_id=item.pk, actor=actor_of(request), today=clock.today(), **data.validated_data
        )
        return Response(FollowUpOut(task).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=LibraryRetireIn, responses=LibraryItemOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """停用。"""
        item = self.get_object()
        require(actor_of(request), Right.EDIT_LIBRARY)
        data = LibraryRetireIn(data=request.data)
        data.is_valid(raise_exception=True)
        services.retire_item(
            item_id=item.pk, actor=actor_of(request), today=clock.today(), **data.validated_data
        )
        return self._answer(item.pk, status.HTTP_200_OK)

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="文件内容")})
    @action(detail=False, methods=["get"], url_path=r"versions/(?P<version>\d+)/file", pagination_class=None)
    def file(self, request: Request, version: str) -> HttpResponse:
        """下载一个版本；每次计入下载次数。"""
        if not LibraryVersion.objects.filter(pk=version).exists():
            raise Http404
        return file_answer(int(version), actor=actor_of(request))


def _version(given: dict[str, Any]) -> tuple[Upload, VersionFacts]:
    """The file and the words of a version, taken out of `given`."""
    file = given.pop("file")
    facts = VersionFacts(given.pop("effective_from"), given.pop("note"), given.pop("trial_until"))
    return Upload(file.name, file.read()), facts


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("library", LibraryViewSet, basename="library")
