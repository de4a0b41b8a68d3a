"""The criteria of maturity: what counts today, what counted before, new ones from a day on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from core import clock
from core.errors import DomainError
from projects.annual_forms import MaturityForm
from projects.models import MaturityCriterion
from projects.services.maturity import revise_criterion
from ui.htmx import UNPROCESSABLE

PAGE = "projects/maturity.html"


@login_required
@require_http_methods(["GET", "POST"])
def maturity(request: HttpRequest) -> HttpResponse:
    """Reference data: everybody reads it, who may revise criteria adds a version."""
    actor, today = actor_of(request), clock.today()
    form = MaturityForm(initial={"effective_from": today})
    if request.method == "POST":
        require(actor, Right.EDIT_CRITERIA)
        form = MaturityForm(request.POST)
        if form.is_valid():
            try:
                revise_criterion(actor=actor, revision=form.revision(), today=today)
            except DomainError as refusal:
                form.refuse(refusal)
            else:
                messages.success(
                    request, f"成熟度条件自 {form.cleaned_data['effective_from']} 起按新分值计算。"
                )
                return redirect("projects:maturity")
    context = {
        "form": form,
        "rows": list(MaturityCriterion.objects.order_by("step_code", "-effective_from")),
        "today": today,
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
    }
    return render(request, PAGE, context, status=UNPROCESSABLE if form.errors else 200)
