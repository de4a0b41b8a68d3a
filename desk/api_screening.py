"""Screening over the API: what waits, adopt, return, merge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.views import APIView

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from desk.services import adopt_and_open
from projects import selectors
from projects.filters import WaitingFilterSet
from projects.models import Project
from projects.selectors import WaitingRow
from projects.serializers import ListKindField
from projects.services import merging, screening
from projects.services.ordering import confirm_proposals
from projects.services.screening import Adoption


class ScreensLists(BasePermission):
    """The queue is the bureau's."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            require(actor_of(request), Right.SCREEN_LIST)
        return bool(request.user.is_authenticated)


class WaitingOut(serializers.ModelSerializer[Project]):
    """A waiting project, the track by rule with its reason, and projects with a similar name."""

    organisation = serializers.CharField(source="organisation.code")
    submitted_by = serializers.CharField(source="submitted_by.code")
    total_m2 = serializers.IntegerField(source="land.total_m2", default=None)
    proposed_track = serializers.SerializerMethodField()
    proposed_because = serializers.SerializerMethodField()
    proposed_class = serializers.SerializerMethodField()
    proposed_class_because = serializers.SerializerMethodField()
    candidates = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = [
            *("id", "code", "name", "organisation", "submitted_by", "list_category", "priority_class"),
            *("track", "total_m2", "proposed_track", "proposed_because", "proposed_class"),
            *("proposed_class_because", "candidates"),
        ]

    def _row(self, project: Project) -> WaitingRow:
        row: WaitingRow = self.context["rows"][project.pk]
        return row

    def get_proposed_track(self, project: Project) -> str:
        return self._row(project).proposal.track

    def get_proposed_because(self, project: Project) -> str:
        return self._row(project).proposal.reason

    def get_proposed_class(self, project: Project) -> str:
        return self._row(project).class_proposal.priority_class

    def get_proposed_class_because(self, project: Project) -> str:
        return self._row(project).class_proposal.reason

    def get_candidates(self, project: Project) -> list[dict[str, Any]]:
        return [
            {"id": found.project.pk, "name": found.project.name, "percent": found.alike}
            for found in self._row(project).candidates
        ]


class AnsweredOut(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = [
            *("id", "name", "status", "number", "track", "priority_class", "screening_reason"),
            "merged_into",
        ]


class AdoptProjectIn(serializers.Serializer[Any]):
    track = serializers.ChoiceField(choices=Project.Track.choices)
    list_category = ListKindField(default="", allow_blank=True)
    priority_class = serializers.ChoiceField(
        choices=Project.PriorityClass.choices, default="", allow_blank=True
    )


class ConfirmClassIn(serializers.Serializer[Any]):
    """The class as `proposed_class` gave it; another one by now is refused."""

    proposed_class = serializers.ChoiceField(choices=Project.PriorityClass.choices)


class ReturnProjectIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class MergeProjectIn(serializers.Serializer[Any]):
    target = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class ScreeningViewSet(viewsets.GenericViewSet[Project]):
    """清单审核：待审核的项目，采纳、退回、合并。"""

    serializer_class = WaitingOut
    filterset_class = WaitingFilterSet
    queryset = Project.objects.none()
    permission_classes = (ScreensLists,)
    keyset_order = ("id",)

    def get_queryset(self) -> QuerySet[Project]:
        return selectors.waiting_list(actor=actor_of(self.request))

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        rows = {row.project.pk: row for row in selectors.with_proposals(page, today=clock.today())}
        context = {**self.get_serializer_context(), "rows": rows}
        return self.get_paginated_response(WaitingOut(page, many=True, context=context).data)

    @extend_schema(request=AdoptProjectIn, responses=AnsweredOut)
    @action(detail=True, methods=["post"])
    def adopt(self, request: Request, pk: str) -> Response:
        """列入年度清单、编号并生成报批步骤。"""
        project_id = self._visible_id()
        data = AdoptProjectIn(data=request.data)
        data.is_valid(raise_exception=True)
        adoption = Adoption(project_id=project_id, **data.validated_data)
        [done] = adopt_and_open(actor=actor_of(request), adoptions=[adoption], today=clock.today())
        return Response(AnsweredOut(done).data)

    @extend_schema(request=ConfirmClassIn, responses=AnsweredOut)
    @action(detail=True, methods=["post"], url_path="class")
    def confirm_class(self, request: Request, pk: str) -> Response:
        """按建议确定项目类别。"""
        project_id = self._visible_id()
        data = ConfirmClassIn(data=request.data)
        data.is_valid(raise_exception=True)
        shown = {project_id: data.validated_data["proposed_class"]}
        [done] = confirm_proposals(actor=actor_of(request), shown=shown, today=clock.today())
        return Response(AnsweredOut(done).data)

    @extend_schema(request=ReturnProjectIn, responses=AnsweredOut)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """退回并说明理由。"""
        return self._turn_away(request, screening.return_project)

    @extend_schema(request=None, responses=AnsweredOut)
    @action(detail=True, methods=["post"])
    def screen(self, request: Request, pk: str) -> Response:
        """初审通过。"""
        project_id = self._visible_id()
        [done] = screening.screen(actor=actor_of(request), project_ids=[project_id], today=clock.today())
        return Response(AnsweredOut(done).data)

    @extend_schema(request=ReturnProjectIn, responses=AnsweredOut)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """不予列入并说明理由。"""
        return self._turn_away(request, screening.drop)

    def _turn_away(self, request: Request, act: Callable[..., Project]) -> Response:
        project_id = self._visible_id()
        data = ReturnProjectIn(data=request.data)
        data.is_valid(raise_exception=True)
        reason = data.validated_data["reason"]
        done = act(actor=actor_of(request), project_id=project_id, reason=reason, today=clock.today())
        return Response(AnsweredOut(done).data)

    @extend_schema(request=MergeProjectIn, responses=AnsweredOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """并入另一个项目。"""
        project_id = self._visible_id()
        data = MergeProjectIn(data=request.data)
        data.is_valid(raise_exception=True)
        visible = Project.objects.visible_to(actor_of(request))
        if not visible.filter(pk=data.validated_data["target"]).exists():
            raise serializers.ValidationError({"target": ["没有这个项目，或不在您的可见范围内。"]})
        done = merging.merge(
            actor=actor_of(request),
            project_id=project_id,
            target_id=data.validated_data["target"],
            reason=data.validated_data["reason"],
            today=clock.today(),
            now=clock.now(),
        )
        return Response(AnsweredOut(done).data)

    def _visible_id(self) -> int:
        """Any visible project: one that waits no longer is refused in words, not hidden."""
        visible = Project.objects.visible_to(actor_of(self.request))
        return int(get_object_or_404(visible, pk=self.kwargs["pk"]).pk)


def register(router: BaseRouter) -> None:
    router.register("screening", ScreeningViewSet, basename="screening")
