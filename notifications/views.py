"""What a person has been told, and the mails that did not get through."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from notifications import selectors, services
from notifications.filters import MessageFilter
from notifications.forms import ChannelsForm, UpToForm
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "notifications/message_list.html"
UNSENT = "notifications/unsent_list.html"


@login_required
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    filterset = MessageFilter(request.GET, queryset=selectors.message_list(actor=actor))
    context = {
        "filterset": filterset,
        "page": keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(filterset.qs),
        "unread": selectors.unread_count(actor=actor),
        "newest_id": selectors.newest_id(actor=actor),
        "can_see_unsent": allowed(actor, Right.RUN_JOBS),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one message read and go where it points, else back to the list."""
    actor = actor_of(request)
    message = get_object_or_404(selectors.message_list(actor=actor), pk=pk)
    services.mark_read(message_id=message.pk, actor=actor, now=clock.now())
    inside = url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if message.url and inside else reverse("notifications:list"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    form = UpToForm(request.POST)
    if form.is_valid():
        count = services.mark_all_read(
            up_to_id=form.cleaned_data["up_to"], actor=actor_of(request), now=clock.now()
        )
        messages.success(request, f"已将 {count} 条消息标为已读。")
    return redirect("notifications:list")


@login_required
@require_GET
def unsent(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.RUN_JOBS)
    rows = selectors.unsent_list(actor=actor, now=clock.now())
    context = {
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
        "crumbs": [Crumb("消息", reverse("notifications:list")), Crumb("未确认的邮件")],
    }
    return render_page(request, UNSENT, context, partial="list")


@login_required
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.RUN_JOBS)
    get_object_or_404(selectors.delivery_list(actor=actor), pk=pk)
    try:
        services.resend(delivery_id=pk, actor=actor, now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "已重新排队，一分钟内发出。")
    return redirect("notifications:unsent")


@login_required
@require_http_methods(["GET", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """How the reader wants to be told outside of the product."""
    actor = actor_of(request)
    found = selectors.preference_of(actor=actor)
    names = ("by_mail", "robot", "robot_key", "daily_digest")
    form = ChannelsForm(request.POST or None, initial={name: getattr(found, name) for name in names})

    def act() -> str:
        services.choose_channels(actor=actor, **form.cleaned_data)
        return "接收方式已保存，自下一条消息起适用。"

    page = FormPage(
        title="接收方式",
        back=reverse("notifications:list"),
        crumbs=[Crumb("消息", reverse("notifications:list")), Crumb("接收方式")],
        notes=["站内消息始终保留；这里选择另外从哪里收到。"],
    )
    return fill_in(request, form, page, act)
