"""The levels' own promises, over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.models import OwnTerm, OwnTermQuerySet
from approvals.own_terms import own_term_list
from approvals.services.own_terms import OwnTermValues, add_own_term, end_own_term
from projects.selectors.previews import reporting_organisation
from ui.ending import EndIn


class OwnTermOut(serializers.ModelSerializer[OwnTerm]):
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = OwnTerm
        fields = [
            *("id", "organisation", "organisation_name", "code", "days", "unit", "basis"),
            *("effective_from", "effective_to"),
        ]
        read_only_fields = ["organisation", "unit"]


class OwnTermIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=10)
    days = serializers.IntegerField(min_value=1, max_value=365)
    basis = serializers.CharField(max_length=200)
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(required=False, allow_null=True)


class OwnTermViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[OwnTerm]):
    """本地承诺时限：州、县（市）对本级办理的步骤规定的更短时限，按生效日期。"""

    queryset = OwnTerm.objects.none()
    serializer_class = OwnTermOut
    keyset_order = ("id",)

    def get_queryset(self) -> OwnTermQuerySet:
        return own_term_list(actor=actor_of(self.request)).order_by("id")

    @extend_schema(request=OwnTermIn, responses={201: OwnTermOut})
    def create(self, request: Request) -> Response:
        """在本级增加一条。"""
        require(actor_of(request), Right.SET_OWN_TERMS)
        data = OwnTermIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = add_own_term(actor=actor_of(request), values=OwnTermValues(**data.validated_data))
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EndIn, responses=OwnTermOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """本级的一条自某日起停用。"""
        actor = actor_of(request)
        require(actor, Right.SET_OWN_TERMS)
        own = get_object_or_404(self.get_queryset(), pk=pk, organisation=reporting_organisation(actor))
        data = EndIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = end_own_term(actor=actor, term_id=own.pk, effective_to=data.validated_data["effective_to"])
        return Response(self.get_serializer(row).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("own-terms", OwnTermViewSet, basename="own-term")
