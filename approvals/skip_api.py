"""The rules under which a step may be gone without, over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.models import SkipRule
from approvals.services.skips import SkipRuleValues, add_skip_rule, end_skip_rule
from ui.ending import EndIn


class SkipRuleOut(serializers.ModelSerializer[SkipRule]):
    class Meta:
        model = SkipRule
        fields = [
            *("id", "kind", "code", "into_code", "track", "condition", "authority", "document", "clause"),
            *("effective_from", "effective_to"),
        ]


class SkipRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[SkipRule]):
    """简化办理规则：哪一步依哪份文件可以免办或并办，按生效日期。"""

    queryset = SkipRule.objects.order_by("id")
    serializer_class = SkipRuleOut
    keyset_order = ("id",)

    def create(self, request: Request) -> Response:
        """增加一条。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = self.get_serializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = add_skip_rule(actor=actor_of(request), values=SkipRuleValues(**data.validated_data))
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EndIn, responses=SkipRuleOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """自某日起停用。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = EndIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = end_skip_rule(
            actor=actor_of(request),
            rule_id=self.get_object().pk,
            effective_to=data.validated_data["effective_to"],
        )
        return Response(self.get_serializer(row).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("skip-rules", SkipRuleViewSet, basename="skip-rule")
