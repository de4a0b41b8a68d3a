"""The ladder's versions, the log of reminders, absences, office digests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from core import clock
from dispatch.ladder_filters import ReminderFilter
from dispatch.ladder_forms import AbsenceForm, LadderForm, OfficeDigestForm
from dispatch.models import Absence, Ladder, OfficeDigest
from dispatch.selectors import reminders as selectors
from dispatch.selectors.people import people_at_work
from dispatch.services import ladder as services
from ui.filling import FormPage, fill_in
from ui.htmx import render_page
from ui.pagination import keyset_page
from ui.parts import Crumb


@login_required
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What was sent to whom and why, or why not."""
    actor = actor_of(request)
    filterset = ReminderFilter(request.GET, queryset=selectors.reminder_log(actor=actor))
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "lines": selectors.log_lines(page.rows),
        "sees_all": allowed(actor, Right.EDIT_ROUNDS),
    }
    return render_page(request, "dispatch/reminders.html", context, partial="list")


@login_required
@require_safe
def ladder(request: HttpRequest) -> HttpResponse:
    """Every version of the ladder, and whose reminders are gathered."""
    context = {
        "ladders": Ladder.objects.prefetch_related("rungs").order_by("-effective_from"),
        "offices": OfficeDigest.objects.visible_to(actor_of(request)).select_related(
            "organisation", "recipient"
        ),
        "may_edit": allowed(actor_of(request), Right.EDIT_ROUNDS),
    }
    return render(request, "dispatch/ladder.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_ladder(request: HttpRequest) -> HttpResponse:
    """Another version."""
    actor = actor_of(request)
    require(actor, Right.EDIT_ROUNDS)
    form = LadderForm(request.POST or None, initial=_newest())

    def act() -> str:
        given = form.cleaned_data
        services.set_ladder(
            effective_from=given["effective_from"],
            quiet_from=given["quiet_from"],
            quiet_to=given["quiet_to"],
            working_days_only=given["working_days_only"],
            note=given["note"],
            rungs=form.rungs(),
            actor=actor,
        )
        return "提醒升级规则已增加一版。"

    return fill_in(request, form, _page("增加一版提醒升级规则", "dispatch:ladder", "提醒升级规则"), act)


def _newest() -> dict[str, object]:
    plan = selectors.ladder_on(clock.today())
    initial: dict[str, object] = {
        "effective_from": clock.today(),
        "quiet_from": plan.quiet_from,
        "quiet_to": plan.quiet_to,
        "working_days_only": plan.working_days_only,
    }
    for rung in plan.rungs:
        level = rung.level.lower()
        initial[f"{level}_before"] = "、".join(str(day) for day in rung.days_before)
        initial[f"{level}_after"] = "、".join(str(day) for day in rung.days_after)
        initial[f"{level}_repeat"] = rung.repeat_every
    return initial


@login_required
@require_http_methods(["GET", "POST"])
def office_digest(request: HttpRequest) -> HttpResponse:
    """Gather an office's reminders for one person."""
    actor = actor_of(request)
    require(actor, Right.EDIT_ROUNDS)
    units = Organisation.objects.visible_to(actor).filter(is_active=True).order_by("path")
    form = OfficeDigestForm(request.POST or None, units=units, people=people_at_work(actor=actor))

    def act() -> str:
        services.choose_office_digest(**form.cleaned_data, actor=actor)
        return "科室汇总提醒已更新。"

    return fill_in(request, form, _page("科室汇总提醒", "dispatch:ladder", "提醒升级规则"), act)


@login_required
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away and who stands in."""
    rows = Absence.objects.visible_to(actor_of(request)).select_related("user", "deputy")
    page = keyset_page(rows, order=("-id",), cursor=request.GET.get("cursor"))
    context = {"page": page, "today": clock.today()}
    return render_page(request, "dispatch/absences.html", context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def new_absence(request: HttpRequest) -> HttpResponse:
    """Enter one's own absence; the office enters anybody's."""
    actor = actor_of(request)
    colleagues = people_at_work(actor=actor)
    people = colleagues if allowed(actor, Right.EDIT_ROUNDS) else colleagues.filter(pk=actor.pk)
    form = AbsenceForm(
        request.POST or None,
        initial={"user": actor.pk, "first_on": clock.today(), "last_on": clock.today()},
        people=people,
        colleagues=colleagues,
    )

    def act() -> str:
        services.enter_absence(**form.cleaned_data, actor=actor)
        return "休假代办已登记，期间提醒转代办人。"

    return fill_in(request, form, _page("登记休假代办", "dispatch:absences", "休假代办"), act)


def _page(title: str, back: str, above: str) -> FormPage:
    address = reverse(back)
    return FormPage(title=title, back=address, crumbs=[Crumb(above, address), Crumb(title)])
