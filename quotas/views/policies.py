"""The pool's rules: every version, and the form of the next one."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from quotas import selectors
from quotas.models import Policy
from quotas.services.policies import set_policy
from quotas.views.ledger import POOL
from ui.filling import sent
from ui.forms import OfficeFormMixin
from ui.htmx import status_for
from ui.parts import Crumb


class PolicyForm(OfficeFormMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The next version, beginning with the values of the present one."""

    class Meta:
        model = Policy
        fields = (
            *("title", "basis", "effective_from", "farmland_rate", "plan_rate", "advance_rate"),
            *("scale_order", "county_rank", "is_bundled", "allow_partial", "price_method", "price_months"),
            *("plan_tolerance_m2", "waste_returns", "use_term_days", "use_warning_days"),
            *("transfer_out_months", "hold_days", "pool_warning_percent"),
            *("fund_rate", "reclaim_fee", "trial_until", "note"),
        )


@login_required
@require_http_methods(["GET", "POST"])
def policy_list(request: HttpRequest) -> HttpResponse:
    """What applies since when; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    now = selectors.policy_on(today)
    names = [name for name in PolicyForm.base_fields if name != "effective_from"]
    initial = {name: getattr(now, name) for name in names} | {"effective_from": today}
    form = PolicyForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, Right.EDIT_QUOTA_POLICY)

    def act() -> str:
        values = {name: form.cleaned_data[name] for name in names}
        set_policy(
            actor=actor, effective_from=form.cleaned_data["effective_from"], values=values, today=today
        )
        return "调节池规则已增加一版。"

    if sent(request, form, act):
        return redirect("quotas:policies")
    versions = [(row, [(_label(name), _value(row, name)) for name in names]) for row in selectors.policies()]
    context = {
        "form": form,
        "versions": versions,
        "now": now,
        "trial": selectors.trial_of(now, today=today),
        "may_edit": allowed(actor, Right.EDIT_QUOTA_POLICY),
        "crumbs": [POOL, Crumb("调节池规则")],
    }
    return render(request, "quotas/policies.html", context, status=status_for(form))


def _label(name: str) -> str:
    return str(Policy._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _value(row: Policy, name: str) -> object:
    value = getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if name.endswith("_rate"):
        return f"{value * 100:.2f}%"
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else value
