"""Taking papers into a project's dossier over the API."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from desk.dossier import dossier_projects
from desk.dossier_papers import owner_of
from papers.models import Paper
from papers.serializers import PaperIn, PaperOut
from papers.services import Upload, attach


class ProjectPaperIn(PaperIn):
    project = serializers.IntegerField(help_text="项目编号（系统）")


class ProjectPaperViewSet(viewsets.ViewSet):
    """上传项目附件；列表、下载、新版本和撤回见 papers。"""

    queryset = Paper.objects.none()
    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(request={"multipart/form-data": ProjectPaperIn}, responses={201: PaperOut})
    def create(self, request: Request) -> Response:
        actor = actor_of(request)
        require(actor, Right.ATTACH_PAPER)
        data = ProjectPaperIn(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        project = dossier_projects(actor).filter(pk=values["project"]).first()
        if project is None:
            raise Http404
        paper = attach(
            actor=actor,
            owner=owner_of(project),
            upload=Upload(values["file"].name, values["file"].read()),
            kind=values["kind"],
            title=values["title"],
            today=clock.today(),
            occurred_on=values["occurred_on"],
        )
        return Response(PaperOut(paper).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("project-papers", ProjectPaperViewSet, basename="project-paper")
