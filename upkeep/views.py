"""How the system is, what was done for its safety, and how often that has to be."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from ui.filling import sent
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb
from upkeep import selectors, services
from upkeep.forms import NUMBERS, MaintenanceForm, UpkeepSettingForm, label_of
from upkeep.health import health_lines
from upkeep.models import MaintenanceNotice, UpkeepSetting


@never_cache
@login_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """A lamp for each thing that has to work, and the record of backups, drills and checks."""
    actor = actor_of(request)
    require(actor, Right.READ_HEALTH)
    rows = selectors.upkeep_runs()
    context = {
        "lines": health_lines(now=clock.now(), today=clock.today()),
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"), size=20),
        "total": capped_count(rows),
    }
    return render_page(request, "upkeep/health.html", context, partial="list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setting(request: HttpRequest) -> HttpResponse:
    """Since when which intervals apply; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_HEALTH)
    now = selectors.upkeep_setting(today)
    initial = {"effective_from": today, **{name: getattr(now, name) for name in NUMBERS}}
    form = UpkeepSettingForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, Right.EDIT_UPKEEP)

    def act() -> str:
        services.set_upkeep(
            effective_from=form.cleaned_data["effective_from"],
            intervals=form.intervals(),
            note=form.cleaned_data["note"],
            actor=actor,
            today=today,
        )
        return "维护设置已增加一版。"

    if sent(request, form, act):
        return redirect("upkeep:setting")
    context = {
        "form": form,
        "labels": [label_of(name) for name in NUMBERS],
        "versions": [(row, [getattr(row, name) for name in NUMBERS]) for row in UpkeepSetting.objects.all()],
        "may_edit": allowed(actor, Right.EDIT_UPKEEP),
        "crumbs": [Crumb("运行情况", reverse("upkeep:health")), Crumb("维护设置")],
    }
    return render(request, "upkeep/setting.html", context, status=status_for(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def maintenance(request: HttpRequest) -> HttpResponse:
    """What every page says, said and will say about maintenance; with the right, another notice."""
    actor, now = actor_of(request), clock.now()
    require(actor, Right.READ_HEALTH)
    initial = {"shown_from": now, "until": now + timedelta(hours=2)}
    form = MaintenanceForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, Right.EDIT_UPKEEP)

    def act() -> str:
        services.announce_maintenance(**form.cleaned_data, actor=actor, now=now)
        return "维护通知已发布，到时自动撤下。"

    if sent(request, form, act):
        return redirect("upkeep:maintenance")
    rows = selectors.maintenance_notices()
    context = {
        "form": form,
        "page": keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"), size=20),
        "total": capped_count(rows),
        "now": now,
        "may_edit": allowed(actor, Right.EDIT_UPKEEP),
        "crumbs": [Crumb("运行情况", reverse("upkeep:health")), Crumb("维护通知")],
    }
    return render_page(request, "upkeep/maintenance.html", context, partial="list", status=status_for(form))


@login_required
@require_POST
def withdraw_maintenance(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a notice off every page."""
    actor = actor_of(request)
    require(actor, Right.EDIT_UPKEEP)
    row = get_object_or_404(MaintenanceNotice, pk=pk)
    try:
        services.withdraw_maintenance(notice_id=row.pk, actor=actor, now=clock.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "维护通知已撤下。")
    return redirect("upkeep:maintenance")
