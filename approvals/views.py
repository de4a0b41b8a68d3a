"""One step: its page, and a page for each action."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.models import User
from accounts.rights import Right, allowed
from approvals import gates, readings, rules, selectors
from approvals.honest_time import records_of
from approvals.library_reading import for_step
from approvals.models import OwnTerm, Step
from approvals.own_terms import own_terms
from approvals.pause_review import pauses_of_step
from approvals.services.steps import require_hands, runs_step
from approvals.step_actions import ACTIONS, actions_for
from approvals.what_if import FIELDS, TRIABLE, TrialForm, try_out
from core import clock
from deadlines.errors import CalendarGap
from deadlines.selectors import working_calendar
from ui.filling import sent
from ui.htmx import render_page, status_for
from ui.parts import Crumb


@login_required
@require_GET
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known of one step: clock, papers, pauses, decision, and what can be done."""
    actor = actor_of(request)
    today = clock.today()
    row = get_object_or_404(selectors.step_page_rows(actor=actor), pk=pk)
    calendar = working_calendar()
    return render(
        request,
        "approvals/step.html",
        {
            "step": row,
            "view": readings.read_step(row, today=today, calendar=calendar),
            "records": records_of(row, today=today, calendar=calendar),
            "unmet": _unmet(row, today=today),
            "pauses": pauses_of_step(row, today=today) if row.deadline_id else [],
            "occasions": list(row.occasions.select_related("kind", "pause", "notice", "minutes")),
            "may_begin": row.status in rules.UNFINISHED
            and allowed(actor, Right.RUN_STEPS)
            and runs_step(actor, row),
            "own_term": _own_term(row, today=today),
            "guides": for_step(row.code, today=today),
            "check": row.set_checks.order_by("-number").first(),
            "may_check": row.status in rules.UNFINISHED and allowed(actor, Right.RUN_STEPS),
            "actions": actions_for(row, actor),
            "crumbs": _crumbs(row),
            "may_open_sheet": not _is_department(actor),
            "may_consult": allowed(actor, Right.ASK_OPINIONS)
            and runs_step(actor, row)
            and row.status in (*rules.WAITING, *Step.OPEN_STATUSES),
        },
    )


def _unmet(row: Step, *, today: date) -> list[rules.Unmet]:
    if row.status not in rules.WAITING:
        return []
    return selectors.unmet_before(row, selectors.states_before(row), on=today)


def _closed(row: Step, *, today: date) -> tuple[rules.GateReading, ...]:
    """The gates that would refuse the step today."""
    return gates.gates_of(row, on=today).closed if row.status in rules.WAITING else ()


def _own_term(row: Step, *, today: date) -> OwnTerm | None:
    """The shorter promise of the holder's own level under which the step will be accepted."""
    return own_terms(on=today, codes=[row.code]).of_step(row) if row.status in rules.WAITING else None


def _is_department(actor: User) -> bool:
    return actor.scope is not None and actor.scope.is_department


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, verb: rules.Verb) -> HttpResponse:
    """The page of one action: the form, and the refusal on it with what was typed kept."""
    actor, today, action = actor_of(request), clock.today(), ACTIONS[verb]
    row = get_object_or_404(selectors.step_page_rows(actor=actor), pk=pk)
    require_hands(actor, row)
    form = action.form(request.POST or None, request.FILES or None, step=row, actor=actor, today=today)

    def run() -> str:
        action.run(form)
        return f"{row.code} {row.step_type.short}：{action.done}"

    if sent(request, form, run):
        return HttpResponseRedirect(f"{dossier_of(row)}#step-{row.code}")
    context = {
        "step": row,
        "action": action,
        "form": form,
        "unmet": _unmet(row, today=today) if verb is rules.Verb.ACCEPT else [],
        "closed": _closed(row, today=today) if verb is rules.Verb.ACCEPT else (),
        "refusal": _state_refusal(row, verb),
        "view": readings.read_step(row, today=today, calendar=working_calendar()),
        "crumbs": [*_crumbs(row)[:-1], Crumb(f"{row.code} {verb.label}")],
        "back": dossier_of(row),
        "may_try": verb in TRIABLE,
    }
    return render(request, "approvals/step_action.html", context, status=status_for(form))


@login_required
@require_GET
def what_if(request: HttpRequest, pk: int) -> HttpResponse:
    """How many steps a change would shift and which would turn red; nothing is written."""
    actor, today = actor_of(request), clock.today()
    row = get_object_or_404(selectors.step_page_rows(actor=actor), pk=pk)
    try:
        verb = rules.Verb(request.GET.get("verb", rules.Verb.ACCEPT))
    except ValueError:
        verb = rules.Verb.ACCEPT
    verb = verb if verb in TRIABLE else rules.Verb.ACCEPT
    form = TrialForm(request.GET if len(request.GET) > 1 else None)
    for name in set(form.fields) - set(FIELDS[verb]):
        del form.fields[name]
    context: dict[str, object] = {
        "step": row,
        "verb": verb,
        "form": form,
        "crumbs": [*_crumbs(row)[:-1], Crumb(f"{row.code} 试算影响")],
    }
    if form.is_valid():
        try:
            context["answer"] = try_out(row, verb, form.cleaned_data, actor=actor, today=today)
        except CalendarGap as gap:
            form.refuse(gap)
    return render_page(request, "approvals/what_if.html", context, partial="answer", status=status_for(form))


def _state_refusal(row: Step, verb: rules.Verb) -> str:
    if rules.may(verb, row.status):
        return ""
    return f"“{row.step_type.short}”现在是“{row.get_status_display()}”，不能{verb.label}。"


def dossier_of(row: Step) -> str:
    """The page of the step's project."""
    return reverse("desk:dossier", args=[row.project_id])


def _crumbs(row: Step) -> list[Crumb]:
    return [
        Crumb("项目库", reverse("projects:list")),
        Crumb(row.project.display_code or row.project.name, dossier_of(row)),
        Crumb(f"{row.code} {row.step_type.short}"),
    ]
