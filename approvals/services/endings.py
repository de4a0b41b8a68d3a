"""How a step ends without a decision: refused at the door, sent back, taken back."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from approvals import rules
from approvals.models import Step
from approvals.services.occasions import end_occasions
from approvals.services.steps import (
    cancel_clocks,
    log,
    refresh_papers,
    refuse_odd_day,
    refuse_silence,
    refuse_unless,
)

_ENDINGS = {
    rules.Verb.REJECT: (Step.Status.REJECTED, "step.rejected"),
    rules.Verb.RETURN: (Step.Status.RETURNED, "step.returned"),
    rules.Verb.WITHDRAW: (Step.Status.WITHDRAWN, "step.withdrawn"),
}


def end_undecided(step: Step, verb: rules.Verb, *, on: date, reason: str, actor: User, today: date) -> Step:
    """End a locked step on a day for a reason; its clocks and occasions end with it.

    Raises:
        WrongStatus: the step is not in a state for `verb`.
        DayOutOfOrder: the day lies in the future, or before the papers came in or were accepted.
        ReasonMissing.
    """
    status, slug = _ENDINGS[verb]
    refuse_unless(step, verb)
    said = refuse_silence(reason, verb)
    refuse_odd_day(step, on, words=f"{verb.label}日期", today=today)
    cancel_clocks(step, on, today=today)
    step.status, step.closed_on, step.closing_reason = status, on, said
    step.save(update_fields=["status", "closed_on", "closing_reason", "updated_at"])
    end_occasions(step, on=on, actor=actor, today=today)
    refresh_papers(step.project_id, today=today)
    log(step, actor=actor, verb=slug, facts={"reason": said}, occurred_on=on)
    return step
