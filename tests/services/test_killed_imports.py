"""kill -9 of the worker in the middle of an import's writing: nothing or everything, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import User
from core import clock
from jobs import broker
from jobs.models import Job
from jobs.services import run_waiting
from notifications.models import Message
from projects.models import LandUse, Project, Submission
from projects.refusals import DraftGone
from projects.selectors.shown import kept_preview
from projects.services import importing, large_uploads
from tests.services.conftest import House, until, waits_for_a_lock
from tests.services.test_large_imports import workbook

ROWS = 2_000
# Writers wait here, readers do not: so the worker stands where its projects are stored and their land
# is not, and where everything is stored but the log.
MOMENTS = {
    "between projects and their land": "LOCK TABLE projects_landuse IN SHARE ROW EXCLUSIVE MODE",
    "before the log": "LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE",
}


def previewed(actor: User) -> Job:
    """An import that waits for a worker; its preview is made here."""
    now, today = timezone.now(), clock.today()
    draft = importing.stage_large(
        actor=actor, filename="清单.xlsx", content=workbook(ROWS), today=today, now=now
    )
    large_uploads.request_preview(actor=actor, draft=draft, today=today, now=now)
    run_waiting(clock=timezone.now)
    draft.refresh_from_db()
    return large_uploads.request_import(
        actor=actor,
        draft_id=draft.pk,
        good_only=False,
        seen=kept_preview(draft, []).seen,
        today=today,
        now=now,
    )


def is_free(job: Job) -> bool:
    job.refresh_from_db()
    return job.lease_until is None or job.lease_until < timezone.now()


def is_done(job: Job) -> bool:
    job.refresh_from_db()
    return job.state == Job.State.DONE


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_import_whose_worker_is_killed_stores_nothing_and_the_next_one_everything_once(
    house: House, dispatcher: User, second_connection: Any, moment: str
) -> None:
    job = previewed(dispatcher)
    worker = house.worker()
    second_connection.set_autocommit(False)
    with second_connection.cursor() as cursor:
        cursor.execute(MOMENTS[moment])
    assert broker.wake()
    until(waits_for_a_lock, "the worker has come to the lock")

    house.kill(worker)
    second_connection.rollback()
    until(lambda: not waits_for_a_lock(), "the dead session is gone")
    assert (Project.objects.count(), LandUse.objects.count(), Submission.objects.count()) == (0, 0, 0)
    house.worker()
    until(lambda: is_free(job), "the dead worker's lease lapses")
    assert broker.wake()
    until(lambda: is_done(job), "the import is made")

    events = apps.get_model("projects", "ProjectEvent").objects
    assert job.attempts == 2
    assert Submission.objects.get().rows.count() == ROWS
    assert Project.objects.count() == LandUse.objects.count() == events.count() == ROWS
    lines = [line.text for line in job.log.all()]
    assert "上一次执行中断，由另一工作进程接手" in lines
    # One for the preview, one for the import.
    assert Message.objects.filter(recipient=dispatcher, kind=Message.Kind.JOB).count() == 2
    with pytest.raises(DraftGone):
        large_uploads.request_import(
            actor=dispatcher,
            draft_id=job.payload["draft"],
            good_only=False,
            seen=str(job.payload["seen"]),
            today=clock.today(),
            now=timezone.now(),
        )
