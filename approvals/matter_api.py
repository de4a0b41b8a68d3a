"""Questions, requests upward and what follows an approval, over the API; the terms of each kind."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.matter_selectors import matters, offices_for, read_matter
from approvals.matter_views import MatterFilterSet
from approvals.models import Matter, MatterKind, MatterTerm
from approvals.rules import desk_of
from approvals.services.matters import (
    ANSWERS,
    RAISES,
    AnswerFacts,
    MatterFacts,
    answer_matter,
    publish_answer,
    raise_matter,
    set_term,
)
from core import clock


class MatterOut(serializers.ModelSerializer[Matter]):
    """A matter; who asked what is published for everyone is not said to others."""

    organisation = serializers.CharField(source="organisation.code", allow_null=True)
    holder = serializers.CharField(source="holder.code")
    due_on = serializers.DateField(source="deadline.due_on", default=None)
    lamp = serializers.CharField(read_only=True)

    class Meta:
        model = Matter
        fields = (
            *("id", "kind", "organisation", "project", "step_code", "title", "text", "person", "addressee"),
            *("doc_no", "raised_on", "holder", "due_on", "lamp", "answered_on", "answer", "answer_no"),
            *("paper", "answer_paper", "published_on"),
        )

    def to_representation(self, instance: Matter) -> dict[str, Any]:
        actor = actor_of(self.context["request"])
        reading = read_matter(instance, actor=actor, today=clock.today())
        extra: Any = instance
        extra.lamp = reading.lamp
        shown = super().to_representation(instance)
        if not reading.is_own:
            shown |= {
                "organisation": None,
                "project": None,
                "person": "",
                "paper": None,
                "answer_paper": None,
            }
        return shown


class MatterIn(serializers.Serializer[Any]):
    """`holder`: code of the office that is asked, for a question."""

    kind = serializers.ChoiceField(choices=MatterKind.choices)
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=2000)
    raised_on = serializers.DateField()
    project_id = serializers.IntegerField(required=False, allow_null=True, default=None)
    step_code = serializers.CharField(max_length=10, required=False, default="", allow_blank=True)
    holder = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    person = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    addressee = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    doc_no = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class AnswerIn(serializers.Serializer[Any]):
    answered_on = serializers.DateField()
    answer = serializers.CharField(max_length=2000)
    answer_no = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class MatterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Matter]):
    """业务咨询、向上汇报、批后事项：登记、答复、公开。"""

    queryset = Matter.objects.none()
    serializer_class = MatterOut
    filterset_class = MatterFilterSet
    keyset_order = ("-raised_on", "-id")

    def get_queryset(self) -> QuerySet[Matter]:
        return matters(actor=actor_of(self.request))

    @extend_schema(request=MatterIn, responses={201: MatterOut})
    def create(self, request: Request) -> Response:
        """登记一项。"""
        actor = actor_of(request)
        require(actor, Right.ASK_QUESTIONS)
        data = MatterIn(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        require(actor, RAISES[desk_of(given["kind"])])
        code = given.pop("holder")
        holder = next((office for office in offices_for(actor) if office.code == code), None)
        row = raise_matter(actor=actor, facts=MatterFacts(**given, holder=holder), today=clock.today())
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AnswerIn, responses=MatterOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """登记答复。"""
        found: Matter = self.get_object()
        require(actor_of(request), ANSWERS[desk_of(found.kind)])
        data = AnswerIn(data=request.data)
        data.is_valid(raise_exception=True)
        facts = AnswerFacts(**data.validated_data)
        row = answer_matter(actor=actor_of(request), matter_id=found.pk, facts=facts, today=clock.today())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=MatterOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """公开咨询和答复。"""
        row = publish_answer(actor=actor_of(request), matter_id=self.get_object().pk, today=clock.today())
        return Response(self.get_serializer(row).data)


class MatterTermOut(serializers.ModelSerializer[MatterTerm]):
    class Meta:
        model = MatterTerm
        fields = ("id", "kind", "days", "unit", "is_law", "basis", "effective_from")


class MatterTermViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[MatterTerm]):
    """咨询和批后事项期限及其历史版本。"""

    queryset = MatterTerm.objects.order_by("id")
    serializer_class = MatterTermOut
    keyset_order = ("id",)

    def create(self, request: Request) -> Response:
        """增加一版。"""
        require(actor_of(request), Right.EDIT_PERIODS)
        data = self.get_serializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = {"unit": MatterTerm.Unit.WORKING_DAY.value, "is_law": False, **data.validated_data}
        row = set_term(actor=actor_of(request), **given)
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("matters", MatterViewSet, basename="matter")
    router.register("matter-terms", MatterTermViewSet, basename="matter-term")
