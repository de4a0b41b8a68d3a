"""Packages over the API: ask, follow, download."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.viewsets import GenericViewSet

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from core import clock
from dispatch.api import JobRefOut
from dispatch.downloads import package_file_response, package_response
from dispatch.models import Package, PackageFile, Round
from dispatch.selectors import packages as selectors
from dispatch.services.packages import request_package
from jobs import broker


class PackageFileOut(serializers.ModelSerializer[PackageFile]):
    class Meta:
        model = PackageFile
        fields = ("id", "filename", "size", "sha256")


class PackageOut(serializers.ModelSerializer[Package]):
    period = serializers.CharField(source="round.period", read_only=True)
    organisation = serializers.CharField(source="organisation.code", read_only=True)

    class Meta:
        model = Package
        fields = ("id", "round", "period", "version", "organisation", "made_at")


class PackageDetailOut(PackageOut):
    files = serializers.SerializerMethodField()

    class Meta(PackageOut.Meta):
        fields = (*PackageOut.Meta.fields, "files")  # type: ignore[assignment]

    @extend_schema_field(PackageFileOut(many=True))
    def get_files(self, row: Package) -> list[dict[str, Any]]:
        return [dict(PackageFileOut(file).data) for file in selectors.files_of(row)]


class PackageIn(serializers.Serializer[Any]):
    round = serializers.IntegerField(help_text="调度编号")
    organisation = serializers.CharField(max_length=30, help_text="单位代码")


class PackageViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[Package]):
    """报送材料包：一键生成、下载。"""

    queryset = Package.objects.none()
    serializer_class = PackageOut
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Package]:
        require(actor_of(self.request), Right.READ_LEDGERS)
        return selectors.package_list(actor=actor_of(self.request))

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Package]]:
        return PackageDetailOut if self.action == "retrieve" else PackageOut

    @extend_schema(request=PackageIn, responses={202: JobRefOut})
    def create(self, request: Request) -> Response:
        """生成一期的报送材料包；同一版只生成一次。"""
        require(actor_of(request), Right.READ_LEDGERS)
        data = PackageIn(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            job = request_package(
                round_id=data.validated_data["round"],
                organisation_code=data.validated_data["organisation"],
                actor=actor_of(request),
                now=clock.now(),
            )
        except (Organisation.DoesNotExist, Round.DoesNotExist) as unseen:
            raise Http404 from unseen
        broker.wake()
        return Response(JobRefOut(job).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        parameters=[OpenApiParameter("file", int, description="材料编号；不填为全部（zip）")],
        responses={200: OpenApiResponse(OpenApiTypes.BINARY)},
    )
    @action(detail=True, methods=["get"])
    def download(self, request: Request, pk: str) -> HttpResponse:
        """下载全部材料，或其中一份。"""
        found, chosen = self.get_object(), request.query_params.get("file", "")
        if not chosen:
            return package_response(found, actor=actor_of(request))
        if not chosen.isdecimal():
            raise Http404
        file = get_object_or_404(found.files, pk=int(chosen))
        return package_file_response(file, actor=actor_of(request))


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("packages", PackageViewSet, basename="package")
