"""The pages of 组卷检查: a run, its printable result, a promised paper that came."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals import rules
from approvals.check_forms import CheckedPapers, SetCheckForm, SettleForm, first_lines, papers_of
from approvals.models import SetCheck, SetCheckItem, SetCheckQuerySet, Step
from approvals.services import checks
from core import clock
from core.errors import DomainError
from ui.filling import sent
from ui.htmx import status_for
from ui.parts import Crumb


def set_checks(*, actor: User) -> SetCheckQuerySet:
    """Runs that the actor may see, with what a page shows. Two queries."""
    return (
        SetCheck.objects.visible_to(actor)
        .select_related("step__project__organisation", "step__step_type", "checked_by")
        .prefetch_related(Prefetch("items", queryset=SetCheckItem.objects.select_related("deadline")))
    )


@login_required
@require_http_methods(["GET", "POST"])
def check_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Run through the checklist of a step before its set goes out."""
    actor, today = actor_of(request), clock.today()
    steps = Step.objects.visible_to(actor).select_related("step_type", "project")
    step = get_object_or_404(steps, pk=pk)
    require(actor, Right.RUN_STEPS)
    posted = request.POST if request.method == "POST" else None
    form = SetCheckForm(posted, initial={"checked_on": today})
    last = step.set_checks.order_by("-number").first()
    before = {item.name: item for item in last.items.all()} if last else {}
    lines = CheckedPapers(posted, initial=first_lines(step.step_type.materials, before))
    if posted is not None and form.is_valid() and lines.is_valid():
        try:
            run = checks.check_set(
                step_id=step.pk,
                papers=papers_of(lines.cleaned_data),
                actor=actor,
                today=today,
                **form.cleaned_data,
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"组卷检查已登记：{run.get_result_display()}。")
            return HttpResponseRedirect(reverse("approvals:set-check", args=[run.pk]))
    context = {
        "step": step,
        "form": form,
        "lines": lines,
        "is_over": step.status not in rules.UNFINISHED,
        "crumbs": [*_crumbs(step), Crumb("组卷检查")],
    }
    return render(request, "approvals/set_check_edit.html", context, status=status_for(form, *lines))


@login_required
@require_safe
def set_check(request: HttpRequest, pk: int) -> HttpResponse:
    """The result of a run, to be printed and put on the set."""
    actor = actor_of(request)
    run = get_object_or_404(set_checks(actor=actor), pk=pk)
    context = {
        "run": run,
        "step": run.step,
        "items": run.items.all(),
        "may_edit": allowed(actor, Right.RUN_STEPS),
        "is_open": run.step.status in rules.UNFINISHED,
        "crumbs": [*_crumbs(run.step), Crumb(f"第 {run.number} 次组卷检查")],
    }
    return render(request, "approvals/set_check.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """A promised paper came."""
    actor, today = actor_of(request), clock.today()
    items = SetCheckItem.objects.visible_to(actor).select_related(
        "check_run__step__step_type", "check_run__step__project"
    )
    item = get_object_or_404(items, pk=pk)
    require(actor, Right.RUN_STEPS)
    form = SettleForm(request.POST if request.method == "POST" else None, today=today)

    def act() -> str:
        checks.settle_paper(item_id=item.pk, actor=actor, today=today, **form.cleaned_data)
        return f"“{item.name}”已登记补齐。"

    if sent(request, form, act):
        return HttpResponseRedirect(reverse("approvals:set-check", args=[item.check_run_id]))
    context = {
        "form": form,
        "title": "登记补齐",
        "item": item,
        "back": reverse("approvals:set-check", args=[item.check_run_id]),
        "crumbs": [*_crumbs(item.check_run.step), Crumb("登记补齐")],
    }
    return render(request, "approvals/set_check_settle.html", context, status=status_for(form))


def _crumbs(step: Step) -> list[Crumb]:
    return [
        Crumb(step.project.name, f"/projects/{step.project_id}/"),
        Crumb(f"{step.code} {step.step_type.short}", reverse("approvals:step", args=[step.pk])),
    ]
