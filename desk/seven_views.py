"""The page of the 七个一 (desk.seven), and when each of them stands."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from desk.seven import seven_panels
from dispatch.rules.panels import MEANINGS, Measure
from dispatch.selectors.panels import condition_versions, conditions_on
from dispatch.services.panels import set_conditions
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb


class ConditionsForm(OfficeForm):
    """How much of each measure; those left as they are keep their version."""

    effective_from = forms.DateField(label="生效日期")
    note = forms.CharField(label="依据或原因", max_length=300)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for measure, meaning in MEANINGS.items():
            self.fields[measure.value] = forms.IntegerField(
                label=f"{meaning.panel}：{meaning.label}至少（{meaning.unit}）",
                min_value=0,
                max_value=100 if meaning.unit == "%" else 100_000,
            )

    def least(self) -> dict[Measure, int]:
        return {measure: self.cleaned_data[measure.value] for measure in MEANINGS}


@login_required
@require_safe
def seven(request: HttpRequest) -> HttpResponse:
    """Seven panels with what stands and what is lacking."""
    actor = actor_of(request)
    require(actor, Right.READ_OVERVIEW)
    panels = seven_panels(actor=actor, today=clock.today())
    context = {"panels": panels, "standing": sum(not panel.lacking for panel in panels)}
    return render(request, "desk/seven.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conditions(request: HttpRequest) -> HttpResponse:
    """Every version of every condition; with the right, the next."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.READ_OVERVIEW, Right.EDIT_ROUNDS)
    now = conditions_on(today)
    initial = {"effective_from": today, **{one.value: now.get(one, 0) for one in MEANINGS}}
    form = ConditionsForm(request.POST if request.method == "POST" else None, initial=initial)
    may_edit = allowed(actor, Right.EDIT_ROUNDS)
    if request.method == "POST":
        require(actor, Right.EDIT_ROUNDS)

    def act() -> str:
        given = form.cleaned_data
        set_conditions(
            actor=actor, least=form.least(), effective_from=given["effective_from"], note=given["note"]
        )
        return "建立条件已增加一版。"

    if sent(request, form, act):
        return redirect("desk:seven-conditions")
    home = reverse("desk:seven") if allowed(actor, Right.READ_OVERVIEW) else ""
    context = {
        "form": form,
        "versions": condition_versions(),
        "may_edit": may_edit,
        "crumbs": [Crumb("七个一", home), Crumb("建立条件")],
    }
    return render(request, "desk/seven_conditions.html", context, status=status_for(form))
