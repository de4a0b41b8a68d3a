"""A person's word on the level and the track that the rules propose, over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from core import clock
from desk.services import confirm_track_and_open
from projects.api_land import number_of
from projects.models import Confirmation, Project
from projects.services.levels import confirm_level
from projects.views.land import project_of


class ConfirmationOut(serializers.ModelSerializer[Confirmation]):
    """What was proposed, by which version of which rule, and what was confirmed."""

    rule = serializers.CharField(source="rule.key", default=None)
    rule_version = serializers.IntegerField(source="rule.version", default=None)
    confirmed_by = serializers.CharField(source="confirmed_by.label")

    class Meta:
        model = Confirmation
        fields = [
            *("id", "project", "kind", "proposed", "proposal", "rule", "rule_version", "facts", "chosen"),
            *("reason", "confirmed_by", "confirmed_at"),
        ]


class ConfirmIn(serializers.Serializer[Any]):
    """`seen`：您看到的建议（`land` 中的 proposed_level.level、proposed_track）；与建议不同须写理由。"""

    seen = serializers.CharField(max_length=20, allow_blank=True)
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class ConfirmLevelIn(ConfirmIn):
    chosen = serializers.ChoiceField(choices=Project.ApprovalLevel.choices)


class ConfirmTrackIn(ConfirmIn):
    chosen = serializers.ChoiceField(choices=Project.Track.choices)


class ConfirmationViewSet(viewsets.ViewSet):
    """审批级次和审批轨道的确认；地址中的编号是项目。"""

    queryset = Confirmation.objects.none()

    @extend_schema(responses=ConfirmationOut(many=True), operation_id="confirmations_of_project")
    def retrieve(self, request: Request, pk: str) -> Response:
        """一个项目的全部确认，最新在前。"""
        project = project_of(actor_of(request), number_of(pk))
        rows = project.confirmations.select_related("rule", "confirmed_by")
        return Response(ConfirmationOut(rows, many=True).data)

    @extend_schema(request=ConfirmLevelIn, responses={201: ConfirmationOut})
    @action(detail=True, methods=["post"])
    def level(self, request: Request, pk: str) -> Response:
        """确认审批级次。"""
        given, chosen = self._given(request, pk, ConfirmLevelIn)
        return self._written(confirm_level(level=chosen, **given))

    @extend_schema(request=ConfirmTrackIn, responses={201: ConfirmationOut})
    @action(detail=True, methods=["post"])
    def track(self, request: Request, pk: str) -> Response:
        """确认审批轨道；已采纳的项目补开所缺步骤。"""
        given, chosen = self._given(request, pk, ConfirmTrackIn)
        return self._written(confirm_track_and_open(track=chosen, **given))

    def _given(self, request: Request, pk: str, kind: type[ConfirmIn]) -> tuple[dict[str, Any], str]:
        actor = actor_of(request)
        project = project_of(actor, number_of(pk))
        require(actor, Right.EDIT_PROJECT)
        data = kind(data=request.data)
        data.is_valid(raise_exception=True)
        said = dict(data.validated_data)
        chosen = said.pop("chosen")
        return {"actor": actor, "project_id": project.pk, "today": clock.today(), **said}, chosen

    def _written(self, row: Confirmation) -> Response:
        return Response(ConfirmationOut(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    router.register("confirmations", ConfirmationViewSet, basename="confirmation")
