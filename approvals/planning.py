"""A project's steps as its plan reads them: what times each, what it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from approvals import rules, selectors
from approvals.models import HandlingSetting, Step, StepLimit
from approvals.own_terms import OwnTerms, own_terms
from deadlines import selectors as clocks
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, LineName, Pause, Unit, WorkingCalendar, due_of


def plan_of(
    steps: Iterable[Step], *, track: str, today: date, calendar: WorkingCalendar, setting: HandlingSetting
) -> dict[str, rules.PlannedStep]:
    """The latest round of each step as a plan. One query when `selectors.project_steps` loaded them."""
    latest = selectors.latest_rounds(steps)
    terms = own_terms(on=today)
    return {
        code: planned(step, track=track, today=today, calendar=calendar, setting=setting, terms=terms)
        for code, step in latest.items()
    }


def planned(
    step: Step,
    *,
    track: str,
    today: date,
    calendar: WorkingCalendar,
    setting: HandlingSetting,
    terms: OwnTerms,
) -> rules.PlannedStep:
    """One step as a plan reads it.

    A running step ends on its committed day, else on the statutory one, and, while it is paused, as
    if it were resumed today.
    """
    line, name, is_assumed = _line(step, setting, terms)
    due_on = None
    if step.deadline is not None and step.status in rules.RUNNING:
        due_on = running_until(step.deadline, clocks.pauses_of(step.deadline), today=today, calendar=calendar)
    elif step.status in rules.RUNNING and step.accepted_on is not None:
        due_on = due_of(line=line, start=step.accepted_on, calendar=calendar).on
    return rules.PlannedStep(
        state=selectors.state_of(step, track=track),
        predecessors=rules.read_predecessors(step.step_type.predecessors),
        line=line,
        name=name,
        is_assumed=is_assumed,
        due_on=due_on,
        closed_on=step.closed_on,
    )


def _line(step: Step, setting: HandlingSetting, terms: OwnTerms) -> tuple[Line, LineName, bool]:
    """What times a step: the running clock's own line, else the level's own or the catalogue's, else the
    assumption."""
    if step.deadline is not None and step.status in rules.RUNNING:
        for name in LineName:
            running = clocks.line_of(step.deadline, name)
            if running is not None:
                return running, name, False
    own = terms.of_step(step)
    if own is not None:
        return Line(limit=own.days, unit=Unit(own.unit)), LineName.COMMITTED, False
    promise = selectors.promise_of(step)
    if promise is not None and promise.value is not None:
        return _as_line(promise), LineName.COMMITTED, False
    # Of several the officer has not chosen yet, the longest: a plan should hold.
    chosen = rules.longest(rules.handling_limits(selectors.step_limits(step)))
    if chosen is not None:
        rows = {row.pk: row for row in step.step_type.limits.all()}
        return _as_line(rows[chosen.id]), LineName.STATUTORY, False
    return Line(limit=setting.assumed_days), LineName.COMMITTED, True


def _as_line(row: StepLimit) -> Line:
    return Line(limit=row.value or 0, unit=Unit(row.unit), kind=LineKind(row.kind))


def running_until(
    deadline: Deadline,
    pauses: Iterable[Pause],
    *,
    today: date,
    calendar: WorkingCalendar,
    extension: Mapping[LineName, int] | None = None,
) -> date | None:
    """The end of a running clock's first line, an open pause ending today.

    Args:
        extension: more days than are granted, by line (what-if).
    """
    more = extension or {}
    ended = [replace(p, last=max(today, p.first)) if p.is_open else p for p in pauses]
    for name in LineName:
        line = clocks.line_of(deadline, name)
        if line is not None:
            ended = [
                replace(pause, last=max(today, pause.first)) if pause.is_open else pause for pause in pauses
            ]
            longer = replace(line, extension=line.extension + more.get(name, 0))
            return due_of(
                line=longer, start=deadline.started_on, calendar=calendar, pauses=ended, name=name
            ).on
    return None
