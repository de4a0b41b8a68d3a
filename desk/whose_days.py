"""谁的天数: whose days a step's time was made of; real time beside the time the system saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from accounts.models import Organisation, User
from approvals import rules
from approvals.models import Step, StepQuerySet, StepType
from approvals.rules import Share
from approvals.selectors import handling_setting
from core.clock import day_of
from deadlines.models import Deadline, Pause, PauseKind
from deadlines.rules import LineName, WorkingCalendar, cut_at, stops_of
from deadlines.rules import Pause as PauseDays
from deadlines.selectors import working_calendar

# A day on which two pauses overlap belongs to the first of these.
SIDES = (
    PauseKind.Side.DEPARTMENT,
    PauseKind.Side.APPLICANT,
    PauseKind.Side.NOBODY,
    PauseKind.Side.OFFICE,
)
HOLDERS = (("bureau", "州局"), ("county", "县（市）"), ("department", "部门"), ("applicant", "申请人"))


@dataclass(frozen=True, slots=True)
class StepDays:
    """Working days of one finished step.

    real: from acceptance to decision. net: of them what counted. intake: from receipt to the
    notice or to acceptance. department: days of opinions. correcting, applicant_paused: days that
    the applicant took to correct, and of pauses that are theirs. system: from the entry of the
    acceptance to that of the decision; None where no clock ran. is_kept: None where no limit was
    there to keep, or an exception is on record.
    """

    pk: int
    code: str
    holder_id: int
    holder_side: str
    real: int
    net: int
    intake: int
    department: int
    correcting: int
    applicant_paused: int
    system: int | None
    is_kept: bool | None
    is_excepted: bool
    is_late_entry: bool

    @property
    def gross(self) -> int:
        """In the holder's hands: everything but what was the departments' and the applicant's."""
        return self.intake + self.real - self.department - self.applicant_paused

    @property
    def own_net(self) -> int:
        """What counted while it was in the holder's hands."""
        return self.intake + self.net

    @property
    def applicant(self) -> int:
        return self.correcting + self.applicant_paused


def finished_steps(*, actor: User) -> StepQuerySet:
    """Steps that ended with a decision and that the actor may see; the adoption is no handling."""
    return (
        Step.objects.visible_to(actor)
        .filter(status=Step.Status.DONE, accepted_on__isnull=False, closed_on__isnull=False)
        .exclude(code=rules.LISTING_CODE)
    )


def days_of(steps: StepQuerySet, *, today: date) -> list[StepDays]:
    """The days of each of `steps`, in their order.

    Five queries besides the calendar, however many steps.
    """
    calendar, grace = working_calendar(), handling_setting(today).late_entry_days
    rows = list(
        steps.select_related("deadline", "decision", "promise_exception", "holder_organisation")
        .only(
            *("pk", "code", "received_on", "notified_on", "accepted_on", "closed_on", "deadline_id"),
            *("holder_organisation__kind", "holder_organisation__path", "decision__entered_at"),
            *("deadline__created_at", "deadline__red_from", "deadline__stopped_on"),
            "promise_exception__cause",
        )
        .prefetch_related(
            Prefetch("deadline__pauses", queryset=Pause.objects.select_related("kind").order_by("first_on"))
        )
    )
    side_of = holder_sides()
    return [_days(row, side_of, calendar, grace) for row in rows]


def holder_sides() -> Callable[[Organisation], str]:
    """Whose an organisation is: a department, under a county or park, else the bureau. One query."""
    units = list(Organisation.objects.reporting_units().values_list("path", flat=True))

    def side_of(organisation: Organisation) -> str:
        if organisation.kind == Organisation.Kind.DEPARTMENT:
            return "department"
        return "county" if any(organisation.path.startswith(path) for path in units) else "bureau"

    return side_of


def _days(
    step: Step, side_of: Callable[[Organisation], str], calendar: WorkingCalendar, grace: int
) -> StepDays:
    assert step.accepted_on is not None
    assert step.closed_on is not None
    accepted, closed, deadline = step.accepted_on, step.closed_on, step.deadline
    by_side = paused_days(
        [
            (row.kind.side, row.first_on, row.last_on)
            for row in (deadline.pauses.all() if deadline is not None else ())
        ],
        accepted_on=accepted,
        closed_on=closed,
        calendar=calendar,
    )
    real = calendar.count(accepted, closed)
    exception = getattr(step, "promise_exception", None)
    excepted = exception is not None and exception.is_excused
    decision = getattr(step, "decision", None)
    started = deadline.created_at if deadline is not None else None
    entries = [(accepted, started), (closed, decision.entered_at if decision else None)]
    return StepDays(
        pk=step.pk,
        code=step.code,
        holder_id=step.holder_organisation_id,
        holder_side=side_of(step.holder_organisation),
        real=real,
        net=real - sum(by_side.values()),
        intake=calendar.count(step.received_on, step.notified_on or accepted) if step.received_on else 0,
        department=by_side[PauseKind.Side.DEPARTMENT],
        correcting=calendar.count(step.notified_on, accepted) if step.notified_on else 0,
        applicant_paused=by_side[PauseKind.Side.APPLICANT],
        system=_system(entries, calendar),
        is_kept=None if excepted else _is_kept(deadline),
        is_excepted=excepted,
        is_late_entry=any(
            moment is not None
            and rules.is_entered_late(
                occurred_on=day,
                entered_on=day_of(moment),
                grace_days=grace,
                calendar=calendar,
            )
            for day, moment in entries
        ),
    )


def paused_days(
    pauses: Iterable[tuple[str, date, date | None]],
    *,
    accepted_on: date,
    closed_on: date,
    calendar: WorkingCalendar,
) -> dict[str, int]:
    """Working days of a matter that each side's pauses took; a day of two pauses counts once.

    Both ends of a pause are included; nothing before the day after acceptance or after the
    decision counts.
    """
    found: dict[str, int] = {}
    counted, gathered = 0, list[PauseDays]()
    stated = list(pauses)
    for side in SIDES:
        gathered += [PauseDays(first, last) for name, first, last in stated if name == side]
        union = stops_of(cut_at(gathered, day=closed_on), line=LineName.COMMITTED)
        total = sum(_within(stop.first, stop.last or closed_on, accepted_on, calendar) for stop in union)
        found[side] = total - counted
        counted = total
    return found


def _within(first: date, last: date, accepted_on: date, calendar: WorkingCalendar) -> int:
    """Working days from `first` to `last`, both included, after the day of acceptance."""
    if last <= accepted_on:
        return 0
    before = max(first, accepted_on)
    counted = calendar.count(before, last)
    return counted + (1 if first > accepted_on and calendar.is_working(first) else 0)


def _system(entries: Sequence[tuple[date, datetime | None]], calendar: WorkingCalendar) -> int | None:
    (_, started), (_, ended) = entries
    if started is None or ended is None:
        return None
    return max(0, calendar.count(day_of(started), day_of(ended)))


def _is_kept(deadline: Deadline | None) -> bool | None:
    """Neither line was past due on the day it ended: as the lamp says."""
    if deadline is None or deadline.stopped_on is None:
        return None
    return deadline.red_from is None or deadline.stopped_on < deadline.red_from


# --- figures -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """What a group of finished steps amounts to. `kept`: of those that had a limit and no exception."""

    key: str
    label: str
    number: int
    gross_median: float | None
    net_median: float | None
    real_median: float | None
    system_median: float | None
    kept: Share
    excepted: int
    late_entries: Share


@dataclass(frozen=True, slots=True)
class SideFigures:
    """Working days by whose they were."""

    key: str
    label: str
    gross: int
    net: int
    steps: int


@dataclass(frozen=True, slots=True)
class WhoseDays:
    """The page's values."""

    sides: Sequence[SideFigures]
    total: Figures
    by_code: Sequence[Figures]
    by_holder: Sequence[Figures]


def whose_days(
    found: Sequence[StepDays], *, labels: Mapping[str, str], holders: Mapping[int, str]
) -> WhoseDays:
    """The figures of the page from the days of each step. No query.

    Args:
        labels: short names of step types by code. holders: names of organisations by id.
    """
    by_code: dict[str, list[StepDays]] = defaultdict(list)
    by_holder: dict[int, list[StepDays]] = defaultdict(list)
    for row in found:
        by_code[row.code].append(row)
        by_holder[row.holder_id].append(row)
    return WhoseDays(
        sides=_sides(found),
        total=figures("", "合计", found),
        by_code=[figures(code, f"{code} {labels.get(code, '')}", by_code[code]) for code in sorted(by_code)],
        by_holder=sorted(
            (figures(str(pk), holders.get(pk, ""), rows) for pk, rows in by_holder.items()),
            key=lambda row: (-row.number, row.label),
        ),
    )


def names_of(found: Sequence[StepDays], *, today: date) -> tuple[dict[str, str], dict[int, str]]:
    """Short names of step types by code, and of the holders by id. Two queries."""
    labels = dict(StepType.objects.in_force(today).values_list("code", "short"))
    holders = Organisation.objects.filter(pk__in={row.holder_id for row in found})
    return labels, dict(holders.values_list("pk", "short_name"))


def figures(key: str, label: str, rows: Sequence[StepDays]) -> Figures:
    """Medians, the share kept and the share entered late of a group."""
    timed = [row for row in rows if row.is_kept is not None]
    return Figures(
        key=key,
        label=label,
        number=len(rows),
        gross_median=rules.median(row.gross for row in rows),
        net_median=rules.median(row.own_net for row in rows),
        real_median=rules.median(row.real for row in rows),
        system_median=rules.median(row.system for row in rows if row.system is not None),
        kept=Share(sum(1 for row in timed if row.is_kept), len(timed)),
        excepted=sum(row.is_excepted for row in rows),
        late_entries=Share(sum(row.is_late_entry for row in rows), len(rows)),
    )


def _sides(rows: Sequence[StepDays]) -> list[SideFigures]:
    gross: dict[str, int] = defaultdict(int)
    net: dict[str, int] = defaultdict(int)
    steps: dict[str, int] = defaultdict(int)
    for row in rows:
        gross[row.holder_side] += row.gross
        net[row.holder_side] += row.own_net
        steps[row.holder_side] += 1
        for side, days in (("department", row.department), ("applicant", row.applicant)):
            gross[side] += days
            net[side] += days
            steps[side] += bool(days)
    return [SideFigures(key, label, gross[key], net[key], steps[key]) for key, label in HOLDERS]
