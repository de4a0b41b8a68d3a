"""The second factor at the sign-in, and on one's own page."""

from __future__ import annotations

from allauth.account.internal.stagekit import stash_login
from allauth.account.stages import LoginStageController
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import second_factor
from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.stages import FactorStage
from core import clock
from core.errors import DomainError
from ui.forms import OfficeForm
from ui.htmx import status_for

PASSED = "passed"


class CodeForm(OfficeForm):
    code = forms.CharField(
        label="验证码",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code after the password; who must have a factor and has none enrols it here."""
    stage = LoginStageController.enter(request, FactorStage.key)
    if stage is None:
        return redirect("account_login")
    if stage.state.get(PASSED):
        return _pass(stage)
    user: User = stage.login.user
    if second_factor.factor_of(user) is None:
        if not second_factor.is_required(user, on=clock.now()):
            return _pass(stage)
        return _enrol_at_sign_in(request, stage, user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check(user=user, code=form.cleaned_data["code"], now=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _pass(stage)
    return render(request, "accounts/factor_ask.html", {"form": form}, status=status_for(form))


def _enrol_at_sign_in(request: HttpRequest, stage: FactorStage, user: User) -> HttpResponse:
    answer = _enrol(request, user, is_sign_in=True)
    if isinstance(answer, list):
        stage.state[PASSED] = True
        stash_login(request, stage.login)
        return render(request, "accounts/factor_codes.html", {"codes": answer, "is_sign_in": True})
    return answer


def _pass(stage: FactorStage) -> HttpResponseBase:
    answer: HttpResponseBase = stage.exit()
    return answer


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_factor(request: HttpRequest) -> HttpResponse:
    """One's own second factor: enrol it, fetch new recovery codes, do without it."""
    actor, now = actor_of(request), clock.now()
    factor = second_factor.factor_of(actor)
    if factor is None:
        answer = _enrol(request, actor, is_sign_in=False)
        if isinstance(answer, list):
            return render(request, "accounts/factor_codes.html", {"codes": answer})
        return answer
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check(user=actor, code=form.cleaned_data["code"], now=now)
            if "off" not in request.POST:
                codes = second_factor.new_codes(user=actor)
                return render(request, "accounts/factor_codes.html", {"codes": codes})
            second_factor.turn_off(user=actor, now=now)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "已停用双因素。")
            return redirect("accounts:own-factor")
    context = {
        "form": form,
        "factor": factor,
        "left": factor.codes.filter(used_at=None).count(),
        "is_required": second_factor.is_required(actor, on=now),
    }
    return render(request, "accounts/own_factor.html", context, status=status_for(form))


def _enrol(request: HttpRequest, user: User, *, is_sign_in: bool) -> HttpResponse | list[str]:
    """The page with the picture, or the recovery codes once the first code was right."""
    factor = second_factor.enrolment(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return second_factor.confirm(user=user, code=form.cleaned_data["code"], now=clock.now())
        except DomainError as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "picture": second_factor.picture_of(factor, user),
        "secret": second_factor.secret_of(factor),
        "is_sign_in": is_sign_in,
    }
    return render(request, "accounts/factor_enrol.html", context, status=status_for(form))
