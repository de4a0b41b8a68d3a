"""What a change would do to the project before it is made: which steps shift, which turn red."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django import forms

from accounts.models import User
from approvals import planning, rules, selectors
from approvals.models import Step
from deadlines import selectors as clocks
from deadlines.models import PauseKind
from deadlines.rules import LineName, Pause
from ui.forms import OfficeForm

# The verbs that move a date forward, and which a person can try out before.
TRIABLE = frozenset({rules.Verb.EXTEND, rules.Verb.PAUSE, rules.Verb.ACCEPT})


class TrialForm(OfficeForm):
    """The one change to try out; fields have the names of the action forms, so that they can be sent on.

    For an extension `line` and `days`; for a pause `kind`, `first_on`, `last_on`,
    `expected_end_on`; for a later acceptance `accepted_on`.
    """

    line = forms.ChoiceField(
        label="延长哪条线", choices=[("", "请选择"), *((n.value, n.label) for n in LineName)], required=False
    )
    days = forms.IntegerField(label="延长天数", min_value=1, max_value=365, required=False)
    kind = forms.ModelChoiceField(
        label="暂停事由", queryset=PauseKind.objects.all(), required=False, empty_label="请选择"
    )
    first_on = forms.DateField(label="暂停起（含）", required=False)
    last_on = forms.DateField(label="暂停止（含）", required=False)
    expected_end_on = forms.DateField(label="预计结束", required=False)
    accepted_on = forms.DateField(label="受理日期", required=False)


FIELDS: Mapping[rules.Verb, tuple[str, ...]] = {
    rules.Verb.EXTEND: ("line", "days"),
    rules.Verb.PAUSE: ("kind", "first_on", "last_on", "expected_end_on"),
    rules.Verb.ACCEPT: ("accepted_on",),
}


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A step that would move, in words."""

    step: Step
    from_on: date
    to_on: date
    days: int
    is_red: bool

    @property
    def words(self) -> str:
        return f"推后 {self.days} 个工作日" if self.days > 0 else f"提前 {-self.days} 个工作日"


@dataclass(frozen=True, slots=True)
class Answer:
    """What would happen. target_on: the planned start of construction that red is measured by."""

    rows: Sequence[ShiftRow]
    turned_red: Sequence[Step]
    turned_good: Sequence[Step]
    target_on: date | None

    @property
    def sentence(self) -> str:
        if not self.rows:
            return "不影响任何步骤的预计办结日期。"
        red = f"，其中 {len(self.turned_red)} 个变红" if self.turned_red else "，没有步骤变红"
        return f"{len(self.rows)} 个步骤的预计办结日期随之变动{red}。"


def try_out(
    step: Step, verb: rules.Verb, trial: Mapping[str, object], *, actor: User, today: date
) -> Answer | None:
    """The answer for one change of one step; None while the change is not stated yet.

    Eight queries whatever the number of steps. Writes nothing.

    Raises:
        CalendarGap: the plan runs past every year the calendar knows.
    """
    calendar = clocks.working_calendar()
    rows = selectors.project_steps(actor=actor, project_id=step.project_id)
    before = planning.plan_of(
        rows,
        track=step.project.track,
        today=today,
        calendar=calendar,
        setting=selectors.handling_setting(today),
    )
    current = selectors.latest_rounds(rows).get(step.code)
    if current is None or current.pk != step.pk:
        return None
    changed = _changed(current, before[step.code], verb, trial, today=today)
    if changed is None:
        return None
    target_on = _target(step)
    found = rules.what_if(
        before, {**before, step.code: changed}, today=today, calendar=calendar, target_on=target_on
    )
    by_code = selectors.latest_rounds(rows)
    red = set(found.turned_red)
    return Answer(
        rows=[
            ShiftRow(by_code[shift.code], shift.from_on, shift.to_on, shift.days, shift.code in red)
            for shift in found.shifts
        ],
        turned_red=[by_code[code] for code in found.turned_red],
        turned_good=[by_code[code] for code in found.turned_good],
        target_on=target_on,
    )


def _target(step: Step) -> date | None:
    """The planned start of construction, where the project names a day."""
    return step.project.planned_start_on


def _changed(
    step: Step, plan: rules.PlannedStep, verb: rules.Verb, trial: Mapping[str, object], *, today: date
) -> rules.PlannedStep | None:
    if verb is rules.Verb.ACCEPT:
        day = trial.get("accepted_on")
        return replace(plan, not_before=day) if isinstance(day, date) else None
    if step.deadline is None:
        return None
    pauses = clocks.pauses_of(step.deadline)
    calendar = clocks.working_calendar()
    if verb is rules.Verb.EXTEND:
        line, days = trial.get("line"), trial.get("days")
        if not line or not isinstance(days, int):
            return None
        more = {LineName(str(line)): days}
        until = planning.running_until(step.deadline, pauses, today=today, calendar=calendar, extension=more)
        return replace(plan, due_on=until)
    tried = _pause(trial, today)
    if tried is None:
        return None
    return replace(
        plan,
        due_on=planning.running_until(step.deadline, [*pauses, tried], today=today, calendar=calendar),
    )


def _pause(trial: Mapping[str, object], today: date) -> Pause | None:
    kind, first = trial.get("kind"), trial.get("first_on")
    last = trial.get("last_on") or trial.get("expected_end_on") or today
    if not isinstance(kind, PauseKind) or not isinstance(first, date) or not isinstance(last, date):
        return None
    stops = [
        name
        for name, does in (
            (LineName.COMMITTED, kind.stops_committed),
            (LineName.STATUTORY, kind.stops_statutory),
        )
        if does
    ]
    return Pause(first, max(first, last), kind.label, frozenset(stops))
