"""Putting the dashboard's changes together, checking them, and keeping them with a frozen round."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from dispatch.models import BEGINNING, DeadlineTally, FrozenTally

# One folds at a time; a second one finds nothing to do. The number names this lock and no other.
_LOCK = 5_227_013
# The course of the weeks is asked for twelve weeks back.
_WEEKS_KEPT = 13
_CELL = "scope_organisation_id, stage, year, level, measure"


@transaction.atomic
def fold(*, today: date) -> int:
    """Sum up the rows of change that came since; how many were taken. Readings stay the same.

    What lies up to today becomes one row per figure and cell; the course of the weeks one row per
    week, and what was late longer ago than the dashboard looks back, one row. Safe to run at any time,
    twice, or not at all for a week. `today` must not lie after any reader's day.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_FOLD, _days(today))
        taken = int(cursor.fetchone()[0])
        cursor.execute("DELETE FROM dispatch_deadlinetally WHERE is_folded AND number = 0")
    return taken


_TO_DAY = """CASE
    WHEN measure <> ALL(%(course)s) THEN CASE WHEN day <= %(today)s THEN %(beginning)s::date ELSE day END
    WHEN measure = 'late' AND day < %(oldest)s THEN %(beginning)s::date
    WHEN day < %(monday)s THEN date_trunc('week', day)::date
    ELSE day END"""
_FOLD = f"""
WITH taken AS (
    DELETE FROM dispatch_deadlinetally
    WHERE NOT is_folded OR day <> {_TO_DAY}
    RETURNING {_CELL}, {_TO_DAY} AS day, number
), summed AS (
    SELECT {_CELL}, day, sum(number) AS number FROM taken GROUP BY {_CELL}, day
), put AS (
    INSERT INTO dispatch_deadlinetally AS kept ({_CELL}, day, number, is_folded)
    SELECT {_CELL}, day, number, true FROM summed
    ON CONFLICT ({_CELL}, day) WHERE is_folded DO UPDATE SET number = kept.number + excluded.number
    RETURNING 1
)
SELECT count(*) FROM taken, (SELECT count(*) FROM put) AS done
"""


@transaction.atomic
def retally() -> None:
    """Write every figure anew from deadlines and projects. Repairs; holds writers of figures off."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE deadlines_deadline, projects_project IN SHARE MODE")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT dispatch_retally()")


def keep(*, period: str, version: int, taken_on: date) -> None:
    """Keep the figures of the day with a round that is being frozen; once for each version.

    Runs in the caller's transaction, so that figures and ledger are of one moment.
    """
    if FrozenTally.objects.filter(period=period, version=version).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO dispatch_frozentally (period, version, taken_on, {_CELL}, day, number)
            SELECT %(period)s, %(version)s, %(today)s, {_CELL}, {_TO_DAY} AS to_day, sum(number)
            FROM dispatch_deadlinetally WHERE day <= %(today)s
            GROUP BY {_CELL}, to_day HAVING sum(number) <> 0""",
            {"period": period, "version": version, **_days(taken_on)},
        )


def _days(today: date) -> dict[str, Any]:
    monday = today - timedelta(days=today.weekday())
    return {
        "today": today,
        "monday": monday,
        "oldest": monday - timedelta(weeks=_WEEKS_KEPT),
        "beginning": BEGINNING,
        "course": list(DeadlineTally.COURSE),
    }
