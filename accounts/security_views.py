"""Pages of the security administrator: who may do what, who is locked out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import granting, locks, second_factor, selectors
from accounts.forms import NUMBERS, GrantForm, SignInRuleForm, rule_label
from accounts.http import actor_of, login_required
from accounts.models import SignInRule, User
from accounts.rights import Right, require
from accounts.sign_in_rules import rule_of, set_rule
from audit.models import Entry
from audit.verbs import words
from core import clock
from core.errors import DomainError
from ui.htmx import status_for
from ui.parts import Crumb

SHOWN_ENTRIES = 20


@login_required
@require_safe
def user_security(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its role and what is asked for, its locks, and what was done about it."""
    return _security_page(request, _account(request, pk, Right.GRANT_ROLES), None)


@require_POST
@login_required
def user_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an account its role, or take it away."""
    account = _account(request, pk, Right.GRANT_ROLES)
    form = GrantForm(request.POST)
    if form.is_valid():
        role = User.Role(form.cleaned_data["role"])
        try:
            granting.grant_role(user_id=pk, role=role, actor=actor_of(request))
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            done = "已收回岗位" if role == User.Role.NONE else f"已授予{role.label}"
            messages.success(request, f"{account.username}：{done}。")
            return redirect("accounts:user-security", pk=pk)
    return _security_page(request, account, form)


@require_POST
@login_required
def user_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account try again before its time."""
    account = _account(request, pk, Right.GUARD_ACCOUNTS)
    locks.unlock(user_id=pk, actor=actor_of(request))
    messages.success(request, f"已解除 {account.username} 的锁定。")
    return redirect("accounts:user-security", pk=pk)


@require_POST
@login_required
def user_reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a second factor away whose owner has lost it."""
    account = _account(request, pk, Right.GUARD_ACCOUNTS)
    second_factor.reset(user_id=pk, actor=actor_of(request))
    messages.success(request, f"已重置 {account.username} 的双因素。")
    return redirect("accounts:user-security", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_rules(request: HttpRequest) -> HttpResponse:
    """Since when which rules of signing in hold; a new version."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_SIGN_IN)
    now = rule_of(today)
    initial = {name: getattr(now, name) for name in (*NUMBERS, "factor_roles")}
    form = SignInRuleForm(request.POST or None, initial={"effective_from": today, **initial})
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        try:
            set_rule(
                effective_from=entered["effective_from"],
                terms=form.terms(),
                note=entered["note"],
                actor=actor,
                today=today,
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "登录安全规则已增加一版。")
            return redirect("accounts:sign-in-rules")
    lines = [(rule_label(name), getattr(now, name)) for name in NUMBERS]
    context = {
        "form": form,
        "lines": lines,
        "factor_roles": [User.Role(role).label for role in now.factor_roles],
        "versions": SignInRule.objects.all(),
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb("登录安全规则")],
    }
    return render(request, "accounts/sign_in_rules.html", context, status=status_for(form))


@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What somebody sees to whom no role has been granted."""
    return render(request, "accounts/waiting.html")


def _account(request: HttpRequest, pk: int, right: Right) -> User:
    actor = actor_of(request)
    require(actor, right)
    return get_object_or_404(selectors.user_list(actor=actor), pk=pk)


def _security_page(request: HttpRequest, account: User, form: GrantForm | None) -> HttpResponse:
    grant = form or GrantForm(initial={"role": account.asked_role or account.role})
    entries = Entry.objects.filter(
        subject_kind=User._meta.label_lower, subject_id=account.pk, verb__startswith="role."
    )
    context = {
        "account": account,
        "form": grant,
        "is_self": account.pk == actor_of(request).pk,
        "factor": second_factor.factor_of(account),
        "locked_until": locks.locked_until(account, now=clock.now()),
        "entries": [(row, words(row.verb)) for row in entries.order_by("-id")[:SHOWN_ENTRIES]],
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb(account.username)],
    }
    return render(request, "accounts/user_security.html", context, status=status_for(grant))
