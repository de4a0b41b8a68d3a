"""Goals: the list, one goal with its ranking and its sums, the upload with its preview, thresholds."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from core.units import AreaUnit
from dispatch.goals_shown import shown
from dispatch.models import Campaign, TargetDraft, TargetSetting
from dispatch.selectors.targets import campaign_list, campaign_rows, setting_on, standing_of
from dispatch.services import targets as services
from dispatch.target_forms import (
    AREA_UNITS,
    CampaignForm,
    ConfirmForm,
    TableForm,
    TargetSettingForm,
    initial_of,
)
from projects.selectors.list_kinds import list_names
from ui.filling import FormPage, fill_in, sent
from ui.htmx import status_for
from ui.pagination import keyset_page
from ui.parts import Crumb, Tab

HOME = Crumb("用地目标", "/targets/")


def unit_of(request: HttpRequest) -> AreaUnit:
    """亩, 公顷 or 万亩, as the address says; 万亩 unless it says otherwise."""
    asked = request.GET.get("area", "")
    return next((unit for unit in AREA_UNITS if unit.value == asked), AreaUnit.WANMU)


def unit_tabs(unit: AreaUnit) -> list[Tab]:
    return [Tab(each.label, f"?area={each.value}", is_active=each is unit) for each in AREA_UNITS]


@login_required
@require_safe
def target_list(request: HttpRequest) -> HttpResponse:
    """Every goal with its progress beside the time gone."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    page = keyset_page(
        campaign_list(actor=actor), order=("-last_on", "-id"), cursor=request.GET.get("cursor"), size=20
    )
    unit = unit_of(request)
    context = {
        "page": page,
        "rows": shown(campaign_rows(actor=actor, campaigns=list(page), today=today), unit, actor=actor),
        "units": unit_tabs(unit),
        "may_set": allowed(actor, Right.SET_TARGETS),
    }
    return render(request, "dispatch/target_list.html", context)


def _visible(actor: User, pk: int) -> Campaign:
    require(actor, Right.READ_OVERVIEW)
    return get_object_or_404(campaign_list(actor=actor), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """One goal: progress, forecast, ranking, the table's sums; with the right, the upload of a table."""
    actor, today = actor_of(request), clock.today()
    campaign = _visible(actor, pk)
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if request.method == "POST":
        require(actor, Right.SET_TARGETS)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                draft = services.stage_table(
                    actor=actor, campaign=campaign, filename=file.name, content=file.read(), today=today
                )
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                return redirect("dispatch:target-preview", pk=draft.pk)
    unit = unit_of(request)
    [row] = campaign_rows(actor=actor, campaigns=[campaign], today=today)
    context = {
        "goal": shown([row], unit, actor=actor)[0],
        "standing": standing_of(actor=actor, campaign=campaign, today=today),
        "unit": unit,
        "units": unit_tabs(unit),
        "kind": list_names().get(campaign.list_category, ""),
        "setting": setting_on(today),
        "form": form,
        "may_set": allowed(actor, Right.SET_TARGETS),
        "crumbs": [HOME, Crumb(campaign.name)],
    }
    return render(request, "dispatch/target.html", context, status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def target_new(request: HttpRequest) -> HttpResponse:
    """A new goal."""
    return _campaign_form(request, None, clock.today())


@login_required
@require_http_methods(["GET", "POST"])
def target_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A changed goal."""
    return _campaign_form(request, _visible(actor_of(request), pk), clock.today())


def _campaign_form(request: HttpRequest, campaign: Campaign | None, today: date) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Right.SET_TARGETS)
    year = {"first_on": date(today.year, 1, 1), "last_on": date(today.year, 12, 31)}
    form = CampaignForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(campaign) if campaign else year,
        today=today,
    )

    def act() -> str:
        services.set_campaign(actor=actor, facts=form.facts(), campaign_id=campaign.pk if campaign else None)
        return "目标已保存。"

    title = "修改目标" if campaign else "设定目标"
    page = FormPage(title=title, back=reverse("dispatch:targets"), crumbs=[HOME, Crumb(title)])
    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def target_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the workbook would bring: every error with its cell, every sum beside the printed one."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.SET_TARGETS)
    draft = get_object_or_404(TargetDraft.objects.visible_to(actor).select_related("campaign"), pk=pk)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    preview = services.preview_of(draft, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            table = services.import_table(
                actor=actor,
                draft_id=pk,
                today=today,
                has_seen_differences=form.cleaned_data["has_seen_differences"],
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"已导入 {len(preview.targets)} 个地区的目标。")
            return redirect("dispatch:target", pk=table.campaign_id)
    context = {
        "draft": draft,
        "preview": preview,
        "differences": [check for check in (*preview.sums, *preview.rows_off) if check.difference],
        "form": form,
        "crumbs": [
            HOME,
            Crumb(draft.campaign.name, reverse("dispatch:target", args=[draft.campaign_id])),
            Crumb("预检"),
        ],
    }
    return render(request, "dispatch/target_preview.html", context, status=status_for(form))


@login_required
@require_http_methods(["GET", "POST"])
def target_settings(request: HttpRequest) -> HttpResponse:
    """When a target is behind, and how far sums may differ: every version, and the next."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW)
    now = setting_on(today)
    names = ("amber_points", "red_points", "tolerance")
    initial = {"effective_from": today, **{name: getattr(now, name) for name in names}}
    form = TargetSettingForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        require(actor, Right.SET_TARGETS)

    def act() -> str:
        services.set_target_setting(actor=actor, **form.cleaned_data)
        return "目标设置已增加一版。"

    if sent(request, form, act):
        return redirect("dispatch:target-settings")
    context = {
        "form": form,
        "versions": TargetSetting.objects.order_by("-effective_from"),
        "may_set": allowed(actor, Right.SET_TARGETS),
        "crumbs": [HOME, Crumb("目标设置")],
    }
    return render(request, "dispatch/target_settings.html", context, status=status_for(form))
