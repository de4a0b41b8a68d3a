"""Units, accounts and tokens over the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from knox.auth import TokenAuthentication
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from accounts import granting, invitations, locks, second_factor, selectors, services
from accounts.adapter import expire_password, note_failure, note_session
from accounts.errors import SignInRefused
from accounts.filters import OrganisationFilter, UserFilter
from accounts.http import actor_of
from accounts.models import Organisation, User
from accounts.rights import Right, require
from core import clock

CODE = r"[0-9A-Za-z-]+"


class OrganisationOut(serializers.ModelSerializer[Organisation]):
    parent = serializers.SlugRelatedField[Organisation](  # type: ignore[assignment]  # the field, not DRF's parent
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = Organisation
        fields = ("code", "name", "short_name", "kind", "parent", "path", "is_active")


class OrganisationViewSet(ReadOnlyModelViewSet[Organisation]):
    """单位树，所有登录用户可读。"""

    queryset = Organisation.objects.none()
    serializer_class = OrganisationOut
    filterset_class = OrganisationFilter
    lookup_field = "code"
    lookup_value_regex = CODE
    keyset_order = ("path",)

    def get_queryset(self) -> QuerySet[Organisation]:
        return selectors.organisation_list()


class UserOut(serializers.ModelSerializer[User]):
    organisation = serializers.SlugRelatedField[Organisation](
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = User
        fields = (
            "id",
            "username",
            "title",
            "email",
            "role",
            "asked_role",
            "organisation",
            "is_active",
            "must_change_password",
        )


class UserIn(serializers.Serializer[User]):
    title = serializers.CharField(max_length=60)
    email = serializers.EmailField(required=False, default="", allow_blank=True)
    role = serializers.ChoiceField(choices=User.Role.choices, help_text="申请的岗位，由安全管理员授予后生效")
    organisation = serializers.SlugRelatedField[Organisation](
        slug_field="code", queryset=Organisation.objects.filter(is_active=True)
    )

    def person(self, *, username: str) -> services.Person:
        entered = self.validated_data
        return services.Person(
            username=username,
            title=entered["title"],
            email=entered["email"],
            role=User.Role(entered["role"]),
            organisation=entered["organisation"],
        )


class NewUserIn(UserIn):
    username = serializers.RegexField(r"^[0-9A-Za-z_.@+-]+$", max_length=150)


class GrantIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=User.Role.choices, help_text="NONE 为收回岗位")


class OneTimePasswordOut(serializers.Serializer[Any]):
    user = UserOut()
    one_time_password = serializers.CharField(help_text="只显示这一次，首次登录须修改")


class InvitationOut(serializers.Serializer[Any]):
    link = serializers.CharField(help_text="只显示这一次，本人用它设置密码，用后作废")
    expires_at = serializers.DateTimeField()
    mailed_to = serializers.CharField(help_text="同时发往的邮箱；空：本人没有登记邮箱")


class UserViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[User]):
    """账号：系统管理员建立，安全管理员授权。"""

    queryset = User.objects.none()
    serializer_class = UserOut
    filterset_class = UserFilter
    lookup_value_regex = r"\d+"
    keyset_order = ("username",)

    def get_queryset(self) -> QuerySet[User]:
        actor = actor_of(self.request)
        require(actor, Right.MANAGE_USERS, Right.GRANT_ROLES)
        return selectors.user_list(actor=actor)

    @extend_schema(request=NewUserIn, responses={201: OneTimePasswordOut})
    def create(self, request: Request) -> Response:
        """新建账号。"""
        actor = actor_of(request)
        require(actor, Right.MANAGE_USERS)
        entered = NewUserIn(data=request.data)
        entered.is_valid(raise_exception=True)
        made = services.create_user(
            person=entered.person(username=entered.validated_data["username"]), actor=actor
        )
        return _password_answer(made, code=status.HTTP_201_CREATED)

    @extend_schema(request=UserIn, responses=UserOut)
    def update(self, request: Request, pk: str) -> Response:
        """修改账号的职务、单位和邮箱，申请岗位。"""
        require(actor_of(request), Right.MANAGE_USERS)
        user = self.get_object()
        entered = UserIn(data=request.data)
        entered.is_valid(raise_exception=True)
        changed = services.change_user(
            user_id=user.pk, person=entered.person(username=user.username), actor=actor_of(request)
        )
        return Response(UserOut(changed).data)

    @extend_schema(request=GrantIn, responses=UserOut)
    @action(detail=True, methods=["post"], url_path="grant-role")
    def grant_role(self, request: Request, pk: str) -> Response:
        """授予或收回岗位，仅安全管理员。"""
        actor = actor_of(request)
        require(actor, Right.GRANT_ROLES)
        user = self.get_object()
        entered = GrantIn(data=request.data)
        entered.is_valid(raise_exception=True)
        role = User.Role(entered.validated_data["role"])
        return Response(UserOut(granting.grant_role(user_id=user.pk, role=role, actor=actor)).data)

    @extend_schema(request=None, responses=UserOut)
    @action(detail=True, methods=["post"])
    def unlock(self, request: Request, pk: str) -> Response:
        """解除登录锁定，仅安全管理员。"""
        actor = actor_of(request)
        require(actor, Right.GUARD_ACCOUNTS)
        return Response(UserOut(locks.unlock(user_id=self.get_object().pk, actor=actor)).data)

    @extend_schema(request=None, responses=UserOut)
    @action(detail=True, methods=["post"], url_path="reset-factor")
    def reset_factor(self, request: Request, pk: str) -> Response:
        """重置双因素，仅安全管理员。"""
        actor = actor_of(request)
        require(actor, Right.GUARD_ACCOUNTS)
        return Response(UserOut(second_factor.reset(user_id=self.get_object().pk, actor=actor)).data)

    @extend_schema(request=None, responses=UserOut)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: str) -> Response:
        """停用账号；还有在办事项的不停用（`duties_open`），先办离岗移交 `/leavings/`。"""
        actor, user = actor_of(request), self.get_object()
        closed = services.deactivate_user(user_id=user.pk, actor=actor, today=clock.today())
        return Response(UserOut(closed).data)

    @extend_schema(request=None, responses=OneTimePasswordOut)
    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, pk: str) -> Response:
        """重新启用账号。"""
        user = self.get_object()
        return _password_answer(services.reactivate_user(user_id=user.pk, actor=actor_of(request)))

    @extend_schema(request=None, responses={201: InvitationOut})
    @action(detail=True, methods=["post"])
    def invite(self, request: Request, pk: str) -> Response:
        """发出邀请链接，只显示这一次；此前的链接作废。"""
        user = self.get_object()
        made = invitations.invite(user_id=user.pk, actor=actor_of(request), now=clock.now())
        link = settings.BASE_URL + reverse("accounts:invitation", args=[made.token])
        told = {"link": link, "expires_at": made.invitation.expires_at, "mailed_to": made.mailed_to}
        shown = InvitationOut(told).data
        answer = Response(shown, status=status.HTTP_201_CREATED)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @extend_schema(request=None, responses=OneTimePasswordOut)
    @action(detail=True, methods=["post"], url_path="reset-password")
    def reset_password(self, request: Request, pk: str) -> Response:
        """重置密码。"""
        user = self.get_object()
        return _password_answer(services.reset_password(user_id=user.pk, actor=actor_of(request)))


def _password_answer(made: services.OneTimePassword, code: int = status.HTTP_200_OK) -> Response:
    answer = Response({"user": UserOut(made.user).data, "one_time_password": made.password}, status=code)
    answer.headers["Cache-Control"] = "no-store"
    return answer


class SignInIn(serializers.Serializer[Any]):
    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False)
    code = serializers.CharField(required=False, default="", help_text="双因素验证码；启用双因素的账号须填")


class TokenOut(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="请求头：Authorization: Token <token>；只显示这一次")
    user = UserOut()


class SignInThrottle(AnonRateThrottle):
    rate = "30/min"


class TokenView(APIView):
    """接口令牌：以用户名和密码换取，用毕注销。"""

    def get_permissions(self) -> list[Any]:
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    def get_authenticators(self) -> list[Any]:
        # Without authentication classes, so that a stale token cannot stand in the way of a new one.
        return [] if self.request and self.request.method == "POST" else [TokenAuthentication()]

    def get_throttles(self) -> list[Any]:
        return [SignInThrottle()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(request=SignInIn, responses={201: TokenOut})
    def post(self, request: Request) -> Response:
        """登录并取得令牌。失败计入锁定次数。"""
        entered = SignInIn(data=request.data)
        entered.is_valid(raise_exception=True)
        code = entered.validated_data.pop("code")
        user = authenticate(request._request, **entered.validated_data)
        if not isinstance(user, User):
            note_failure(request._request, entered.validated_data["username"])
            return _refused(request)
        second_factor.prove(user=user, code=code, now=clock.now())
        expire_password(user, today=clock.today())
        token = services.issue_token(user=user)
        answer = Response({"token": token, "user": UserOut(user).data}, status=status.HTTP_201_CREATED)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """注销所用的令牌。"""
        if request.auth is not None:
            request.auth.delete()
            note_session(actor_of(request), "session.signed_out")
        return Response(status=status.HTTP_204_NO_CONTENT)


def _refused(request: Request) -> Response:
    """401, or 429 once locked; the middleware's HTML page is not for machines."""
    locked = getattr(request._request, "axes_locked_out", False)
    request._request.axes_locked_out = False  # type: ignore[attr-defined]  # set by axes
    if locked:
        message = "连续登录失败，账号已暂时锁定；请稍后重试。"
        return Response(
            {"code": "account_locked", "message": message, "facts": {}},
            status=status.HTTP_429_TOO_MANY_REQUESTS,
        )
    message = "用户名或密码不正确，或账号已停用；请核对后重试。"
    return Response(
        {"code": SignInRefused.code, "message": message, "facts": {}}, status=status.HTTP_401_UNAUTHORIZED
    )


def register(router: BaseRouter) -> None:
    router.register("organisations", OrganisationViewSet, basename="organisation")
    router.register("users", UserViewSet, basename="user")
