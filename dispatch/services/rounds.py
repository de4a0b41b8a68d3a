"""Rounds: opened with their duties, frozen by the office or the schedule, opened again with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Organisation, User
from accounts.rights import Right, require
from accounts.selectors import home_prefecture
from audit.services import record
from deadlines import services as clocks
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit, WorkingCalendar
from deadlines.services import LineSpec, Owner
from dispatch.errors import ReasonMissing, RoundClosesTooEarly, RoundNotFrozen, WeekNotBegun, WeekSkipped
from dispatch.models import Reopening, Report, Round
from dispatch.rules.periods import Period, PeriodKind
from dispatch.selectors.ledgers import ledger_key
from dispatch.selectors.rounds import Schedule, duties_on, schedule_of
from dispatch.services.ledgers import KIND
from jobs.models import Job
from jobs.services import enqueue

STAGE = "调度报送"
# A round that was left open longer than this no longer shows the period it names.
FORGOTTEN_AFTER = timedelta(days=14)


# --- opening ----------------------------------------------------------------------------------


def open_due_rounds(*, today: date, calendar: WorkingCalendar, now: datetime) -> list[Round]:
    """Open every round whose reporting has begun: its units owe a report by its day.

    The schedule's verb. Safe to repeat, and at the same time.
    """
    opened = []
    for period, schedule in _under_way(today, calendar):
        found = _open(period, schedule, today=today, now=now)
        if found is not None:
            opened.append(found)
    return opened


def _under_way(today: date, calendar: WorkingCalendar) -> Iterator[tuple[Period, Schedule]]:
    for kind in PeriodKind:
        current = Period.of(today, kind)
        for period in (current.before, current):
            schedule = schedule_of(period, calendar=calendar)
            if schedule is not None and schedule.opens_on <= today <= schedule.due_on:
                yield period, schedule


@transaction.atomic
def _open(period: Period, schedule: Schedule, *, today: date, now: datetime) -> Round | None:
    found = _round_of(period, due_on=schedule.due_on)
    if found.opened_at is not None or found.is_frozen:
        return None
    found.opened_at = now
    found.save(update_fields=["opened_at"])
    units = duties_on(PeriodKind(found.kind), today)
    reports = [Report.objects.create(round=found, organisation=unit) for unit in units]
    for row in reports:
        row.deadline = _start_clock(found, row, schedule, today)
        row.save(update_fields=["deadline"])
    record(
        actor=None,
        verb="round.opened",
        subject=found,
        facts={"due_on": schedule.due_on, "units": len(reports)},
        scope_path=home_prefecture().path,
    )
    return found


def _start_clock(found: Round, row: Report, schedule: Schedule, today: date) -> Deadline:
    line = Line(limit=schedule.limit, unit=Unit.WORKING_DAY, kind=LineKind.MAX)
    return clocks.open_deadline(
        owner=Owner(
            subject=row,
            subject_label=f"{found.period.label}调度报送",
            stage=STAGE,
            holder_organisation=row.organisation,
            scope_organisation=row.organisation,
        ),
        role=Deadline.Role.SUBMISSION,
        started_on=schedule.opens_on,
        committed=LineSpec(line, f"{found.get_kind_display()}规则：{schedule.due_on} 报送"),
        statutory=None,
        reminder_days=schedule.reminder_days,
        today=today,
    )


def _round_of(period: Period, *, due_on: date) -> Round:
    """The round's row, made if need be, locked."""
    identity = {"kind": period.kind.value, "year": period.year, "number": period.number}
    row = Round(**identity, due_on=due_on, closes_on=due_on)
    Round.objects.bulk_create([row], ignore_conflicts=True)
    return Round.objects.select_for_update().get(**identity)


# --- freezing ---------------------------------------------------------------------------------


def freeze_round(
    *, period: Period, actor: User, today: date, calendar: WorkingCalendar, now: datetime
) -> Job:
    """Freeze a round: one job makes the prefecture's ledger and closes the round with it.

    Safe to repeat: the same job is returned, and a frozen round stays as it is.

    Raises:
        WeekNotBegun: before its first day.
        WeekSkipped: the week has no working day.
    """
    require(actor, Right.FREEZE_ROUND)
    return _freeze(period=period, actor=actor, today=today, calendar=calendar, now=now)


def freeze_by_schedule(*, period: Period, today: date, calendar: WorkingCalendar, now: datetime) -> Job:
    """As `freeze_round`, and the round says that the system did it."""
    return _freeze(period=period, actor=None, today=today, calendar=calendar, now=now)


@transaction.atomic
def _freeze(
    *, period: Period, actor: User | None, today: date, calendar: WorkingCalendar, now: datetime
) -> Job:
    if period.first > today:
        raise WeekNotBegun(f"{period.label}自 {period.first} 开始，届时才能定稿。", period=str(period))
    # One that was opened is frozen, even if its kind has been given up since.
    found = _rounds_of(period).select_for_update().first()
    if found is None:
        schedule = schedule_of(period, calendar=calendar)
        if schedule is None:
            raise WeekSkipped(f"{period.label}没有工作日，不报送台账。", period=str(period))
        found = _round_of(period, due_on=schedule.due_on)
    return _request(found, organisation=home_prefecture(), actor=actor, now=now)


@transaction.atomic
def request_ledger(*, period: Period, organisation_code: str, actor: User, now: datetime) -> Job:
    """The ledger of one county or park, cut out of the frozen one of the prefecture.

    Safe to repeat. The file never differs from the prefecture's figures.

    Raises:
        Organisation.DoesNotExist: not visible to the actor.
        RoundNotFrozen: the prefecture's ledger does not exist yet.
    """
    require(actor, Right.READ_LEDGERS)
    organisation = Organisation.objects.visible_to(actor).get(code=organisation_code)
    return _request(_frozen_round(period), organisation=organisation, actor=actor, now=now)


@transaction.atomic
def request_by_schedule(*, period: Period, organisation: Organisation, now: datetime) -> Job:
    """As `request_ledger`, asked for by the system itself."""
    return _request(_frozen_round(period), organisation=organisation, actor=None, now=now)


def _frozen_round(period: Period) -> Round:
    found = _rounds_of(period).filter(frozen_at__isnull=False).first()
    if found is None:
        raise RoundNotFrozen(
            f"{period.label}的全州台账尚未定稿，定稿后才能生成本单位台账。", period=str(period)
        )
    return found


def _request(found: Round, *, organisation: Organisation, actor: User | None, now: datetime) -> Job:
    period = found.period
    key = ledger_key(period, organisation, version=found.version)
    is_known = Job.objects.filter(key=key).exclude(state__in=Job.RESTARTABLE_STATES).exists()
    job = enqueue(
        kind=KIND,
        key=key,
        title=f"{organisation.short_name}{period.label}台账",
        payload={"period": str(period), "organisation": organisation.code, "version": found.version},
        actor=actor,
        organisation=organisation,
        now=now,
    )
    if not is_known:
        record(
            actor=actor,
            verb="ledger.requested",
            subject=job,
            facts={"period": str(period), "organisation": organisation.code, "version": found.version},
            scope_path=organisation.path,
        )
    return job


def freeze_due_rounds(*, ended_on: date, calendar: WorkingCalendar, now: datetime) -> list[Job]:
    """Freeze what the office left open: rounds whose last day has ended. Safe to repeat.

    This week's and last week's, and every opened round of any kind, so that a missed night or
    weekend heals; a ledger made much later would no longer show the period it names. Last week's
    only if the house reported before it.

    Args:
        ended_on: the last office day that is over.
    """
    week = Period.of(ended_on)
    weeks = [week.before, week] if _has_reported_before(week) else [week]
    due = [each for each in weeks if _is_left_open(each, ended_on=ended_on, calendar=calendar)]
    others = Round.objects.filter(
        frozen_at__isnull=True, closes_on__lte=ended_on, closes_on__gt=ended_on - FORGOTTEN_AFTER
    )
    due += [row.period for row in others if row.period not in due]
    return [
        freeze_by_schedule(period=each, today=ended_on, calendar=calendar, now=now) for each in sorted(due)
    ]


def _has_reported_before(week: Period) -> bool:
    earlier = Q(year__lt=week.year) | Q(year=week.year, number__lt=week.number)
    return Round.objects.filter(earlier, kind=week.kind.value).exists()


def _is_left_open(week: Period, *, ended_on: date, calendar: WorkingCalendar) -> bool:
    if _rounds_of(week).exists():
        return False  # its own row says when it closes
    schedule = schedule_of(week, calendar=calendar)
    return schedule is not None and schedule.due_on <= ended_on


def _rounds_of(period: Period) -> QuerySet[Round]:
    return Round.objects.filter(kind=period.kind.value, year=period.year, number=period.number)


# --- opening again ----------------------------------------------------------------------------


@transaction.atomic
def reopen_round(
    *, round_id: int, reason: str, closes_on: date, actor: User, today: date, now: datetime
) -> Round:
    """Open a frozen round again: its next freezing makes a new version, the old one stays as it is.

    Args:
        closes_on: when this day ends the schedule freezes what is still open.

    Raises:
        ReasonMissing.
        RoundNotFrozen: it is open.
        RoundClosesTooEarly: `closes_on` lies before today.
    """
    require(actor, Right.FREEZE_ROUND)
    found = Round.objects.select_for_update().get(pk=round_id)
    if found.frozen_at is None:
        raise RoundNotFrozen(f"{found.period.label}尚未定稿，不需要重新打开。", period=str(found.period))
    if not reason.strip():
        raise ReasonMissing("重新打开须写明原因，报送单位会看到。")
    if closes_on < today:
        raise RoundClosesTooEarly(f"重新截止日不能早于今天（{today}）。", closes_on=closes_on)
    Reopening.objects.create(
        round=found,
        version=found.version,
        frozen_at=found.frozen_at,
        frozen_by=found.frozen_by,
        reason=reason.strip(),
        closes_on=closes_on,
        reopened_by=actor,
        reopened_at=now,
    )
    record(
        actor=actor,
        verb="round.reopened",
        subject=found,
        facts={"version": found.version, "reason": reason.strip(), "closes_on": closes_on},
        scope_path=home_prefecture().path,
    )
    found.version += 1
    found.closes_on = closes_on
    found.frozen_at, found.frozen_by, found.frozen_by_schedule = None, None, False
    found.save(update_fields=["version", "closes_on", "frozen_at", "frozen_by", "frozen_by_schedule"])
    return found
