"""A year-end run whose process or database session dies halfway: all or nothing, then completed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from accounts.models import User
from quotas import selectors
from quotas.models import Account, Booking, Movement, YearEndRun
from quotas.rules import Pool
from quotas.services import bookings, year_end
from quotas.services.bookings import Sheet
from tests.factories import UserFactory, organisation
from tests.services.conftest import ROOT, database_url, until, waits_for_a_lock

DAY, END, NEXT = date(2026, 11, 20), date(2026, 12, 31), date(2027, 1, 4)
COUNTIES = ("522701", "522702", "522722", "522723", "522725", "522730")
COMMIT = """
import django; django.setup()
from datetime import UTC, datetime
from accounts.models import User
from quotas.services import year_end
year_end.commit_run(actor=User.objects.get(pk={actor}), run_id={run}, document_no="1", reason="年末失效",
    now=datetime(2027, 1, 4, tzinfo=UTC))
"""


def prepared() -> tuple[User, YearEndRun]:
    keeper = UserFactory.create(role="DISPATCH")
    sheet = Sheet(reason="下达", occurred_on=DAY, document_no="1")
    for code in COUNTIES:
        bookings.allot_plan(
            actor=keeper, county=organisation(code), year=2026, amount=100_000, sheet=sheet, today=DAY
        )
    run = year_end.prepare_run(actor=keeper, pool=Pool.PLAN, year=2026, occurred_on=END, today=NEXT)
    return keeper, run


def committing(keeper: User, run: YearEndRun) -> subprocess.Popen[bytes]:
    """Another process in the middle of the commit."""
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", COMMIT.format(actor=keeper.pk, run=run.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "landguard.settings",
            "PYTHONPATH": str(ROOT),
        },
        stderr=subprocess.DEVNULL,
    )


def nothing_moved(run: YearEndRun) -> bool:
    run.refresh_from_db()
    return (
        run.state == "PREVIEW"
        and not Movement.objects.filter(kind="LAPSE").exists()
        and not Booking.objects.filter(kind="YEAR_END").exists()
    )


def held(second_connection: object) -> None:
    """Hold the account of the run's last movement: the process stops after all it wrote before.

    A run locks its accounts first; so the test holds the table where movements go.
    """
    second_connection.set_autocommit(False)  # type: ignore[attr-defined]
    with second_connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("LOCK TABLE quotas_movement IN SHARE MODE")


@pytest.mark.parametrize("death", ["kill -9", "the database ends the session"])
def test_a_run_that_dies_halfway_has_moved_nothing_and_is_completed_afterwards(
    second_connection: object, death: str
) -> None:
    keeper, run = prepared()
    held(second_connection)
    process = committing(keeper, run)
    until(waits_for_a_lock, "the run has come to its movements")

    if death == "kill -9":
        process.kill()
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
    assert process.wait(timeout=30) != 0
    second_connection.rollback()  # type: ignore[attr-defined]
    until(lambda: not waits_for_a_lock(), "the dead session is gone")

    assert nothing_moved(run)
    done = year_end.commit_run(
        actor=keeper, run_id=run.pk, document_no="1", reason="年末失效", now=datetime(2027, 1, 4, tzinfo=UTC)
    )
    assert done.state == "COMMITTED"
    assert Movement.objects.filter(kind="LAPSE").count() == len(COUNTIES) + 1
    assert not Account.objects.filter(place="AVAILABLE", balance__gt=0).exists()
    assert selectors.prove_ledger().is_sound
