"""Rounds for pages: when they end, who reports, who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import Organisation, User
from deadlines.rules import WorkingCalendar
from dispatch.models import Report, ReportingDuty, ReportQuerySet, Round, RoundRule
from dispatch.rules.periods import Period, PeriodKind
from dispatch.rules.reporting import Standing, standing_of


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a round's reporting begins and ends; `limit` in working days from the one to the other."""

    opens_on: date
    due_on: date
    limit: int
    reminder_days: tuple[int, ...] = ()


def rule_on(kind: PeriodKind, day: date) -> RoundRule | None:
    """The rule of a kind in force on a day; None before the first. One query."""
    rules = RoundRule.objects.filter(kind=kind.value, effective_from__lte=day)
    return rules.order_by("-effective_from").first()


def schedule_of(period: Period, *, calendar: WorkingCalendar) -> Schedule | None:
    """When the period is reported; None where it is skipped or not held. One query.

    Reporting begins some working days before its day, for a week not before its Monday.
    """
    rule = rule_on(period.kind, period.last)
    if rule is None or not rule.is_held:
        return None
    due_on = period.due_on(calendar, weekday=rule.weekday, days_after=rule.days_after)
    if due_on is None:
        return None
    opens_on = calendar.nth_working_day_before(due_on + timedelta(days=1), rule.opens_before + 1)
    if period.kind is PeriodKind.WEEK:
        opens_on = max(opens_on, period.first)
    return Schedule(opens_on, due_on, calendar.count(opens_on, due_on), tuple(rule.reminder_days))


def duties_on(kind: PeriodKind, day: date) -> list[Organisation]:
    """The units that report in rounds of a kind on a day, by path. One query."""
    rows = ReportingDuty.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=day),
        kind=kind.value,
        from_on__lte=day,
        organisation__is_active=True,
    )
    return [row.organisation for row in rows.select_related("organisation").order_by("organisation__path")]


def report_list(*, actor: User) -> ReportQuerySet:
    """Reports of the units the actor may see, with round, unit and reporter. One query."""
    return (
        Report.objects.visible_to(actor)
        .select_related("round", "organisation", "reported_by", "deadline")
        .order_by("-round__closes_on", "organisation__path")
    )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A unit's report in a round as it stands today."""

    report: Report
    standing: Standing


def reports_of(*, actor: User, round_: Round, today: date) -> list[ReportRow]:
    """What each unit the actor may see has said in a round, by path. One query."""
    rows = report_list(actor=actor).filter(round=round_).order_by("organisation__path")
    return [ReportRow(row, standing_in(row, round_, today)) for row in rows]


def owed_by(*, actor: User, today: date) -> list[ReportRow]:
    """What the actor's own units still owe or may still correct, soonest first. One query."""
    rows = report_list(actor=actor).filter(round__frozen_at__isnull=True, round__opened_at__isnull=False)
    found = [ReportRow(row, standing_in(row, row.round, today)) for row in rows]
    return sorted(found, key=lambda row: (row.report.round.due_on or date.max, row.report.organisation.path))


def standing_in(row: Report, round_: Round, today: date) -> Standing:
    """How a report stands in its round on a day."""
    return standing_of(reported_on=row.reported_on, due_on=round_.due_on, today=today)


def not_reported(rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Those that are named in the circular: silent or late."""
    return [row for row in rows if row.standing.is_named]
