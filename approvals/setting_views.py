"""The page of the procedure's own periods: every version, and the form for the next one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from approvals import selectors
from approvals.models import HandlingSetting
from approvals.services.periods import Periods, set_periods
from core import clock
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import status_for
from ui.parts import Crumb

NUMBERS = (
    "missing_papers_days",
    "notice_days",
    "joint_days",
    "joint_extension_days",
    "assumed_days",
    "late_entry_days",
)


class PeriodsForm(OfficeForm):
    """A new version of the periods."""

    effective_from = forms.DateField(label="生效日期")
    note = forms.CharField(label="依据或原因", max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NUMBERS:
            label = str(HandlingSetting._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            self.fields[name] = forms.IntegerField(label=label, min_value=0, max_value=365)
        self.order_fields(["effective_from", *NUMBERS, "note"])

    def periods(self) -> Periods:
        return Periods(**{name: self.cleaned_data[name] for name in NUMBERS})


@login_required
@require_http_methods(["GET", "POST"])
def handling_setting(request: HttpRequest) -> HttpResponse:
    """What applies since when; with the right, a new version."""
    actor, today = actor_of(request), clock.today()
    now = selectors.handling_setting(today)
    initial = {"effective_from": today, **{name: getattr(now, name) for name in NUMBERS}}
    form = PeriodsForm(request.POST or None, initial=initial)
    if request.method == "POST":
        require(actor, Right.EDIT_PERIODS)

    def act() -> str:
        set_periods(
            effective_from=form.cleaned_data["effective_from"],
            periods=form.periods(),
            note=form.cleaned_data["note"],
            actor=actor,
        )
        return "办理期间已增加一版。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:handling-setting"))
    rows = HandlingSetting.objects.order_by("-effective_from")
    context = {
        "form": form,
        "labels": [HandlingSetting._meta.get_field(name).verbose_name for name in NUMBERS],  # type: ignore[union-attr]
        "versions": [(row, [getattr(row, name) for name in NUMBERS]) for row in rows],
        "may_edit": allowed(actor, Right.EDIT_PERIODS),
        "crumbs": [Crumb("期限设置", reverse("deadlines:settings")), Crumb("办理期间")],
    }
    return render(request, "approvals/handling_setting.html", context, status=status_for(form))
