"""Links without an account: made and revoked by the office, used by whoever holds one."""

from __future__ import annotations

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from opinions import selectors
from opinions.errors import LinkRefused
from opinions.forms import LinkAnswerForm, LinkForm
from opinions.models import SignedLink
from opinions.services import links
from opinions.services.links import NewLink
from ui.htmx import status_for
from ui.parts import Crumb


@login_required
@require_http_methods(["GET", "POST"])
def make(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link, shown once."""
    actor = actor_of(request)
    row = get_object_or_404(selectors.request_list(actor=actor), pk=pk)
    require(actor, Right.ASK_OPINIONS)
    form = LinkForm(request.POST or None)
    made: NewLink | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = links.make_link(
                request_id=row.pk,
                given_to=form.cleaned_data["given_to"],
                actor=actor,
                today=clock.today(),
                now=clock.now(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
    address = reverse("opinions:reply", args=[row.pk, made.token]) if made else ""
    context = {
        "row": row,
        "form": form,
        "made": made,
        "address": request.build_absolute_uri(address) if made else "",
        "crumbs": [
            Crumb("征求意见", reverse("opinions:list")),
            Crumb(row.organisation.short_name, row.get_absolute_url()),
            Crumb("免登录链接"),
        ],
    }
    return render(request, "opinions/link.html", context, status=status_for(form))


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The link opens nothing any more."""
    actor = actor_of(request)
    row = get_object_or_404(SignedLink.objects.visible_to(actor).select_related("request"), pk=pk)
    require(actor, Right.ASK_OPINIONS)
    try:
        links.revoke_link(link_id=row.pk, actor=actor, today=clock.today(), now=clock.now())
    except DomainError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, "链接已作废。")
    return redirect(row.request.get_absolute_url())


@never_cache
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """The one question behind a link; whatever is wrong with it, the same page says nothing."""
    now = clock.now()
    try:
        links.count_try(address=str(get_client_ip_address(request) or ""), now=now)
        row = links.open_link(request_id=pk, token=token, now=now)
        form = LinkAnswerForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                done = links.answer_by_link(
                    request_id=pk,
                    token=token,
                    answer=form.answer(),
                    uploads=form.uploads(),
                    today=clock.today(),
                    now=now,
                )
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                return render(request, "opinions/reply_done.html", {"row": row, "reply": done})
    except LinkRefused:
        return render(request, "opinions/reply_unknown.html", status=404)
    return render(request, "opinions/reply.html", {"row": row, "form": form}, status=status_for(form))
