"""The page on which somebody's work is handed over and their account closed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.generics import get_object_or_404 as api_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from accounts import selectors
from accounts.http import actor_of, login_required
from accounts.models import User, UserQuerySet
from accounts.rights import Right, require
from core import clock
from desk.leaving import Estate, estate_of, leave, successors_of
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb


class SuccessorForm(OfficeForm):
    def __init__(self, *args: Any, successors: UserQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.pk, f"{row.label}（{row.organisation}）") for row in successors]
        self.fields["successor"] = forms.TypedChoiceField(
            label="接办人",
            choices=[("", "请选择"), *choices],
            coerce=int,
            empty_value=None,
            required=False,
            help_text="没有在办事项的，可以不选",
        )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def user_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody leaves behind; hand it over and close the account in one act."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.MANAGE_USERS)
    account = get_object_or_404(selectors.user_list(actor=actor), pk=pk)
    form = SuccessorForm(request.POST or None, successors=successors_of(account, actor=actor))

    def act() -> str:
        leave(actor=actor, user_id=pk, successor_id=form.cleaned_data["successor"], today=today)
        return f"{account.username} 已离岗，账号停用，在办事项已移交。"

    if sent(request, form, act):
        return redirect("accounts:user-edit", pk=pk)
    edit = reverse("accounts:user-edit", args=[pk])
    context = {
        "account": account,
        "estate": estate_of(account, today=today),
        "form": form,
        "crumbs": [
            Crumb("用户", reverse("accounts:users")),
            Crumb(account.username, edit),
            Crumb("离岗移交"),
        ],
    }
    return render(request, "desk/user_leave.html", context, status=status_for(form))


class EstateOut(serializers.Serializer[Any]):
    posts = serializers.SerializerMethodField()
    deadlines = serializers.IntegerField(source="deadline_count")
    steps = serializers.IntegerField()
    tasks = serializers.IntegerField()
    contacts = serializers.IntegerField()
    deputising = serializers.IntegerField(help_text="由其代办的休假，须另行指定代办人")

    def get_posts(self, estate: Estate) -> list[str]:
        return [str(row.post) for row in estate.posts]


class LeaveIn(serializers.Serializer[Any]):
    user = serializers.IntegerField()
    successor = serializers.IntegerField(required=False, default=None, allow_null=True)


class LeavingViewSet(viewsets.GenericViewSet[User]):
    """离岗移交：先看在办事项，再移交并停用账号。"""

    queryset = User.objects.none()
    serializer_class = EstateOut
    lookup_value_regex = r"\d+"

    @extend_schema(responses=EstateOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        """离岗前的在办事项。"""
        actor = actor_of(request)
        require(actor, Right.MANAGE_USERS)
        user = api_object_or_404(selectors.user_list(actor=actor), pk=pk)
        return Response(EstateOut(estate_of(user, today=clock.today())).data)

    @extend_schema(request=LeaveIn, responses={200: EstateOut})
    def create(self, request: Request) -> Response:
        """移交给接办人并停用账号；返回移交后的在办事项，应为空。"""
        actor, today = actor_of(request), clock.today()
        require(actor, Right.MANAGE_USERS)
        entered = LeaveIn(data=request.data)
        entered.is_valid(raise_exception=True)
        user = api_object_or_404(selectors.user_list(actor=actor), pk=entered.validated_data["user"])
        successor = entered.validated_data["successor"]
        left = leave(actor=actor, user_id=user.pk, successor_id=successor, today=today)
        return Response(EstateOut(estate_of(left, today=today)).data)


def register(router: BaseRouter) -> None:
    """Mount the viewset; called by landguard.api_urls."""
    router.register("leavings", LeavingViewSet, basename="leaving")
