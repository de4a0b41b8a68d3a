"""Settings of rounds: when they end, who reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import Organisation
from accounts.rights import Right, allowed, require
from accounts.selectors import home_prefecture
from core import clock
from dispatch.models import RoundKind, RoundRule
from dispatch.round_forms import DutyForm, RoundRuleForm
from dispatch.rules.periods import PeriodKind
from dispatch.selectors.rounds import duties_on, rule_on
from dispatch.services.round_rules import RuleFacts, set_duties, set_round_rule
from ui.filling import FormPage, fill_in
from ui.parts import Crumb


@dataclass(frozen=True, slots=True)
class Duties:
    kind: str
    label: str
    names: Sequence[str]


def possible_units() -> QuerySet[Organisation]:
    """Counties, parks and the prefecture's departments."""
    kinds = (*Organisation.REPORTING_KINDS, Organisation.Kind.DEPARTMENT)
    inside = Organisation.objects.filter(path__startswith=home_prefecture().path)
    own = inside.filter(kind__in=kinds, is_active=True)
    return own.filter(parent__kind__in=("prefecture", "province")).order_by("kind", "path")


@login_required
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    """Every version of every rule, and who reports now."""
    context = {
        "rules": RoundRule.objects.order_by("kind", "-effective_from"),
        "duties": [
            Duties(
                value,
                str(label),
                [unit.short_name for unit in duties_on(PeriodKind(value), clock.today())],
            )
            for value, label in RoundKind.choices
        ],
        "may_edit": allowed(actor_of(request), Right.EDIT_ROUNDS),
        "crumbs": [Crumb("调度", reverse("dispatch:rounds")), Crumb("调度规则")],
    }
    return render(request, "dispatch/round_rules.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """Another version of one kind's rule."""
    actor = actor_of(request)
    require(actor, Right.EDIT_ROUNDS)
    newest = rule_on(PeriodKind.WEEK, clock.today())
    initial = {
        "effective_from": clock.today(),
        "is_held": True,
        "weekday": newest.weekday if newest else 3,
        "days_after": 0,
        "opens_before": newest.opens_before if newest else 5,
        "reminder_days": "1",
    }
    form = RoundRuleForm(request.POST or None, initial=initial)

    def act() -> str:
        given = dict(form.cleaned_data)
        kind, since = given.pop("kind"), given.pop("effective_from")
        set_round_rule(kind=kind, effective_from=since, facts=RuleFacts(**given), actor=actor)
        return "调度规则已增加一版。"

    return fill_in(request, form, _page("增加一版调度规则", "保存新版本"), act)


@login_required
@require_http_methods(["GET", "POST"])
def edit_duties(request: HttpRequest) -> HttpResponse:
    """Who reports in the rounds of `?kind=WEEK`."""
    actor = actor_of(request)
    require(actor, Right.EDIT_ROUNDS)
    asked = request.GET.get("kind", "")
    kind = asked if asked in RoundKind.values else RoundKind.WEEK.value
    units = possible_units()
    initial = {"kind": kind, "units": duties_on(PeriodKind(kind), clock.today())}
    form = DutyForm(request.POST or None, initial=initial, units=units)

    def act() -> str:
        set_duties(**form.cleaned_data, actor=actor, today=clock.today())
        return "应报单位已更新，自下一期起适用。"

    return fill_in(request, form, _page("应报单位", "保存"), act)


def _page(title: str, button: str) -> FormPage:
    back = reverse("dispatch:round-rules")
    return FormPage(title=title, back=back, crumbs=[Crumb("调度规则", back), Crumb(title)], button=button)
