"""kill -9 in the middle of the work: after the restart everything is finished, exactly once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import Entry
from core import clock
from deadlines.models import Deadline
from deadlines.selectors import working_calendar
from dispatch.models import LedgerSnapshot, Reminder, Round
from dispatch.rules.periods import Period
from dispatch.selectors.reminders import BATCH
from dispatch.services import rounds
from jobs import broker
from jobs.models import Job
from notifications.models import Delivery, Message
from projects.models import LandUse
from tests.dispatch.ledger_data import plant_projects
from tests.factories import ProjectFactory, organisation
from tests.services.conftest import House, until, waits_for_a_lock


def freeze_the_week(actor):
    """Ask for the ledger of the newest week that reports."""
    week, calendar = Period.of(clock.today()), working_calendar()
    while week.due_on(calendar) is None:
        week = week.before
    return rounds.freeze_round(
        period=week, actor=actor, today=clock.today(), calendar=calendar, now=timezone.now()
    )


def reminded():
    """What the holders were told; the rungs above have nobody here."""
    return Reminder.objects.filter(level="HOLDER")


def lapsed(job):
    job.refresh_from_db()
    return job.lease_until is None or job.lease_until < timezone.now()


def done(job):
    job.refresh_from_db()
    return job.state == Job.State.DONE


# Where the worker stands when it is killed: a lock that it needs next is held by the test.
MOMENTS = {
    "while it reads": "LOCK TABLE approvals_step IN ACCESS EXCLUSIVE MODE",
    "while it writes the result": "SELECT 1 FROM dispatch_round FOR UPDATE",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_ledger_whose_worker_is_killed_is_made_once(house: House, dispatcher, second_connection, moment):
    plant_projects(300)
    job = freeze_the_week(dispatcher)
    worker = house.worker()
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute(MOMENTS[moment])
    assert broker.wake()
    until(waits_for_a_lock, "the worker has come to the lock")

    house.kill(worker)
    second_connection.rollback()
    assert not LedgerSnapshot.objects.exists()
    assert Round.objects.get().frozen_at is None
    house.worker()
    until(lambda: lapsed(job), "the dead worker's lease lapses")
    assert broker.wake()
    until(lambda: done(job), "the ledger is made")

    ledger = LedgerSnapshot.objects.get()
    assert job.attempts == 2
    assert ledger.row_count == 300
    assert ledger.totals["areas"]["total_m2"] == sum(LandUse.objects.values_list("total_m2", flat=True))
    lines = [line.text for line in job.log.all()]
    assert lines == ["开始执行", "上一次执行中断，由另一工作进程接手", "完成"]
    assert Entry.objects.filter(verb="round.frozen").count() == 1
    assert Message.objects.filter(recipient=dispatcher, kind=Message.Kind.JOB).count() == 1


def plant_deadlines(count: int, holder) -> None:
    """Overdue promises of one project; what the services would conclude is written at once."""
    project = ProjectFactory()
    started_on = clock.today() - timedelta(days=60)
    Deadline.objects.bulk_create(
        Deadline(
            subject_kind="approvals.step",
            subject_id=n,
            subject_label="用地预审",
            project_id=project.pk,
            project_name=project.name,
            holder_organisation=organisation("522700-ZRZY-YTGZ"),
            holder=holder,
            scope_organisation=organisation("522701"),
            started_on=started_on,
            committed_limit=5,
            committed_unit="wd",
            committed_kind="max",
            due_on=started_on + timedelta(days=7),
        )
        for n in range(count)
    )


def test_a_reminder_run_whose_worker_is_killed_reminds_once(house: House, section, second_connection):
    count = 2 * BATCH + 100
    plant_deadlines(count, section)
    in_second_batch = Deadline.objects.order_by("pk")[BATCH + 10]
    worker = house.worker()
    # The worker commits its first batch and then meets a row that another has not committed yet.
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dispatch_reminder"
            " (deadline_id, recipient_id, stage, due_on, planned_on, message_key, created_at, level, reason,"
            " skipped)"
            " SELECT %s, %s, 'overdue', day, day, 'x', now(), 'HOLDER', '', '' FROM generate_series"
            " (%s::date, %s::date, '1 day') AS day",
            [
                in_second_batch.pk,
                section.pk,
                in_second_batch.started_on,
                in_second_batch.started_on + timedelta(days=30),
            ],
        )
    house.send("dispatch.remind")
    until(waits_for_a_lock, "the worker has come to the second batch")

    house.kill(worker)
    second_connection.rollback()
    assert reminded().count() == BATCH
    house.worker()
    house.send("dispatch.remind")
    until(lambda: reminded().count() == count, "all are reminded")
    house.send("dispatch.remind")
    house.send("dispatch.remind")
    until(lambda: finished(house, "dispatch.remind", times=3), "three more runs end")

    assert reminded().count() == count
    assert Message.objects.filter(recipient=section, kind=Message.Kind.OVERDUE).count() == count
    assert Delivery.objects.count() == count
    assert reminded().values("deadline").distinct().count() == count


def finished(house: House, task: str, *, times: int) -> bool:
    """Whether the newest process has run `task` so often to its end."""
    log = house.log_of(house.processes[-1]).read_text()
    return sum(f"Task {task}[" in line and "succeeded" in line for line in log.splitlines()) >= times


def test_a_message_delivered_three_times_has_one_effect(house: House, dispatcher, section):
    plant_projects(3)
    plant_deadlines(1, section)
    job = freeze_the_week(dispatcher)
    for _ in range(3):
        house.send("jobs.run_waiting")
        house.send("dispatch.remind")

    house.worker()
    until(lambda: finished(house, "jobs.run_waiting", times=3), "all wake-ups are used up")
    until(lambda: finished(house, "dispatch.remind", times=3), "all reminder runs end")

    assert done(job)
    assert job.attempts == 1
    assert LedgerSnapshot.objects.count() == 1
    assert Message.objects.filter(recipient=section).count() == 1
    assert Delivery.objects.count() == 1


def test_two_schedules_at_once_remind_once(house: House, section):
    plant_deadlines(1, section)
    worker = house.worker()
    house.beat("tests.services.fast_beat")
    house.beat("tests.services.fast_beat")

    log = house.log_of(worker)
    until(lambda: log.read_text().count("Task dispatch.remind[") >= 8, "both schedules have spoken")

    assert reminded().count() == 1
    assert Message.objects.filter(recipient=section).count() == 1
    assert Delivery.objects.count() == 1


def test_the_limits_of_these_tests_lie_in_the_calendar(db):
    calendar = working_calendar()

    assert calendar.first <= clock.today() - timedelta(days=60)
    assert clock.today() + timedelta(days=7) <= calendar.last <= date(9999, 1, 1)
