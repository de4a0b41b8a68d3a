"""The log over the API: entries with the page's filters, for how long they are kept."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from audit.models import Entry, TrailRule
from audit.verbs import words
from core import clock
from desk.audit_log import EntryFilter, entries
from desk.trail_rules import set_trail_rule


class AuditEntryOut(serializers.ModelSerializer[Entry]):
    action = serializers.SerializerMethodField(help_text="动作的中文名称")

    class Meta:
        model = Entry
        fields = (
            *("id", "entered_at", "actor", "actor_label", "address", "verb", "action", "outcome"),
            *("subject_kind", "subject_id", "subject_label", "project_id", "occurred_on", "facts"),
        )

    def get_action(self, entry: Entry) -> str:
        return words(entry.verb)


class AuditEntryViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Entry]):
    """操作日志：谁在何时从何处对什么做了什么，结果如何。"""

    queryset = Entry.objects.none()
    serializer_class = AuditEntryOut
    filterset_class = EntryFilter
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[Entry]:
        actor = actor_of(self.request)
        require(actor, Right.READ_AUDIT)
        return entries(actor=actor)


class TrailRuleOut(serializers.ModelSerializer[TrailRule]):
    class Meta:
        model = TrailRule
        fields = ("id", "effective_from", "keep_days", "keep_business_years", "note")


class TrailRuleIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    keep_days = serializers.IntegerField(min_value=1, max_value=36_500)
    keep_business_years = serializers.IntegerField(min_value=1, max_value=100)
    note = serializers.CharField(max_length=300)


class TrailRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[TrailRule]):
    """操作日志的保留期限，按生效日期。"""

    queryset = TrailRule.objects.none()
    serializer_class = TrailRuleOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[TrailRule]:
        require(actor_of(self.request), Right.READ_AUDIT, Right.EDIT_TRAIL)
        return TrailRule.objects.all()

    @extend_schema(request=TrailRuleIn, responses={201: TrailRuleOut})
    def create(self, request: Request) -> Response:
        """增加一版保留期限，不得短于法定最低。"""
        require(actor_of(request), Right.EDIT_TRAIL)
        data = TrailRuleIn(data=request.data)
        data.is_valid(raise_exception=True)
        row = set_trail_rule(actor=actor_of(request), today=clock.today(), **data.validated_data)
        return Response(TrailRuleOut(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("audit-entries", AuditEntryViewSet, basename="audit-entry")
    router.register("trail-rules", TrailRuleViewSet, basename="trail-rule")
