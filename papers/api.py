"""Papers over the API: lists, bytes, new versions, withdrawals. New ones come in where they belong."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from papers import selectors, services
from papers.downloads import file_response
from papers.filters import PaperFilter
from papers.models import Paper, PaperContent
from papers.serializers import NewVersionIn, PaperOut, PaperWithdrawIn


class PaperViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Paper]):
    """材料：列表、版本、下载、新版本、撤回。列表默认只含现行版本。"""

    serializer_class = PaperOut
    filterset_class = PaperFilter
    queryset = Paper.objects.none()
    keyset_order = ("-id",)
    parser_classes = (JSONParser, MultiPartParser)

    def get_queryset(self) -> QuerySet[Paper]:
        return selectors.paper_list(actor=actor_of(self.request))

    def get_object(self) -> Paper:
        """By number, whatever the version; the filters are for lists."""
        found = self.get_queryset().filter(pk=_number(self.kwargs["pk"])).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="文件内容")})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: str) -> HttpResponse:
        """下载文件；已撤回的不能下载。每次下载记入操作日志。"""
        try:
            return file_response(self.get_object(), actor=actor_of(request))
        except PaperContent.DoesNotExist as withdrawn:
            raise Http404 from withdrawn

    @extend_schema(request={"multipart/form-data": NewVersionIn}, responses={201: PaperOut})
    @action(detail=True, methods=["post"])
    def replace(self, request: Request, pk: str) -> Response:
        """上传新版本；原版本保留，可继续下载。"""
        paper = self.get_object()
        require(actor_of(request), Right.ATTACH_PAPER)
        data = NewVersionIn(data=request.data)
        data.is_valid(raise_exception=True)
        file = data.validated_data["file"]
        done = services.attach(
            actor=actor_of(request),
            owner=services.owner_of(paper),
            upload=services.Upload(file.name, file.read()),
            kind=paper.kind,
            title=paper.title,
            today=clock.today(),
            occurred_on=data.validated_data["occurred_on"],
            replaces=paper,
        )
        return Response(PaperOut(done).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PaperWithdrawIn, responses=PaperOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """撤回现行版本，须写明理由；保留记录。"""
        data = PaperWithdrawIn(data=request.data)
        data.is_valid(raise_exception=True)
        services.withdraw(actor=actor_of(request), paper=self.get_object(), **data.validated_data)
        return Response(PaperOut(self.get_object()).data)


def _number(pk: str) -> int:
    """An id from the address; what is none names no row."""
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
        raise Http404
    return int(pk)


def register(router: BaseRouter) -> None:
    router.register("papers", PaperViewSet, basename="paper")
