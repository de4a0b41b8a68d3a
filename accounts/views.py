"""Pages of units and accounts."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import invitations, selectors, services
from accounts.filters import OrganisationFilter, UserFilter
from accounts.forms import NewOrganisationForm, NewUserForm, OrganisationForm, UserForm
from accounts.http import actor_of, login_required
from accounts.models import Organisation, User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from ui.filling import sent
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

TREE_PAGE = 200


@login_required
@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The tree of units, from the top down."""
    # Who comes without a question means the own prefecture; 全部 in the form asks for the rest.
    asked = request.GET if request.GET else {"within": "own"}
    filterset = OrganisationFilter(asked, queryset=selectors.organisation_list())
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("path",), cursor=request.GET.get("cursor"), size=TREE_PAGE),
        "total": capped_count(filterset.qs),
        "may_manage": allowed(actor_of(request), Right.MANAGE_USERS),
        "crumbs": [Crumb("单位")],
    }
    return render_page(request, "accounts/organisations.html", context, partial="list")


@login_required
def organisation_create(request: HttpRequest) -> HttpResponse:
    """Add a unit."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS)
    form = NewOrganisationForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        made = services.create_organisation(**form.cleaned_data, actor=actor)
        return f"已新建{made}。"

    if sent(request, form, act):
        return redirect("accounts:organisations")
    context = {
        "form": form,
        "title": "新建单位",
        "back": reverse("accounts:organisations"),
        "crumbs": [Crumb("单位", reverse("accounts:organisations")), Crumb("新建单位")],
    }
    return render(request, "accounts/form.html", context, status=status_for(form))


@login_required
def organisation_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Rename a unit, its other names, whether it is in use."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS)
    row = get_object_or_404(Organisation.objects.visible_to(actor), code=code)
    initial = {
        "name": row.name,
        "short_name": row.short_name,
        "is_active": row.is_active,
        "aliases": "、".join(row.aliases.order_by("pk").values_list("alias", flat=True)),
    }
    form = OrganisationForm(request.POST if request.method == "POST" else None, initial=initial)

    def act() -> str:
        services.change_organisation(organisation_id=row.pk, **form.cleaned_data, actor=actor)
        return f"已保存{form.cleaned_data['name']}。"

    if sent(request, form, act):
        return redirect("accounts:organisations")
    context = {
        "form": form,
        "title": row.name,
        "subtitle": f"代码 {row.code}，{row.get_kind_display()}",
        "back": reverse("accounts:organisations"),
        "crumbs": [Crumb("单位", reverse("accounts:organisations")), Crumb(row.name)],
    }
    return render(request, "accounts/form.html", context, status=status_for(form))


@login_required
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    """The accounts, by name."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS, Right.GRANT_ROLES)
    filterset = UserFilter(request.GET, queryset=selectors.user_list(actor=actor))
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("username",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "may_manage": allowed(actor, Right.MANAGE_USERS),
        "crumbs": [Crumb("用户")],
    }
    return render_page(request, "accounts/users.html", context, partial="list")


@never_cache
@login_required
def user_create(request: HttpRequest) -> HttpResponse:
    """Make an account; the answer shows its one-time password, this once."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS)
    form = NewUserForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.create_user(
                person=form.person(username=form.cleaned_data["username"]), actor=actor
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _show_password(request, made)
    context = {
        "form": form,
        "title": "新建用户",
        "back": reverse("accounts:users"),
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb("新建用户")],
    }
    return render(request, "accounts/form.html", context, status=status_for(form))


@login_required
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change post, unit, role and mail address; reset the password; close the account."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS)
    user = get_object_or_404(selectors.user_list(actor=actor), pk=pk)
    initial = {
        "title": user.title,
        "organisation": user.organisation_id,
        "role": user.asked_role or user.role,
        "email": user.email,
    }
    form = UserForm(request.POST if request.method == "POST" else None, initial=initial)

    def act() -> str:
        services.change_user(user_id=pk, person=form.person(username=user.username), actor=actor)
        return f"已保存用户 {user.username}。"

    if sent(request, form, act):
        return redirect("accounts:users")
    context = {
        "form": form,
        "account": user,
        "is_self": user.pk == actor.pk,
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb(user.username)],
    }
    return render(request, "accounts/user_edit.html", context, status=status_for(form))


@require_POST
@login_required
def user_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS)
    user = get_object_or_404(selectors.user_list(actor=actor), pk=pk)
    try:
        services.deactivate_user(user_id=pk, actor=actor, today=clock.today())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已停用用户 {user.username}。")
    return redirect("accounts:user-edit", pk=pk)


@never_cache
@require_POST
@login_required
def user_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    return _new_password(request, pk, services.reactivate_user)


@never_cache
@require_POST
@login_required
def user_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an account a new one-time password."""
    return _new_password(request, pk, services.reset_password)


@never_cache
@require_POST
@login_required
def user_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link for the account's first password; the answer shows it, this once."""
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS, Right.GUARD_ACCOUNTS)
    get_object_or_404(selectors.user_list(actor=actor), pk=pk)
    try:
        made = invitations.invite(user_id=pk, actor=actor, now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect(_page_of(actor), pk=pk)
    context = {
        "invitation": made.invitation,
        "link": settings.BASE_URL + reverse("accounts:invitation", args=[made.token]),
        "mailed_to": made.mailed_to,
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb("邀请链接")],
    }
    return render(request, "accounts/invitation_link.html", context)


def _page_of(actor: User) -> str:
    """Where an account is looked after by `actor`."""
    keeps = allowed(actor, Right.MANAGE_USERS)
    return "accounts:user-edit" if keeps else "accounts:user-security"


def _new_password(
    request: HttpRequest, pk: int, give: Callable[..., services.OneTimePassword]
) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.MANAGE_USERS, Right.GUARD_ACCOUNTS)
    get_object_or_404(selectors.user_list(actor=actor), pk=pk)
    try:
        return _show_password(request, give(user_id=pk, actor=actor))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    return redirect(_page_of(actor), pk=pk)


def _show_password(request: HttpRequest, made: services.OneTimePassword) -> HttpResponse:
    context = {
        "made": made,
        "crumbs": [Crumb("用户", reverse("accounts:users")), Crumb("一次性密码")],
    }
    return render(request, "accounts/one_time_password.html", context)
