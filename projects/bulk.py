"""What can be done to many projects at once. One `register(...)` adds an action.

An action brings its word, the right it needs, a form for what it asks, and the service that does it
to one project. Lists, confirmation, background work, results and the API then follow by themselves:

    bulk.register(BulkAction("verify", "登记核实", Right.EDIT_PROJECT, VerifyForm, verify_one))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from accounts.rights import Right, allowed, require
from jobs import broker
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome, Write
from jobs.services import run_one
from projects.list_question import chosen_rows, ordered_ids, read_question
from projects.list_refusals import BulkActionUnknown, BulkFactsInvalid
from projects.models import BulkResult, BulkRun
from projects.services.bulk_runs import do_row, lay_out, start_run
from ui.forms import OfficeForm

LABEL = "批量办理"
AT_ONCE = 20


# (*, actor, project, facts, today): one project, with its own checks; what it says stands in the result.
Apply = Callable[..., str | None]


class ActionForm(OfficeForm):
    """A form whose choices depend on who acts."""

    def offer_to(self, actor: User) -> None:
        """Narrow the choices to what the actor may choose."""


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One action. `right` None: everybody who sees the project may."""

    slug: str
    label: str
    right: Right | None
    form: type[forms.Form]
    apply: Apply

    def form_for(self, actor: User, data: Mapping[str, Any] | None = None) -> forms.Form:
        """The form with the actor's choices, blank or with what was filled in."""
        form = self.form(data)
        if isinstance(form, ActionForm):
            form.offer_to(actor)
        return form


_actions: dict[str, BulkAction] = {}


def register(action: BulkAction) -> None:
    """Offer an action; a second registration replaces the first."""
    _actions[action.slug] = action


def actions_for(actor: User) -> list[BulkAction]:
    """What the actor's role may do, in the order of registration."""
    return [action for action in _actions.values() if action.right is None or allowed(actor, action.right)]


def action_called(slug: str) -> BulkAction:
    """
    Raises:
        BulkActionUnknown: no such action.
    """
    try:
        return _actions[slug]
    except KeyError:
        raise BulkActionUnknown("没有这个批量动作；回到清单重新选择。", action=slug) from None


def label_of(slug: str) -> str:
    """The action's word, or the slug itself for a run of another release."""
    return _actions[slug].label if slug in _actions else slug


def checked_facts(action: BulkAction, facts: Mapping[str, Any], *, actor: User) -> dict[str, Any]:
    """What was filled in, as the form reads it today.

    Raises:
        BulkFactsInvalid: the form refuses it.
    """
    form = action.form_for(actor, dict(facts))
    if not form.is_valid():
        words = "；".join(str(error) for errors in form.errors.values() for error in errors)
        raise BulkFactsInvalid(f"“{action.label}”的填写内容有误：{words}", fields=list(form.errors))
    return dict(form.cleaned_data)


def begin(
    *,
    actor: User,
    action: BulkAction,
    facts: Mapping[str, object],
    query: str,
    chosen: Sequence[int] | None,
    expected: int,
    clock: Callable[[], datetime],
) -> BulkRun:
    """Start a run (see `services.bulk_runs.start_run`); a few projects are done when it returns."""
    run = start_run(
        actor=actor,
        right=action.right,
        action=action.slug,
        label=action.label,
        facts=facts,
        query=query,
        chosen=chosen,
        expected=expected,
        now=clock(),
    )
    if expected <= AT_ONCE and run.job_id:
        run_one(job_id=run.job_id, clock=clock)
    else:
        broker.wake()
    return run


def run_job(job: Job, progress: Progress) -> Write:
    """The handler of bulk jobs. Unlike others it writes as it goes: each row is whole by itself.

    Killed in the middle, it goes on with the rows that wait. The actor's right, sight and account are
    read anew when it runs.
    """
    today = timezone.localdate(progress.clock())
    run = lay_out(run_id=int(str(job.payload["run"])), found=lambda run: _rows_of(run, today=today))
    actor, action = run.actor, action_called(run.action)
    if action.right is not None:
        require(actor, action.right)
    facts = checked_facts(action, run.facts, actor=actor)

    def apply(project_id: int) -> str | None:
        project = chosen_rows([project_id], actor=actor).get()
        return action.apply(actor=actor, project=project, facts=facts, today=today)

    waiting = BulkResult.objects.filter(run=run, outcome=BulkResult.Outcome.WAITING).order_by("id")
    ids = list(waiting.values_list("pk", flat=True))
    for place, result_id in enumerate(ids):
        progress.report(place, len(ids), f"正在办理第 {place + 1} / {len(ids)} 个项目")
        do_row(result_id=result_id, apply=apply)
    return lambda: _outcome(run)


def _rows_of(run: BulkRun, *, today: date) -> list[int]:
    if run.chosen is not None:
        visible = chosen_rows(run.chosen, actor=run.actor)
        return list(visible.order_by("pk").values_list("pk", flat=True))
    return ordered_ids(read_question(QueryDict(run.query), actor=run.actor, today=today))


def _outcome(run: BulkRun) -> Outcome:
    rows = BulkResult.objects.filter(run=run)
    return Outcome(
        url=run.get_absolute_url(),
        facts={
            "run": run.pk,
            "done": rows.filter(outcome=BulkResult.Outcome.DONE).count(),
            "refused": rows.filter(outcome=BulkResult.Outcome.REFUSED).count(),
        },
    )
