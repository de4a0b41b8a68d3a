from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from audit.models import Entry
from core.errors import DomainError
from jobs import registry, services
from jobs.errors import JobFinished, JobNotRetryable, LeaseLost
from jobs.models import Job
from jobs.progress import Progress
from jobs.registry import Outcome
from notifications.models import Message
from tests.factories import JobFactory, organisation

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock(db):
    return Clock()


@pytest.fixture
def handle():
    """Register a handler for jobs of kind "test" for the length of one test."""

    def register(handler):
        registry.register("test", label="测试", handler=handler)

    yield register
    registry.unregister("test")


def ask(officer, **changed):
    asked = {
        "kind": "test",
        "key": "test:1",
        "title": "测试任务",
        "payload": {"n": 1},
        "actor": officer,
        "organisation": organisation("522701"),
        "now": NOW,
    }
    return services.enqueue(**asked | changed)


def nothing(job, progress):
    return Outcome


def test_asking_twice_for_the_same_work_gives_one_job(officer):
    first = ask(officer)

    assert ask(officer) == first
    assert Job.objects.count() == 1


def test_a_done_job_is_returned_and_not_done_again(officer, clock, handle):
    handle(nothing)
    ask(officer)
    services.run_waiting(clock=clock)

    again = ask(officer)

    assert again.state == Job.State.DONE
    assert services.run_waiting(clock=clock) == 0


def test_a_failed_job_that_is_asked_for_again_begins_anew(officer, clock, handle):
    def refuse(job, progress):
        raise DomainError("本周无工作日，不报送。")

    handle(refuse)
    ask(officer)
    services.run_waiting(clock=clock)
    failed = Job.objects.get()

    again = ask(officer, payload={"n": 2})

    assert failed.state == Job.State.FAILED
    assert failed.error == "本周无工作日，不报送。"
    assert (again.pk, again.state, again.attempts, again.payload) == (failed.pk, "QUEUED", 0, {"n": 2})


def test_a_finished_job_keeps_its_result_and_tells_who_asked(officer, clock, handle):
    handle(lambda job, progress: lambda: Outcome(url="/ledgers/1/", facts={"rows": 3}))
    job = ask(officer)

    services.run_waiting(clock=clock)

    job.refresh_from_db()
    assert (job.state, job.result, job.result_url, job.percent) == ("DONE", {"rows": 3}, "/ledgers/1/", 100)
    assert Message.objects.get(recipient=officer).url == f"/jobs/{job.pk}/"
    assert [line.text for line in job.log.all()] == ["开始执行", "完成"]


def test_two_workers_never_claim_the_same_job(officer, clock, handle):
    handle(nothing)
    ask(officer)

    first = services.claim(now=NOW)

    assert first is not None
    assert services.claim(now=NOW) is None


def test_a_claim_skips_rows_that_another_claims_at_this_moment(clock, handle):
    handle(nothing)
    JobFactory(not_before=NOW)

    with connection.execute_wrapper(_remember(seen := [])):
        services.claim(now=NOW)

    assert any("FOR UPDATE SKIP LOCKED" in sql for sql in seen)


def _remember(seen):
    def wrapper(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    return wrapper


def test_an_abandoned_job_is_taken_over_and_its_first_worker_can_no_longer_finish_it(officer, clock, handle):
    handle(lambda job, progress: lambda: Outcome(facts={"by": "second"}))
    ask(officer)
    dead = services.claim(now=clock())
    clock.forward(seconds=services.lease_length().total_seconds() + 1)

    services.run_waiting(clock=clock)

    with pytest.raises(LeaseLost):
        services._finish(dead, lambda: Outcome(facts={"by": "first"}), now=clock())
    assert Job.objects.get().result == {"by": "second"}
    assert Job.objects.get().log.filter(text__contains="接手").exists()


def test_a_job_under_a_living_lease_is_not_taken_over(officer, clock, handle):
    handle(nothing)
    ask(officer)
    services.claim(now=clock())
    clock.forward(seconds=services.lease_length().total_seconds() - 1)

    assert services.claim(now=clock()) is None


def test_a_report_renews_the_lease(officer, clock, handle):
    handle(nothing)
    ask(officer)
    claimed = services.claim(now=clock())
    progress = Progress(claimed.job.pk, claimed.token, services.lease_length(), clock)
    clock.forward(seconds=50)

    progress.report(5, 10, "第 5 行")

    job = Job.objects.get()
    assert job.lease_until == clock() + services.lease_length()
    assert (job.percent, job.progress_note) == (50, "第 5 行")


def test_reports_for_every_row_cost_one_write_in_half_a_second(
    officer, clock, handle, django_assert_num_queries
):
    handle(nothing)
    ask(officer)
    claimed = services.claim(now=clock())
    progress = Progress(claimed.job.pk, claimed.token, services.lease_length(), clock)

    with django_assert_num_queries(1):
        for row in range(100):
            progress.report(row, 1000, f"第 {row} 行")


def test_an_error_is_retried_later_and_in_the_end_given_up(officer, clock, handle):
    def broken(job, progress):
        raise RuntimeError("disk full")

    handle(broken)
    job = ask(officer)

    services.run_waiting(clock=clock)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.not_before) == ("QUEUED", 1, NOW + timedelta(seconds=10))
    assert services.run_waiting(clock=clock) == 0

    for _ in range(4):
        clock.forward(minutes=10)
        services.run_waiting(clock=clock)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("FAILED", 5)
    assert Message.objects.filter(recipient=officer, title__contains="未完成").count() == 1


def test_a_job_that_kills_its_workers_is_given_up(clock, handle):
    handle(nothing)
    job = JobFactory(not_before=NOW, max_attempts=2)
    for _ in range(2):
        services.claim(now=clock())
        clock.forward(minutes=5)

    assert services.claim(now=clock()) is None
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


def test_one_broken_job_does_not_stop_the_next(clock, handle):
    def broken_first(job, progress):
        if job.payload.get("broken"):
            raise RuntimeError("broken")
        return Outcome

    handle(broken_first)
    JobFactory(not_before=NOW, payload={"broken": True})
    good = JobFactory(not_before=NOW)

    services.run_waiting(clock=clock)

    good.refresh_from_db()
    assert good.state == Job.State.DONE


def test_a_job_of_another_release_waits_for_a_worker_that_knows_it(clock):
    job = JobFactory(kind="from the future", not_before=NOW)

    assert services.run_waiting(clock=clock) == 0
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_cancelled_job_writes_nothing_although_its_handler_comes_to_an_end(
    officer, dispatcher, clock, handle
):
    def cancelled_meanwhile(job, progress):
        services.cancel(job_id=job.pk, actor=dispatcher, now=NOW)
        return lambda: Outcome(facts={"written": True})

    handle(cancelled_meanwhile)
    job = ask(officer)

    services.run_waiting(clock=clock)

    job.refresh_from_db()
    assert (job.state, job.result) == ("CANCELLED", {})
    assert Entry.objects.filter(verb="job.cancelled").count() == 1


def test_a_running_handler_notices_the_cancellation_at_its_next_report(officer, dispatcher, clock, handle):
    reached = []

    def cancelled_meanwhile(job, progress):
        services.cancel(job_id=job.pk, actor=dispatcher, now=NOW)
        progress.report(1, 2)
        reached.append("after the report")
        return Outcome

    handle(cancelled_meanwhile)
    ask(officer)

    services.run_waiting(clock=clock)

    assert reached == []


def test_a_result_that_cannot_be_written_leaves_nothing_behind(officer, clock, handle):
    def half(job, progress):
        def write():
            JobFactory(key="half a result")
            raise RuntimeError("then the disk was full")

        return write

    handle(half)
    ask(officer)

    services.run_waiting(clock=clock)

    assert not Job.objects.filter(key="half a result").exists()


def test_retrying_gives_a_failed_job_all_its_attempts_again(officer, dispatcher):
    job = JobFactory(state="FAILED", attempts=5, finished_at=NOW, error="失败")

    services.retry(job_id=job.pk, actor=dispatcher, now=NOW)

    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, job.finished_at) == ("QUEUED", 0, "", None)
    assert Entry.objects.get(verb="job.retried").actor == dispatcher


def test_a_waiting_job_is_not_retried_and_a_done_one_not_cancelled(dispatcher):
    waiting, done = JobFactory(), JobFactory(state="DONE", finished_at=NOW)

    with pytest.raises(JobNotRetryable) as not_retryable:
        services.retry(job_id=waiting.pk, actor=dispatcher, now=NOW)
    with pytest.raises(JobFinished) as finished:
        services.cancel(job_id=done.pk, actor=dispatcher, now=NOW)

    assert not_retryable.value.facts == {"state": "QUEUED"}
    assert finished.value.facts == {"state": "DONE"}


def test_only_those_who_run_jobs_may_retry_or_cancel(officer):
    job = JobFactory(organisation=organisation("522701"))

    with pytest.raises(PermissionDenied):
        services.retry(job_id=job.pk, actor=officer, now=NOW)
    with pytest.raises(PermissionDenied):
        services.cancel(job_id=job.pk, actor=officer, now=NOW)


def test_the_database_refuses_a_running_job_without_a_lease(db):
    with pytest.raises(IntegrityError, match="job_running_has_a_lease"), transaction.atomic():
        JobFactory(state="RUNNING")
