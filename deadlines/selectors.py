"""Reading the clock: the calendar in force, and a deadline as it stands on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max, Min, Prefetch, Q, prefetch_related_objects

from accounts.models import User
from core.kept import kept
from deadlines import rules
from deadlines.models import (
    CalendarDay,
    CalendarRevision,
    CalendarYear,
    Deadline,
    DeadlineQuerySet,
    LampSetting,
    Pause,
    PauseKind,
    ReminderSetting,
)

if TYPE_CHECKING:
    from deadlines.urgent import Terms


def calendar_revision() -> CalendarRevision | None:
    """The version of the calendar in force; None before the first loading. One query."""
    return CalendarRevision.objects.order_by("-id").first()


@kept
def working_calendar() -> rules.WorkingCalendar:
    """The official calendar as it stands, provisional years included."""
    span = CalendarYear.objects.aggregate(first=Min("year"), last=Max("year"))
    provisional = CalendarYear.objects.filter(status=CalendarYear.Status.PROVISIONAL)
    days = list(CalendarDay.objects.values_list("date", "is_working", "name"))
    return rules.WorkingCalendar(
        first=date(span["first"] or 2004, 1, 1),
        last=date(span["last"] or 2004, 12, 31),
        holidays=frozenset(day for day, works, _ in days if not works),
        makeup_days=frozenset(day for day, works, _ in days if works),
        names={day: name for day, works, name in days if not works},
        provisional_years=frozenset(provisional.values_list("year", flat=True)),
    )


def lamp_thresholds(on: date) -> rules.LampThresholds:
    """The lamp settings in force on a day; the defaults of rulings.md before the first row."""
    row = LampSetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    if row is None:
        return rules.LampThresholds()
    return rules.LampThresholds(
        share_percent=row.amber_share_percent,
        most=row.amber_most_days,
        validity_days=row.validity_amber_days,
    )


def reminder_plan(on: date) -> rules.ReminderPlan:
    """How long before the end holders are reminded on a day; the defaults before the first row."""
    row = ReminderSetting.objects.filter(effective_from__lte=on).order_by("-effective_from").first()
    if row is None:
        return rules.ReminderPlan()
    return rules.ReminderPlan(
        working_days_before=tuple(row.working_days_before),
        validity_days_before=tuple(row.validity_days_before),
    )


def pause_kinds(on: date) -> list[PauseKind]:
    """The reasons that may begin a pause on a day, statutory ones last. One query."""
    in_force = PauseKind.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=on), effective_from__lte=on
    )
    return list(in_force.order_by("stops_statutory", "id"))


def line_of(deadline: Deadline | Terms, name: rules.LineName) -> rules.Line | None:
    """One line of a stored deadline as the rules read it; None where it has no such line."""
    limit = getattr(deadline, f"{name}_limit")
    if limit is None:
        return None
    return rules.Line(
        limit=limit,
        unit=rules.Unit(getattr(deadline, f"{name}_unit")),
        kind=rules.LineKind(getattr(deadline, f"{name}_kind")),
        extension=getattr(deadline, f"{name}_extension"),
        is_reference=name is rules.LineName.STATUTORY and deadline.statutory_is_reference,
    )


def pauses_of(deadline: Deadline) -> list[rules.Pause]:
    """The deadline's pauses as the rules read them. Uses prefetched rows where there are any."""
    return [
        pause_of(
            row.first_on,
            row.last_on,
            row.kind.label,
            stops_committed=row.stops_committed,
            stops_statutory=row.stops_statutory,
        )
        for row in deadline.pauses.all()
    ]


def pause_of(
    first: date, last: date | None, reason: str, *, stops_committed: bool, stops_statutory: bool
) -> rules.Pause:
    """A stored pause as the rules read it: both ends included, no last day while it is open."""
    stopped = {rules.LineName.COMMITTED: stops_committed, rules.LineName.STATUTORY: stops_statutory}
    return rules.Pause(
        first=first,
        last=last,
        reason=reason,
        stops=frozenset(name for name, stops in stopped.items() if stops),
    )


def with_pauses(deadlines: DeadlineQuerySet) -> DeadlineQuerySet:
    """Load what `reading_of` and `sheet_of` need: one more query for the pauses."""
    return deadlines.prefetch_related(Prefetch("pauses", queryset=Pause.objects.select_related("kind")))


def reading_of(deadline: Deadline, *, today: date, calendar: rules.WorkingCalendar) -> rules.DeadlineReading:
    """Both lines of a deadline on `today`, frozen from the day it stopped."""
    return rules.read_deadline(
        start=deadline.started_on,
        today=today,
        calendar=calendar,
        committed=line_of(deadline, rules.LineName.COMMITTED),
        statutory=line_of(deadline, rules.LineName.STATUTORY),
        pauses=pauses_of(deadline),
        stopped_on=deadline.stopped_on,
    )


def sheet_of(
    deadline: Deadline, name: rules.LineName, *, today: date, calendar: rules.WorkingCalendar
) -> Sequence[rules.DaySquare]:
    """The day-by-day sheet of one line; empty where the deadline has no such line."""
    line = line_of(deadline, name)
    if line is None:
        return ()
    return rules.day_sheet(
        line=line,
        start=deadline.started_on,
        today=today,
        calendar=calendar,
        pauses=pauses_of(deadline),
        name=name,
        stopped_on=deadline.stopped_on,
    )


def lamp_of(deadline: Deadline | Terms, today: date) -> rules.Lamp:
    """The lamp of a stored deadline from its stored days; equal to `with_lamp` in the database."""
    if not deadline.is_open:
        return rules.Lamp.DONE
    paused = deadline.started_on if deadline.state == Deadline.State.PAUSED else None
    return rules.LampDates(
        live_from=deadline.live_from,
        amber_from=deadline.amber_from,
        red_from=deadline.red_from,
        paused_from=paused,
        idle_from=deadline.idle_from,
    ).on(today)


def deadline_list(*, actor: User) -> DeadlineQuerySet:
    """Deadlines the actor may see, with holder and scope loaded. One query."""
    return (
        Deadline.objects.visible_to(actor)
        .select_related("holder_organisation", "holder", "scope_organisation")
        .order_by("due_on", "id")
    )


def open_stages(organisation_ids: Sequence[int]) -> list[str]:
    """The stages in which anything runs for these organisations, sorted. One query.

    Steps from one (organisation, stage) to the next along the index, so that its cost follows the
    number of stages and not that of deadlines.
    """
    if not organisation_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_STAGES, [list(organisation_ids)])
        return [stage for (stage,) in cursor.fetchall()]


_OPEN_STAGES = """
WITH RECURSIVE walk AS (
    SELECT unit.id AS unit, ''::text AS stage FROM unnest(%s::bigint[]) AS unit(id)
    UNION ALL
    SELECT walk.unit, (
        SELECT stage::text FROM deadlines_deadline
        WHERE scope_organisation_id = walk.unit AND stage > walk.stage AND state IN ('RUNNING', 'PAUSED')
        ORDER BY stage LIMIT 1
    )
    FROM walk WHERE walk.stage IS NOT NULL
)
SELECT DISTINCT stage FROM walk WHERE stage <> '' ORDER BY stage
"""


def load_pauses(deadlines: list[Deadline]) -> None:
    """Load the pauses of rows already read, as `with_pauses` does: one query for all of them."""
    prefetch_related_objects(deadlines, Prefetch("pauses", queryset=Pause.objects.select_related("kind")))
