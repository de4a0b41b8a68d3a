"""The plan of what remains: when each step can be over, and when it must be.

Forward from today (`forecast`) and backward from the day on which a step must begin (`back_schedule`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from approvals.rules.order import Predecessor, Relation, StepState, binding
from approvals.rules.steps import RUNNING, UNFINISHED, Status
from deadlines.rules import Line, LineKind, LineName, WorkingCalendar, due_of

# Construction begins with this step; target dates are dates of its beginning.
CONSTRUCTION_CODE = "J01"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a project, as a plan reads it.

    line: what times it, committed before statutory; the office's assumption where the law gives no
        number (`is_assumed`).
    due_on: of a running step, the end of that line; as if resumed today while it is paused.
    not_before: a day on which it cannot be accepted earlier (what-if); None is today.
    """

    state: StepState
    predecessors: tuple[Predecessor, ...]
    line: Line
    name: LineName = LineName.COMMITTED
    is_assumed: bool = False
    due_on: date | None = None
    closed_on: date | None = None
    not_before: date | None = None

    @property
    def code(self) -> str:
        return self.state.code

    @property
    def remains(self) -> bool:
        return self.state.status in UNFINISHED

    @property
    def is_running(self) -> bool:
        return self.state.status in RUNNING


@dataclass(frozen=True, slots=True)
class Span:
    """When a step begins and is over, if everything takes its full time.

    over_on: the day on which what follows may begin: the last day of a limit, the day after a
    minimum period. because: the predecessor that decides its beginning.
    """

    start_on: date
    over_on: date
    because: str = ""


def forecast(steps: Mapping[str, PlannedStep], *, today: date, calendar: WorkingCalendar) -> dict[str, Span]:
    """When each remaining step begins and is over, if everybody takes the time that is theirs.

    A waiting step begins on the first working day on which its predecessors are over, today at
    the earliest; one that is past due is over today at the earliest. What depends on a minimum period
    may begin the day after. Of alternatives the earliest is enough.

    Raises:
        CalendarGap: the plan runs past every year the calendar knows.

    Source: domain.md 1.1, 1.5; S1 (倒排工期).
    """
    return _Forecast(steps, today, calendar).all()


@dataclass(slots=True)
class _Forecast:
    steps: Mapping[str, PlannedStep]
    today: date
    calendar: WorkingCalendar
    spans: dict[str, Span] = field(default_factory=dict)

    def all(self) -> dict[str, Span]:
        for code, step in self.steps.items():
            if step.remains:
                self.span(code)
        return self.spans

    def span(self, code: str) -> Span:
        found = self.spans.get(code)
        if found is None:
            found = self.spans[code] = self._span(self.steps[code])
        return found

    def _span(self, step: PlannedStep) -> Span:
        if step.is_running and step.state.accepted_on is not None:
            due = _over(step.due_on, step.line) or self.today
            return Span(step.state.accepted_on, max(due, self.today))
        earliest, because = max(self.today, step.not_before or self.today), ""
        for members, relation in needs(step, self.steps):
            ready, code = min((self._ready(member, relation), member) for member in members)
            if ready > earliest:
                earliest, because = ready, code
        earliest = self.calendar.on_or_after(earliest)
        return Span(earliest, _ends(step.line, earliest, self.calendar), because)

    def _ready(self, code: str, relation: Relation) -> date:
        other = self.steps[code]
        if not other.remains:
            return other.closed_on or self.today
        span = self.span(code)
        return span.start_on if relation is Relation.START_TO_START else span.over_on


def needs(step: PlannedStep, steps: Mapping[str, PlannedStep]) -> list[tuple[tuple[str, ...], Relation]]:
    """What `step` waits for: of each entry the alternatives that are done or still to be done."""
    states = {code: other.state for code, other in steps.items()}
    found = []
    for entry in step.predecessors:
        members = tuple(other.code for other in binding(step.state, entry, states))
        if members:
            found.append((members, entry.relation))
    return found


def _ends(line: Line, start: date, calendar: WorkingCalendar) -> date:
    due = due_of(line=line, start=start, calendar=calendar)
    if due.on is None:
        raise ValueError("a line without pauses has an end")
    return due.on + ONE_DAY if line.kind is LineKind.MIN else due.on


def _over(due_on: date | None, line: Line) -> date | None:
    return due_on + ONE_DAY if due_on and line.kind is LineKind.MIN else due_on


def latest_start(*, line: Line, over_by: date, calendar: WorkingCalendar) -> date:
    """The latest working day on which a step can begin and still be over by a day.

    The inverse of the count: the day of the beginning is day 0, so a limit of one working day
    begins on the working day before. A minimum period must be past by then.

    Raises:
        CalendarGap: the count needs a day outside of the calendar.
    """
    low, high = over_by.toordinal() - _longest(line), over_by.toordinal()
    while low < high:
        middle = (low + high + 1) // 2
        if _ends(line, date.fromordinal(middle), calendar) <= over_by:
            low = middle
        else:
            high = middle - 1
    day = date.fromordinal(low)
    return day if calendar.is_working(day) else calendar.previous_working_day(day)


def _longest(line: Line) -> int:
    """More calendar days than the line can take, the longest holidays included."""
    return {"wd": 2, "cd": 1, "month": 31, "year": 366}[line.unit.value] * line.total + 40


@dataclass(frozen=True, slots=True)
class Latest:
    """The last days on which a step may begin and be over. `for_code`: whom it would hold up."""

    start_on: date
    over_on: date
    for_code: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One remaining step on the way to the target.

    slack: working days between its end as it stands and the last day; below zero it is too late.
    is_late: the step itself misses its own day: not begun in time, or its own end comes too late.
    """

    code: str
    latest: Latest
    span: Span
    slack: int
    is_late: bool
    is_critical: bool


@dataclass(frozen=True, slots=True)
class BackSchedule:
    """The way back from a target day. rows in the order in which they must begin.

    first_late: the first step that is already too late. reachable_on: when the goal can begin
    if everybody takes the time that is theirs. delay: that day against the target, in working days.
    """

    goal: str
    target_on: date
    rows: tuple[PlanRow, ...]
    critical: tuple[str, ...]
    first_late: str
    reachable_on: date
    delay: int


def back_schedule(
    steps: Mapping[str, PlannedStep],
    *,
    target_on: date,
    today: date,
    calendar: WorkingCalendar,
    goal: str = CONSTRUCTION_CODE,
) -> BackSchedule | None:
    """From the day on which `goal` must begin back through all that remains before it.

    None when the goal is not among the remaining steps: construction has begun, or is not part
    of the project.

    Raises:
        CalendarGap: the plan needs a day outside of the calendar.

    Source: S1 (针对性方案、倒排工期); mechanisms.md, Backward schedule.
    """
    if goal not in steps or not steps[goal].remains:
        return None
    spans = forecast(steps, today=today, calendar=calendar)
    latest = latest_days(steps, target_on=target_on, calendar=calendar, goal=goal, spans=spans)
    critical = _critical(spans, goal)
    rows = sorted(
        (
            _row(steps[code], spans[code], last, today, calendar, code in critical)
            for code, last in latest.items()
        ),
        key=lambda row: (row.latest.start_on, steps[row.code].state.position),
    )
    return BackSchedule(
        goal=goal,
        target_on=target_on,
        rows=tuple(rows),
        critical=critical,
        first_late=next((row.code for row in rows if row.is_late), ""),
        reachable_on=spans[goal].start_on,
        delay=calendar.count(target_on, spans[goal].start_on),
    )


def latest_days(
    steps: Mapping[str, PlannedStep],
    *,
    target_on: date,
    calendar: WorkingCalendar,
    goal: str,
    spans: Mapping[str, Span],
) -> dict[str, Latest]:
    """Of each remaining step on the way to `goal`, and of it, the last days to begin and to be over.

    Of alternatives only the one that the forecast (`spans`) waits for is on the way.
    """
    found = {goal: Latest(target_on, _ends(steps[goal].line, target_on, calendar))}
    for code in reversed(_in_order(steps, goal)):
        if code not in found:
            continue
        for members, relation in needs(steps[code], steps):
            member = _earliest(members, relation, steps, spans)
            if member:
                _tighten(found, steps[member], relation, before=found[code], of=code, calendar=calendar)
    return found


def _earliest(
    members: tuple[str, ...],
    relation: Relation,
    steps: Mapping[str, PlannedStep],
    spans: Mapping[str, Span],
) -> str:
    """The alternative that is ready first; empty when one is over already."""
    if not all(steps[member].remains for member in members):
        return ""
    is_start = relation is Relation.START_TO_START
    return min(members, key=lambda code: (spans[code].start_on if is_start else spans[code].over_on, code))


def _tighten(
    found: dict[str, Latest],
    step: PlannedStep,
    relation: Relation,
    *,
    before: Latest,
    of: str,
    calendar: WorkingCalendar,
) -> None:
    if relation is Relation.START_TO_START:
        wanted = Latest(before.start_on, _ends(step.line, before.start_on, calendar), of)
    else:
        start_on = latest_start(line=step.line, over_by=before.start_on, calendar=calendar)
        wanted = Latest(start_on, before.start_on, of)
    known = found.get(step.code)
    if known is None:
        found[step.code] = wanted
        return
    found[step.code] = Latest(
        start_on=min(known.start_on, wanted.start_on),
        over_on=min(known.over_on, wanted.over_on),
        for_code=of if wanted.over_on < known.over_on else known.for_code,
    )


def _in_order(steps: Mapping[str, PlannedStep], goal: str) -> list[str]:
    """The remaining steps before `goal` and it, every one behind all that it waits for."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(code: str) -> None:
        if code in seen:
            return
        seen.add(code)
        for members, _ in needs(steps[code], steps):
            for member in members:
                if steps[member].remains:
                    visit(member)
        order.append(code)

    visit(goal)
    return order


def _row(
    step: PlannedStep, span: Span, last: Latest, today: date, calendar: WorkingCalendar, is_critical: bool
) -> PlanRow:
    own_end_is_late = step.is_running and span.over_on > last.over_on
    begins_too_late = not step.is_running and last.start_on < today
    return PlanRow(
        code=step.code,
        latest=last,
        span=span,
        slack=calendar.count(span.over_on, last.over_on),
        is_late=own_end_is_late or begins_too_late,
        is_critical=is_critical,
    )


def _critical(spans: Mapping[str, Span], goal: str) -> tuple[str, ...]:
    """The chain of steps that decides when the goal begins, first step first."""
    chain, code = [goal], spans[goal].because
    while code in spans:
        chain.append(code)
        code = spans[code].because
    return tuple(reversed(chain))


# --- what if -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shift:
    """A step that would be over on another day. days: working days, later above zero."""

    code: str
    from_on: date
    to_on: date
    days: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a change would do. turned_red and turned_good: against the target or a paper's validity."""

    shifts: tuple[Shift, ...]
    turned_red: tuple[str, ...]
    turned_good: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        return not self.shifts


def what_if(
    before: Mapping[str, PlannedStep],
    after: Mapping[str, PlannedStep],
    *,
    today: date,
    calendar: WorkingCalendar,
    target_on: date | None = None,
    goal: str = CONSTRUCTION_CODE,
) -> WhatIf:
    """How many remaining steps a change would shift, and which would turn red.

    Red is a step that would be over after its last day before the target, or that would begin
    after a paper it leans on has lapsed.

    Raises:
        CalendarGap: the plan needs a day outside of the calendar.
    """
    old = forecast(before, today=today, calendar=calendar)
    new = forecast(after, today=today, calendar=calendar)
    shifts = [
        Shift(code, old[code].over_on, span.over_on, calendar.count(old[code].over_on, span.over_on))
        for code, span in new.items()
        if code in old and span.over_on != old[code].over_on
    ]
    last: Mapping[str, Latest] = {}
    if target_on is not None and goal in before and before[goal].remains:
        last = latest_days(before, target_on=target_on, calendar=calendar, goal=goal, spans=old)
    red_before, red_after = _red(before, old, last), _red(after, new, last)
    place = {code: step.state.position for code, step in before.items()}
    return WhatIf(
        shifts=tuple(sorted(shifts, key=lambda shift: (shift.to_on, place[shift.code]))),
        turned_red=tuple(sorted(red_after - red_before, key=place.__getitem__)),
        turned_good=tuple(sorted(red_before - red_after, key=place.__getitem__)),
    )


def _red(steps: Mapping[str, PlannedStep], spans: Mapping[str, Span], last: Mapping[str, Latest]) -> set[str]:
    late = {code for code, span in spans.items() if code in last and span.over_on > last[code].over_on}
    return late | {
        code
        for code, span in spans.items()
        if not steps[code].is_running and _leans_on_lapsed(code, steps, span)
    }


def _leans_on_lapsed(code: str, steps: Mapping[str, PlannedStep], span: Span) -> bool:
    return any(
        relation is Relation.FINISH_TO_START
        and all(_lapses(steps[member], span.start_on) for member in members)
        for members, relation in needs(steps[code], steps)
    )


def _lapses(step: PlannedStep, on: date) -> bool:
    until = step.state.valid_until
    return step.state.status == Status.DONE and until is not None and until < on
