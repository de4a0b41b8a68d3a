"""The settings of duties: kinds of problems by version with their offices, and the numbers."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from duties import selectors
from duties.models import DutySetting, ProblemKind
from duties.services import settings as services
from duties.supervision_forms import KindForm, NewKindForm, SettingForm
from ui.filling import FormPage, fill_in
from ui.parts import Crumb


def _head() -> Crumb:
    return Crumb("督办设置", reverse("duties:settings"))


@login_required
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """Every version of every kind, and of the numbers."""
    today = clock.today()
    context = {
        "kinds": ProblemKind.objects.select_related("office").order_by("code", "-effective_from"),
        "current": {kind.pk for kind in selectors.kinds_in_force(today)},
        "settings": DutySetting.objects.order_by("-effective_from"),
        "setting": selectors.setting_on(today),
        "may_edit": allowed(actor_of(request), Right.EDIT_DUTY_RULES),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("督办")],
    }
    return render(request, "duties/settings.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def kind_new(request: HttpRequest) -> HttpResponse:
    """A kind of problem that was not there."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_DUTY_RULES)
    initial = {"effective_from": today, "limit_days": 10, "return_days": 2}
    form = NewKindForm(request.POST or None, actor=actor, today=today, initial=initial)
    page = FormPage(title="新增问题类别", back=reverse("duties:settings"), crumbs=[_head(), Crumb("新增")])

    def act() -> str:
        data = form.cleaned_data
        row = services.revise_kind(
            code=data["code"],
            terms=form.terms(),
            effective_from=data["effective_from"],
            actor=actor,
            today=today,
        )
        return f"已新增“{row.label}”，由{row.office.name}承办。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def kind_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Another office, other limits, from a day on."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_DUTY_RULES)
    newest = (
        ProblemKind.objects.filter(code=code).select_related("office").order_by("-effective_from").first()
    )
    if newest is None:
        raise Http404
    names = ("label", "matters", "limit_days", "return_days", "basis")
    initial = {name: getattr(newest, name) for name in names}
    initial |= {"office": newest.office.code, "effective_from": today}
    form = KindForm(request.POST or None, actor=actor, today=today, initial=initial)
    page = FormPage(
        title=f"修订：{newest.label}",
        back=reverse("duties:settings"),
        crumbs=[_head(), Crumb(newest.label)],
        subtitle="新版自生效日期起分办新登记的问题，已登记的不变",
        button="保存新版本",
    )

    def act() -> str:
        services.revise_kind(
            code=code,
            terms=form.terms(),
            effective_from=form.cleaned_data["effective_from"],
            actor=actor,
            today=today,
        )
        return f"“{newest.label}”已增加一版。"

    return fill_in(request, form, page, act)


@login_required
@require_http_methods(["GET", "POST"])
def numbers_edit(request: HttpRequest) -> HttpResponse:
    """Reply limit, yearly visits."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.EDIT_DUTY_RULES)
    now = selectors.setting_on(today)
    names = ("letter_reply_days", "visits_a_year", "visit_warning_days", "verify_days")
    initial = {name: getattr(now, name) for name in names} | {"effective_from": today}
    form = SettingForm(request.POST or None, actor=actor, today=today, initial=initial)
    page = FormPage(
        title="修订督办设置",
        back=reverse("duties:settings"),
        crumbs=[_head(), Crumb("督办函和上门服务")],
        button="保存新版本",
    )

    def act() -> str:
        services.revise_setting(
            terms=form.terms(), effective_from=form.cleaned_data["effective_from"], actor=actor, today=today
        )
        return "督办设置已增加一版。"

    return fill_in(request, form, page, act)
