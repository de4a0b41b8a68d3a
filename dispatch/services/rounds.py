"""Asking for ledgers: the office freezes a round, a unit fetches its own, the schedule fills the gaps."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from deadlines.rules import WorkingCalendar
from dispatch.errors import RoundNotFrozen, WeekNotBegun, WeekSkipped
from dispatch.models import WeeklyRound
from dispatch.rules.weeks import Week
from dispatch.selectors.ledgers import ledger_key
from dispatch.services.ledgers import KIND
from jobs.models import Job
from jobs.services import enqueue


def freeze_round(*, week: Week, actor: User, today: date, calendar: WorkingCalendar, now: datetime) -> Job:
    """Freeze the week: one job makes the prefecture's ledger and closes the round with it.

    Safe to repeat: the same job is returned, and a frozen round stays as it is.

    Raises:
        WeekNotBegun: before its Monday.
        WeekSkipped: the week has no working day.
    """
    require(actor, Right.FREEZE_ROUND)
    return _freeze(week=week, actor=actor, today=today, calendar=calendar, now=now)


def freeze_by_schedule(*, week: Week, today: date, calendar: WorkingCalendar, now: datetime) -> Job:
    """As `freeze_round`, and the round says that the system did it."""
    return _freeze(week=week, actor=None, today=today, calendar=calendar, now=now)


@transaction.atomic
def _freeze(*, week: Week, actor: User | None, today: date, calendar: WorkingCalendar, now: datetime) -> Job:
    if week.monday > today:
        raise WeekNotBegun(f"{week.label}自 {week.monday} 开始，届时才能定稿。", week=str(week))
    due_on = week.due_on(calendar)
    if due_on is None:
        raise WeekSkipped(f"{week.label}没有工作日，不报送台账。", week=str(week))
    WeeklyRound.objects.get_or_create(year=week.year, week=week.number, defaults={"due_on": due_on})
    prefecture = Organisation.objects.get(code=settings.PREFECTURE_CODE)
    return _request(week=week, organisation=prefecture, actor=actor, now=now)


@transaction.atomic
def request_ledger(*, week: Week, organisation_code: str, actor: User, now: datetime) -> Job:
    """The ledger of one county or park, cut out of the frozen one of the prefecture.

    Safe to repeat. The file never differs from the prefecture's figures.

    Raises:
        Organisation.DoesNotExist: not visible to the actor.
        RoundNotFrozen: the prefecture's ledger does not exist yet.
    """
    require(actor, Right.READ_LEDGERS)
    organisation = Organisation.objects.visible_to(actor).get(code=organisation_code)
    _refuse_open_round(week)
    return _request(week=week, organisation=organisation, actor=actor, now=now)


@transaction.atomic
def request_by_schedule(*, week: Week, organisation: Organisation, now: datetime) -> Job:
    """As `request_ledger`, asked for by the system itself."""
    _refuse_open_round(week)
    return _request(week=week, organisation=organisation, actor=None, now=now)


def _refuse_open_round(week: Week) -> None:
    frozen = WeeklyRound.objects.filter(year=week.year, week=week.number, frozen_at__isnull=False)
    if not frozen.exists():
        raise RoundNotFrozen(f"{week.label}的全州台账尚未定稿，定稿后才能生成本单位台账。", week=str(week))


def _request(*, week: Week, organisation: Organisation, actor: User | None, now: datetime) -> Job:
    key = ledger_key(week, organisation)
    is_known = Job.objects.filter(key=key).exclude(state__in=Job.RESTARTABLE_STATES).exists()
    job = enqueue(
        kind=KIND,
        key=key,
        title=f"{organisation.short_name}{week.label}台账",
        payload={"week": str(week), "organisation": organisation.code},
        actor=actor,
        organisation=organisation,
        now=now,
    )
    if not is_known:
        record(
            actor=actor,
            verb="ledger.requested",
            subject=job,
            facts={"week": str(week), "organisation": organisation.code},
            scope_path=organisation.path,
        )
    return job


def freeze_due_rounds(*, ended_on: date, calendar: WorkingCalendar, now: datetime) -> list[Job]:
    """Freeze what the office left open: rounds whose reporting day has ended. Safe to repeat.

    This week's and last week's, so that a missed night or weekend heals; a ledger made later
    would no longer show the week it names. Last week's only if the house reported before it.

    Args:
        ended_on: the last office day that is over.
    """
    week = Week.of(ended_on)
    candidates = [week.before, week] if _has_reported_before(week) else [week]
    return [
        freeze_by_schedule(week=each, today=ended_on, calendar=calendar, now=now)
        for each in candidates
        if _is_left_open(each, ended_on=ended_on, calendar=calendar)
    ]


def _has_reported_before(week: Week) -> bool:
    earlier = Q(year__lt=week.year) | Q(year=week.year, week__lt=week.number)
    return WeeklyRound.objects.filter(earlier).exists()


def _is_left_open(week: Week, *, ended_on: date, calendar: WorkingCalendar) -> bool:
    due_on = week.due_on(calendar)
    if due_on is None or due_on > ended_on:
        return False
    return not WeeklyRound.objects.filter(year=week.year, week=week.number, frozen_at__isnull=False).exists()
