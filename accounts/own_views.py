"""What people do about their own account: the first password, where they are signed in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from knox.models import AuthToken

from accounts import invitations, sessions
from accounts.errors import InvitationOver
from accounts.forms import FirstPasswordForm
from accounts.http import actor_of, login_required
from accounts.models import OpenSession
from core import clock
from ui.htmx import status_for


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the first password with the link one was sent; opening it changes nothing."""
    now = clock.now()
    try:
        row = invitations.invited(token, now=now)
        form = FirstPasswordForm(request.POST or None, user=row.user)
        if request.method == "POST" and form.is_valid():
            invitations.accept(token=token, password=form.cleaned_data["password1"], now=now)
            messages.success(request, "密码已设置，请登录。")
            return redirect("account_login")
    except InvitationOver as refusal:
        return render(request, "accounts/invitation_over.html", {"message": refusal.message}, status=404)
    context = {"form": form, "account": row.user, "expires_at": row.expires_at}
    return render(request, "accounts/invitation.html", context, status=status_for(form))


@never_cache
@login_required
@require_safe
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    actor = actor_of(request)
    context = {
        "rows": sessions.own_sessions(actor=actor, now=clock.now()),
        "here": request.session.get(sessions.MARK),
        "tokens": AuthToken.objects.filter(user=actor).count(),
    }
    return render(request, "accounts/own_sessions.html", context)


@require_POST
@login_required
def own_session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sign-ins."""
    actor = actor_of(request)
    get_object_or_404(OpenSession.objects.visible_to(actor), pk=pk)
    sessions.end_one(actor=actor, pk=pk, now=clock.now())
    messages.success(request, "已结束该处登录。")
    return redirect("accounts:own-sessions")


@require_POST
@login_required
def own_sessions_end(request: HttpRequest) -> HttpResponse:
    """End all sign-ins but this one, and the tokens."""
    keep = request.session.get(sessions.MARK)
    ended = sessions.end_others(actor=actor_of(request), keep=keep, now=clock.now())
    messages.success(request, f"已结束其他 {ended} 处登录，接口令牌一并作废。")
    return redirect("accounts:own-sessions")
