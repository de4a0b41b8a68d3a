"""The settings of rounds under /api/v1/: kinds by version, and whom the facts of a project concern."""

from __future__ import annotations

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts.http import actor_of
from accounts.models import Organisation
from accounts.rights import Right, require
from core import clock
from deadlines.models import LineUnit
from opinions.models import DepartmentRule, RoundKind
from opinions.services import settings as services
from opinions.services.settings import KindTerms, NewDepartmentRule
from projects.models import PushRule


class OpinionKindOut(serializers.ModelSerializer[RoundKind]):
    class Meta:
        model = RoundKind
        fields = [
            *("id", "code", "label", "step_codes", "may_lapse", "limit_days", "limit_unit", "starts_at"),
            *("reminder_days", "more_pauses", "link_days", "basis", "effective_from"),
        ]


class OpinionKindIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20)
    step_codes = serializers.ListField(
        child=serializers.RegexField(r"^[A-Z]\d{2}$"), max_length=60, default=list
    )
    may_lapse = serializers.BooleanField()
    limit_days = serializers.IntegerField(min_value=1, max_value=60)
    limit_unit = serializers.ChoiceField(choices=LineUnit.choices)
    starts_at = serializers.ChoiceField(choices=RoundKind.StartsAt.choices)
    reminder_days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=60), max_length=5
    )
    more_pauses = serializers.BooleanField()
    link_days = serializers.IntegerField(min_value=1, max_value=90)
    basis = serializers.CharField(max_length=200)
    effective_from = serializers.DateField()


class OpinionRuleOut(serializers.ModelSerializer[DepartmentRule]):
    organisation = serializers.CharField(source="organisation.code")
    department = serializers.CharField(source="department.code")

    class Meta:
        model = DepartmentRule
        fields = [
            *("id", "organisation", "department", "condition", "keywords", "ask", "basis"),
            *("effective_from", "effective_to"),
        ]


class OpinionRuleIn(serializers.Serializer[Any]):
    department = serializers.CharField(max_length=30)
    condition = serializers.ChoiceField(choices=PushRule.Condition.choices)
    keywords = serializers.CharField(max_length=200, default="", allow_blank=True)
    ask = serializers.CharField(max_length=200)
    basis = serializers.CharField(max_length=200, default="", allow_blank=True)
    effective_from = serializers.DateField()


class OpinionRuleEndIn(serializers.Serializer[Any]):
    ends_on = serializers.DateField()


def _read(kind: type[Any], request: Request) -> dict[str, Any]:
    data = kind(data=request.data)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)


class KindViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[RoundKind]):
    """征求意见类型的各版本；新版本自生效日期起适用。"""

    serializer_class = OpinionKindOut
    queryset = RoundKind.objects.order_by("-id")
    keyset_order = ("-id",)

    @extend_schema(request=OpinionKindIn, responses={201: OpinionKindOut})
    def create(self, request: Request) -> Response:
        """修订。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_OPINION_RULES)
        data = _read(OpinionKindIn, request)
        code, day = data.pop("code"), data.pop("effective_from")
        if not RoundKind.objects.filter(code=code).exists():
            raise serializers.ValidationError({"code": ["没有这个类型。"]})
        done = services.revise_kind(
            code=code, terms=KindTerms(**data), effective_from=day, actor=actor, today=clock.today()
        )
        return Response(OpinionKindOut(done).data, status=201)


class RuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[DepartmentRule]):
    """征求部门规则：哪些项目征求哪些部门。"""

    serializer_class = OpinionRuleOut
    queryset = DepartmentRule.objects.select_related("organisation", "department").order_by("-id")
    keyset_order = ("-id",)

    @extend_schema(request=OpinionRuleIn, responses={201: OpinionRuleOut})
    def create(self, request: Request) -> Response:
        """新增规则；该部门的现行规则自同日停用。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_OPINION_RULES)
        data = _read(OpinionRuleIn, request)
        prefecture = actor.prefecture or actor.organisation
        department = Organisation.objects.filter(
            code=data.pop("department"),
            kind=Organisation.Kind.DEPARTMENT,
            path__startswith=prefecture.path if prefecture else "-",
        ).first()
        if department is None or prefecture is None:
            raise serializers.ValidationError({"department": ["不是本州的部门。"]})
        done = services.add_rule(
            organisation=prefecture,
            new=NewDepartmentRule(department_id=department.pk, **data),
            actor=actor,
            today=clock.today(),
        )
        return Response(OpinionRuleOut(done).data, status=201)

    @extend_schema(request=OpinionRuleEndIn, responses=OpinionRuleOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """停用规则。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_OPINION_RULES)
        row: DepartmentRule = self.get_object()
        day: date = _read(OpinionRuleEndIn, request)["ends_on"]
        done = services.end_rule(rule_id=row.pk, ends_on=day, actor=actor, today=clock.today())
        return Response(OpinionRuleOut(done).data)


def register(router: BaseRouter) -> None:
    router.register("opinion-kinds", KindViewSet, basename="opinion-kind")
    router.register("opinion-rules", RuleViewSet, basename="opinion-rule")
