"""Which county works with the system from when."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import Rollout
from accounts.rights import Right, require
from core import clock
from core.errors import DomainError
from onboarding.forms import RolloutForm
from onboarding.selectors import rollout_lines
from onboarding.services.rolling_out import set_rollout
from ui.htmx import status_for
from ui.parts import Crumb

HOME = "onboarding:home"


@login_required
@require_http_methods(["GET"])
def rollout(request: HttpRequest) -> HttpResponse:
    """Every county and park with its stage."""
    actor = actor_of(request)
    require(actor, Right.ROLL_OUT)
    context = {
        "lines": rollout_lines(actor=actor, today=clock.today()),
        "crumbs": [Crumb("启用准备", reverse(HOME)), Crumb("分县启用")],
    }
    return render(request, "onboarding/rollout.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def rollout_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change the stage of one county."""
    actor = actor_of(request)
    require(actor, Right.ROLL_OUT)
    lines = rollout_lines(actor=actor, today=clock.today())
    line = next((line for line in lines if line.unit.code == code), None)
    if line is None:
        raise Http404
    row = line.rollout
    initial = {"stage": row.stage, "live_from": row.live_from, "note": row.note} if row else {}
    form = RolloutForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            set_rollout(
                actor=actor,
                code=code,
                stage=Rollout.Stage(given["stage"]),
                live_from=given["live_from"],
                note=given["note"],
            )
        except DomainError as refusal:
            form.refuse(refusal, field="live_from")
        else:
            messages.success(request, f"{line.unit.short_name}的启用安排已保存。")
            return redirect("onboarding:rollout")
    crumbs = [
        Crumb("启用准备", reverse(HOME)),
        Crumb("分县启用", reverse("onboarding:rollout")),
        Crumb(line.unit.short_name),
    ]
    context = {"form": form, "line": line, "crumbs": crumbs}
    return render(request, "onboarding/rollout_edit.html", context, status=status_for(form))
