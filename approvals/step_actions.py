"""What each action page of a step asks, and which service answers it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.rights import Right, allowed
from approvals import forms
from approvals.models import Step
from approvals.rules import Verb, verbs_of
from approvals.services import acceptance, changes, decisions, opening, pauses, receipts, skips
from approvals.services.steps import runs_step
from deadlines.rules import LineKind, LineName
from papers.services import Upload
from ui.parts import Action

Runner = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class StepAction:
    """An action of a step: its form, the call behind it, and the words around it.

    done: what the page says afterwards, without “成功”.
    """

    verb: Verb
    form: type[forms.StepForm]
    run: Runner
    done: str
    hint: str = ""
    is_danger: bool = False


def _common(form: forms.StepForm) -> dict[str, Any]:
    return {"step_id": form.step.pk, "actor": form.actor, "today": form.today}


def _accept(form: forms.AcceptForm) -> object:
    data = form.cleaned_data
    return acceptance.accept_step(
        **_common(form),
        accepted_on=data["accepted_on"],
        limit_id=data.get("limit_id"),
        is_joint=data["is_joint"],
        missing=form.missing_names(),
        promised_on=data["promised_on"],
        holder=data["holder"],
    )


def _notify(form: forms.NotifyForm) -> object:
    return receipts.notify_correction(
        **_common(form), notified_on=form.cleaned_data["notified_on"], items=form.items()
    )


def _pause(form: forms.PauseForm) -> object:
    data = {**form.cleaned_data}
    file = data.pop("proof")
    return pauses.pause_step(**_common(form), **data, proof=Upload(file.name, file.read()) if file else None)


def _extend(form: forms.ExtendForm) -> object:
    data = {**form.cleaned_data, "line": LineName(form.cleaned_data["line"])}
    return pauses.extend_step(**_common(form), **data)


def _ending(call: Callable[..., object], day: str) -> Runner:
    def run(form: forms.ReasonForm) -> object:
        data = form.cleaned_data
        return call(**_common(form), reason=data["reason"], **{day: data["ended_on"]})

    return run


def _plain(call: Callable[..., object]) -> Runner:
    def run(form: forms.StepForm) -> object:
        return call(**_common(form), **form.cleaned_data)

    return run


ACTIONS: Mapping[Verb, StepAction] = {
    action.verb: action
    for action in (
        StepAction(
            Verb.RECEIVE, forms.ReceiveForm, _plain(receipts.receive_step), "已收件，补正告知期开始。"
        ),
        StepAction(
            Verb.NOTIFY,
            forms.NotifyForm,
            _notify,
            "已登记补正告知。",
            "须在告知期内一次写明全部补正内容；补齐后按补齐之日受理。",
        ),
        StepAction(Verb.ACCEPT, forms.AcceptForm, _accept, "已受理，开始计时。"),
        StepAction(
            Verb.PAUSE,
            forms.PauseForm,
            _pause,
            "已登记暂停。",
            "首尾两日都不计；法定线只认行政许可法第四十五条的八类事由。",
        ),
        StepAction(Verb.RESUME, forms.ResumeForm, _plain(pauses.resume_step), "已恢复计时。"),
        StepAction(Verb.EXTEND, forms.ExtendForm, _extend, "已登记延期。", "延长的天数与原期限连续计算。"),
        StepAction(
            Verb.REISSUE,
            forms.ReissueForm,
            _plain(changes.reissue_step),
            "已重新核定时限。",
            "按今天现行的目录版本重新核定；起算日、暂停和已批准的延期不变。",
        ),
        StepAction(
            Verb.EXCEPT,
            forms.ExceptForm,
            _plain(changes.except_step),
            "已登记例外。",
            "承诺时限以“资料齐全的情况下，原则上”为前提；例外不改灯号，统计时单列。",
        ),
        StepAction(Verb.DECIDE, forms.DecideForm, _plain(decisions.decide_step), "已办结。"),
        StepAction(
            Verb.RETURN,
            forms.ReasonForm,
            _ending(decisions.return_step, "returned_on"),
            "已退回，计时停止。",
            "退回即不予许可或退件，原因告知申请人。",
            is_danger=True,
        ),
        StepAction(
            Verb.REJECT,
            forms.ReasonForm,
            _ending(acceptance.reject_step, "rejected_on"),
            "已登记不予受理。",
            "不予受理须出具加盖专用章、注明日期的书面凭证。",
            is_danger=True,
        ),
        StepAction(
            Verb.WITHDRAW,
            forms.ReasonForm,
            _ending(decisions.withdraw_step, "withdrawn_on"),
            "已撤回，计时停止。",
            "由申请人提出撤回。",
            is_danger=True,
        ),
        StepAction(
            Verb.NOT_INVOLVED,
            forms.NotInvolvedForm,
            _plain(skips.set_step_aside),
            "已标记不涉及。",
            "不涉及的步骤视为前置已满足，可随时重新启用。",
        ),
        StepAction(Verb.REOPEN, forms.ReopenForm, _plain(opening.reopen), "已重新启用。"),
        StepAction(Verb.SUPPLY, forms.SupplyForm, _plain(acceptance.supply_material), "已登记补齐。"),
        StepAction(Verb.ASSIGN, forms.AssignForm, _plain(changes.assign_step), "已指派。"),
    )
}


def actions_for(row: Step, actor: User, *, among: Collection[Verb] = tuple(Verb)) -> list[Action]:
    """What the actor can do to the step, most usual first. Hides buttons; the services decide.

    Needs the step's holder, deadline and materials loaded; no query of its own.
    """
    if not allowed(actor, Right.RUN_STEPS) or not runs_step(actor, row):
        return []
    verbs = [verb for verb in verbs_of(row.status) if verb in among and _makes_sense(verb, row)]
    return [
        Action(
            label=ACTIONS[verb].verb.label,
            url=reverse(f"approvals:step-{verb.value}", args=[row.pk]),
            is_primary=number == 0,
        )
        for number, verb in enumerate(sorted(verbs, key=_USUAL.index))
    ]


_USUAL = [
    Verb.ACCEPT,
    Verb.RECEIVE,
    Verb.NOTIFY,
    Verb.RESUME,
    Verb.DECIDE,
    Verb.PAUSE,
    Verb.SUPPLY,
    Verb.EXTEND,
    Verb.ASSIGN,
    Verb.EXCEPT,
    Verb.REISSUE,
    Verb.RETURN,
    Verb.WITHDRAW,
    Verb.REJECT,
    Verb.NOT_INVOLVED,
    Verb.REOPEN,
]


def _makes_sense(verb: Verb, row: Step) -> bool:
    if verb is Verb.PAUSE:
        return row.deadline is not None
    if verb is Verb.EXTEND:
        return row.deadline is not None and any(
            getattr(row.deadline, f"{name}_kind") == LineKind.MAX
            and pauses.most_extension(row, row.deadline, name) != 0
            for name in LineName
        )
    if verb is Verb.EXCEPT:
        promised = row.deadline is not None and row.deadline.committed_limit is not None
        return promised and getattr(row, "promise_exception", None) is None
    if verb is Verb.SUPPLY:
        return any(paper.is_missing and paper.supplied_on is None for paper in row.materials.all())
    return True
