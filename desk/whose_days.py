"""谁的天数: whose days a step's time was made of; real time beside the time the system saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from accounts.models import Organisation, User
from approvals import rules
from approvals.models import PromiseException, Step, StepQuerySet, StepType
from approvals.rules import Share
from approvals.selectors import handling_setting
from core.clock import day_of
from deadlines.models import Pause, PauseKind
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


class _Finished(NamedTuple):
    """What is read of a finished step: a model's object each would cost more than the counting."""

    pk: int
    code: str
    holder_id: int
    received_on: date | None
    notified_on: date | None
    accepted_on: date
    closed_on: date
    deadline_id: int | None
    started_at: datetime | None
    red_from: date | None
    stopped_on: date | None
    decided_at: datetime | None
    is_excepted: bool


# In the order of `_Finished`; whether it is excepted comes last.
_READ = (
    *("pk", "code", "holder_organisation_id", "received_on", "notified_on", "accepted_on", "closed_on"),
    *("deadline_id", "deadline__created_at", "deadline__red_from", "deadline__stopped_on"),
    "decision__entered_at",
)


def days_of(steps: StepQuerySet, *, today: date) -> list[StepDays]:
    """The days of each of `steps`, in their order.

    Five queries besides the calendar, however many steps.
    """
    calendar, grace = working_calendar(), handling_setting(today).late_entry_days
    excused = PromiseException.objects.excused().filter(step=OuterRef("pk")).order_by()
    rows = [_Finished(*row) for row in steps.values_list(*_READ, Exists(excused))]
    pauses = _pauses_of(steps)
    sides = _holder_sides({row.holder_id for row in rows})
    return [
        _days(row, sides[row.holder_id], pauses.get(row.deadline_id or 0, ()), calendar, grace)
        for row in rows
    ]


_Paused = tuple[str, date, date | None]


def _pauses_of(steps: StepQuerySet) -> dict[int, list[_Paused]]:
    """Whose each pause was and its first and last day, by deadline. One query."""
    found: dict[int, list[_Paused]] = defaultdict(list)
    rows = Pause.objects.filter(deadline__in=steps.order_by().values("deadline"))
    stated = rows.order_by("first_on").values_list("deadline_id", "kind__side", "first_on", "last_on")
    for deadline, side, first, last in stated:
        found[deadline].append((side, first, last))
    return found


def _holder_sides(holders: Collection[int]) -> dict[int, str]:
    """Whose each holder is: a department, under a county or park, else the bureau. Two queries."""
    units = tuple(Organisation.objects.reporting_units().values_list("path", flat=True))

    def side_of(kind: str, path: str) -> str:
        if kind == Organisation.Kind.DEPARTMENT:
            return "department"
        return "county" if path.startswith(units) else "bureau"

    rows = Organisation.objects.filter(pk__in=holders).values_list("pk", "kind", "path")
    return {pk: side_of(kind, path) for pk, kind, path in rows}


def _days(
    step: _Finished, holder_side: str, pauses: Sequence[_Paused], calendar: WorkingCalendar, grace: int
) -> StepDays:
    accepted, closed = step.accepted_on, step.closed_on
    by_side = paused_days(pauses, accepted_on=accepted, closed_on=closed, calendar=calendar)
    real = calendar.count(accepted, closed)
    started = day_of(step.started_at) if step.started_at else None
    decided = day_of(step.decided_at) if step.decided_at else None
    return StepDays(
        pk=step.pk,
        code=step.code,
        holder_id=step.holder_id,
        holder_side=holder_side,
        real=real,
        net=real - sum(by_side.values()),
        intake=calendar.count(step.received_on, step.notified_on or accepted) if step.received_on else 0,
        department=by_side[PauseKind.Side.DEPARTMENT],
        correcting=calendar.count(step.notified_on, accepted) if step.notified_on else 0,
        applicant_paused=by_side[PauseKind.Side.APPLICANT],
        system=_system(started, decided, calendar),
        is_kept=None if step.is_excepted else _is_kept(step),
        is_excepted=step.is_excepted,
        is_late_entry=any(
            day is not None
            and rules.is_entered_late(occurred_on=fact, entered_on=day, grace_days=grace, calendar=calendar)
            for fact, day in ((accepted, started), (closed, decided))
        ),
    )


def paused_days(
    pauses: Sequence[_Paused],
    *,
    accepted_on: date,
    closed_on: date,
    calendar: WorkingCalendar,
) -> dict[str, int]:
    """Working days of a matter that each side's pauses took; a day of two pauses counts once.

    Both ends of a pause are included; nothing before the day after acceptance or after the
    decision counts.
    """
    if not pauses:
        return dict.fromkeys(SIDES, 0)
    found: dict[str, int] = {}
    counted, gathered = 0, list[PauseDays]()
    for side in SIDES:
        gathered += [PauseDays(first, last) for name, first, last in pauses if name == side]
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


def _system(started: date | None, ended: date | None, calendar: WorkingCalendar) -> int | None:
    return None if started is None or ended is None else max(0, calendar.count(started, ended))


def _is_kept(step: _Finished) -> bool | None:
    """Neither line was past due on the day it ended: as the lamp says."""
    if step.stopped_on is None:
        return None
    return step.red_from is None or step.stopped_on < step.red_from


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
