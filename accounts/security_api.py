"""The rules of signing in and one's own sign-ins over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts import sessions
from accounts.forms import NUMBERS
from accounts.http import actor_of
from accounts.models import OpenSession, SignInRule, User
from accounts.rights import Right, require
from accounts.sign_in_rules import SignInTerms, set_rule
from core import clock


class SignInRuleOut(serializers.ModelSerializer[SignInRule]):
    factor_roles = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = SignInRule
        fields = ("id", "effective_from", *NUMBERS, "factor_roles", "note")


class SignInRuleIn(serializers.Serializer[Any]):
    effective_from = serializers.DateField()
    factor_roles = serializers.ListField(
        child=serializers.ChoiceField(choices=User.Role.choices), help_text="须用双因素的岗位"
    )
    note = serializers.CharField(max_length=300)

    def get_fields(self) -> dict[str, Any]:
        numbers = {
            name: serializers.IntegerField(min_value=least, max_value=most)
            for name, (least, most) in NUMBERS.items()
        }
        return {**super().get_fields(), **numbers}


class SignInRuleViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[SignInRule]):
    """登录安全规则，按生效日期，仅安全管理员。"""

    queryset = SignInRule.objects.none()
    serializer_class = SignInRuleOut
    keyset_order = ("-effective_from",)

    def get_queryset(self) -> QuerySet[SignInRule]:
        require(actor_of(self.request), Right.EDIT_SIGN_IN)
        return SignInRule.objects.all()

    @extend_schema(request=SignInRuleIn, responses={201: SignInRuleOut})
    def create(self, request: Request) -> Response:
        """增加一版登录安全规则。"""
        actor = actor_of(request)
        require(actor, Right.EDIT_SIGN_IN)
        data = SignInRuleIn(data=request.data)
        data.is_valid(raise_exception=True)
        stated = dict(data.validated_data)
        first, note = stated.pop("effective_from"), stated.pop("note")
        row = set_rule(
            effective_from=first, terms=SignInTerms(**stated), note=note, actor=actor, today=clock.today()
        )
        return Response(SignInRuleOut(row).data, status=status.HTTP_201_CREATED)


class OwnSessionOut(serializers.ModelSerializer[OpenSession]):
    class Meta:
        model = OpenSession
        fields = ("id", "address", "device", "began_at", "seen_at")


class OwnSessionsEndedOut(serializers.Serializer[Any]):
    ended = serializers.IntegerField()


class OwnSessionViewSet(
    mixins.ListModelMixin, mixins.DestroyModelMixin, viewsets.GenericViewSet[OpenSession]
):
    """本人在哪些地方登录。"""

    queryset = OpenSession.objects.none()
    serializer_class = OwnSessionOut
    lookup_value_regex = r"\d+"
    keyset_order = ("-id",)

    def get_queryset(self) -> QuerySet[OpenSession]:
        return sessions.own_sessions(actor=actor_of(self.request), now=clock.now())

    def perform_destroy(self, instance: OpenSession) -> None:
        """结束一处登录。"""
        sessions.end_one(actor=actor_of(self.request), pk=instance.pk, now=clock.now())

    @extend_schema(request=None, responses=OwnSessionsEndedOut)
    @action(detail=False, methods=["post"], url_path="end-all")
    def end_all(self, request: Request) -> Response:
        """结束其他各处登录，接口令牌一并作废。"""
        keep = request._request.session.get(sessions.MARK)
        ended = sessions.end_others(actor=actor_of(request), keep=keep, now=clock.now())
        return Response({"ended": ended})


def register(router: BaseRouter) -> None:
    """Mount the viewsets; called by landguard.api_urls."""
    router.register("sign-in-rules", SignInRuleViewSet, basename="sign-in-rule")
    router.register("own-sessions", OwnSessionViewSet, basename="own-session")
