"""Proposed pairs: the list, both rows side by side, merge or not the same, and the thresholds."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from jobs import broker
from projects.collecting_forms import DismissForm, ReasonForm, ThresholdForm
from projects.models import DuplicatePair, DuplicatePairQuerySet, DuplicateSetting, Project
from projects.selectors import duplicates as selectors
from projects.selectors import previews
from projects.selectors.merging import side_by_side
from projects.services import duplicates, merging
from projects.services.duplicates import require_judge
from ui.filling import sent
from ui.htmx import UNPROCESSABLE, render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb, Tab

LIST = "projects/duplicates.html"
PAGE = "projects/duplicate.html"
SETTINGS = "projects/duplicate_settings.html"
HOME = Crumb("疑似重复", "/duplicates/")


@login_required
@require_GET
def duplicate_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require_judge(actor)
    state = request.GET.get("state", "")
    rows = _in_state(actor, state)
    context = {
        "tabs": [
            Tab(label, f"?state={value}" if value else "?", count, value == state)
            for value, label, count in _tabs(actor)
        ],
        "page": keyset_page(rows, order=("-alike", "id"), cursor=request.GET.get("cursor")),
        "total": capped_count(rows),
    }
    return render_page(request, LIST, context, partial="list")


def _tabs(actor: User) -> list[tuple[str, str, object]]:
    return [
        ("", "待判定", capped_count(_in_state(actor, ""))),
        (DuplicatePair.State.MERGED.value, "已合并", None),
        (DuplicatePair.State.DISTINCT.value, "不是同一项目", None),
    ]


def _in_state(actor: User, state: str) -> DuplicatePairQuerySet:
    rows = selectors.pair_list(actor=actor)
    return rows.filter(state=state) if state else rows.proposed()


@login_required
@require_GET
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    require_judge(actor_of(request))
    return _render(request, _visible(request, pk))


@login_required
@require_POST
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require_judge(actor)
    pair = _visible(request, pk)
    kept, dropped = _sides(pair, request.POST.get("keep", ""))
    try:
        done = merging.merge(
            actor=actor,
            project_id=dropped.pk,
            target_id=kept.pk,
            reason=request.POST.get("merge-reason", ""),
            take=request.POST.getlist("take"),
            today=clock.today(),
            now=clock.now(),
        )
    except DomainError as refusal:
        return _render(request, pair, refusal=refusal.message)
    messages.success(request, f"“{done.name}”已并入“{kept.name}”，记录已留存。")
    return redirect("projects:duplicates")


@login_required
@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require_judge(actor)
    pair = _visible(request, pk)
    try:
        duplicates.dismiss(
            actor=actor,
            pair_id=pk,
            reason=request.POST.get("reason", ""),
            today=clock.today(),
            now=clock.now(),
        )
    except DomainError as refusal:
        return _render(request, pair, refusal=refusal.message)
    messages.success(request, "已判定不是同一项目，今后不再提示。")
    return redirect("projects:duplicates")


@login_required
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Compare everything that waits anew, in the background."""
    actor = actor_of(request)
    require_judge(actor)
    duplicates.look_everywhere(
        organisation=previews.reporting_organisation(actor),
        actor=actor,
        today=clock.today(),
        now=clock.now(),
    )
    broker.wake()
    messages.info(request, "正在后台查找，完成后刷新本页查看。")
    return redirect("projects:duplicates")


def _visible(request: HttpRequest, pk: int) -> DuplicatePair:
    return get_object_or_404(selectors.pair_list(actor=actor_of(request)), pk=pk)


def _sides(pair: DuplicatePair, keep: str) -> tuple[Project, Project]:
    """Which stays and which goes: as asked, else an adopted one stays, else the older."""
    first, second = pair.first, pair.second
    wants_second = keep == str(second.pk)
    asks = keep in (str(first.pk), str(second.pk))
    second_is_listed = second.status == Project.Status.ADOPTED != first.status
    return (second, first) if wants_second or (not asks and second_is_listed) else (first, second)


def _render(request: HttpRequest, pair: DuplicatePair, *, refusal: str = "") -> HttpResponse:
    keep = request.POST.get("keep") or request.GET.get("keep", "")
    kept, dropped = _sides(pair, keep)
    posted = request.POST if request.method == "POST" else None
    context = {
        "pair": pair,
        "kept": kept,
        "dropped": dropped,
        "rows": side_by_side(kept=kept, dropped=dropped),
        "swap_url": f"{reverse('projects:duplicate', args=[pair.pk])}?keep={dropped.pk}",
        "may_judge": pair.state == DuplicatePair.State.PROPOSED,
        "merge_form": ReasonForm(posted, prefix="merge"),
        "dismiss_form": DismissForm(posted if posted and "reason" in posted else None),
        "refusal": refusal,
        "crumbs": [HOME, Crumb("逐项对照")],
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if refusal else 200)


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require_judge(actor) if request.method == "GET" else require(actor, Right.EDIT_CRITERIA)
    in_force = selectors.thresholds_on(today)
    form = ThresholdForm(
        request.POST or None,
        initial={
            "name_percent": in_force.name_percent,
            "owner_name_percent": in_force.owner_name_percent,
            "effective_from": today,
        },
    )

    def act() -> str:
        duplicates.change_thresholds(actor=actor, today=today, **form.cleaned_data)
        return "判定标准已保存，从生效日起查找时使用。"

    if sent(request, form, act):
        return redirect("projects:duplicate-settings")
    context = {
        "form": form,
        "rows": DuplicateSetting.objects.all(),
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
        "crumbs": [HOME, Crumb("判定标准")],
    }
    return render(request, SETTINGS, context, status=status_for(form))
