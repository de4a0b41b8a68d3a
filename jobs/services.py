"""Background work: asked for once, claimed under a lease, finished once by whoever holds it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pghistory
from django.conf import settings
from django.db import transaction

from accounts.models import Organisation, User
from accounts.rights import Right, require
from audit.services import record
from core.errors import DomainError
from jobs import registry
from jobs.errors import JobFinished, JobNotRetryable, LeaseLost
from jobs.models import Job, JobLog, JobQuerySet, new_lease_token
from jobs.progress import Progress
from jobs.rules import rest_before_retry
from notifications.models import Message
from notifications.services import tell

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def lease_length() -> timedelta:
    """How long a silent worker keeps its job."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


# --- asking -----------------------------------------------------------------------------------


@transaction.atomic
def enqueue(
    *,
    kind: str,
    key: str,
    title: str,
    payload: dict[str, object],
    actor: User | None,
    organisation: Organisation,
    now: datetime,
) -> Job:
    """The job for `key`: the waiting, running or done one, else a new one or a failed one begun anew.

    Safe to repeat and to call at the same time. The caller has checked the right; afterwards a
    view calls `jobs.broker.wake()`, outside of the transaction.

    Args:
        key: names the work, not the request: "ledger:2026-W47:522700".
        payload: ids and JSON values; the handler reads the rest when it runs.
        actor: who asked; None for the schedule.
        organisation: whose work it is, and who may see it.
    """
    fresh = Job(
        kind=kind,
        key=key,
        title=title,
        payload=payload,
        not_before=now,
        requested_by=actor,
        organisation=organisation,
    )
    Job.objects.bulk_create([fresh], ignore_conflicts=True)
    job = Job.objects.select_for_update().get(key=key)
    if job.state in Job.RESTARTABLE_STATES:
        job.payload, job.requested_by = payload, actor
        job.save(update_fields=["payload", "requested_by"])
        _queue_again(job, now=now)
    return job


@transaction.atomic
def retry(*, job_id: int, actor: User, now: datetime) -> Job:
    """Begin a failed or cancelled job anew, with all its attempts.

    Raises:
        Job.DoesNotExist: not visible to the actor.
        JobNotRetryable: it waits, runs or is done.
    """
    require(actor, Right.RUN_JOBS)
    job = Job.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=job_id)
    if job.state not in Job.RESTARTABLE_STATES:
        raise JobNotRetryable(
            f"该任务{job.get_state_display()}，只有失败或已取消的任务可以重试。", state=job.state
        )
    _queue_again(job, now=now)
    _log(job, f"{actor.label}重试")
    _record(job, verb="job.retried", actor=actor)
    return job


def _queue_again(job: Job, *, now: datetime) -> None:
    job.state, job.not_before, job.attempts, job.error = Job.State.QUEUED, now, 0, ""
    job.progress_done = job.progress_total = 0
    job.progress_note = ""
    job.lease_token = job.lease_until = job.finished_at = None
    job.save(
        update_fields=[
            "state",
            "not_before",
            "attempts",
            "error",
            "progress_done",
            "progress_total",
            "progress_note",
            "lease_token",
            "lease_until",
            "finished_at",
        ]
    )


@transaction.atomic
def cancel(*, job_id: int, actor: User, now: datetime) -> Job:
    """Stop a waiting job, or a running one at its next report; nothing of it is written.

    Raises:
        Job.DoesNotExist: not visible to the actor.
        JobFinished: too late.
    """
    require(actor, Right.RUN_JOBS)
    job = Job.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=job_id)
    if not job.is_open:
        raise JobFinished(f"该任务{job.get_state_display()}，不能再取消。", state=job.state)
    _close(job, state=Job.State.CANCELLED, now=now)
    _log(job, f"{actor.label}取消")
    _record(job, verb="job.cancelled", actor=actor)
    return job


# --- running ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in somebody's hands: only `token` may report on it or finish it."""

    job: Job
    token: UUID


def run_waiting(*, clock: Clock) -> int:
    """Claim and run jobs until none is claimable; how many were run. Any number at the same time."""
    ran = 0
    while (claimed := claim(now=clock())) is not None:
        run(claimed, clock=clock)
        ran += 1
    return ran


def run_one(*, job_id: int, clock: Clock) -> bool:
    """Run this one job here and now; False if it is not claimable (another worker has it, or it is done)."""
    claimed = claim(now=clock(), among=Job.objects.filter(pk=job_id))
    if claimed is None:
        return False
    run(claimed, clock=clock)
    return True


@transaction.atomic
def claim(*, now: datetime, among: JobQuerySet | None = None) -> Claim | None:
    """Take the next waiting or abandoned job under a new lease; None if there is none.

    Jobs that others are claiming at this moment are skipped, not waited for. A job whose workers
    died `max_attempts` times is failed here, so that it cannot kill for ever.
    """
    known = [kind.slug for kind in registry.kinds()]
    jobs = Job.objects.all() if among is None else among
    claimable = jobs.claimable(now=now).filter(kind__in=known)
    for job in claimable.select_for_update(skip_locked=True).order_by("not_before", "id")[:20]:
        if job.attempts >= job.max_attempts:
            _fail_for_good(job, "工作进程多次中断，任务未能完成；联系系统管理员查看日志后重试。", now=now)
            continue
        is_abandoned = job.state == Job.State.RUNNING
        token = new_lease_token()
        job.state, job.lease_token, job.lease_until = Job.State.RUNNING, token, now + lease_length()
        job.attempts += 1
        job.started_at = now
        job.save(update_fields=["state", "lease_token", "lease_until", "attempts", "started_at"])
        _log(job, "上一次执行中断，由另一工作进程接手" if is_abandoned else "开始执行")
        return Claim(job, token)
    return None


def run(claimed: Claim, *, clock: Clock) -> None:
    """Do one claimed job to its end: done, failed, put back for a retry, or dropped.

    The handler's result and the end of the job are one transaction.
    """
    with pghistory.context(job=claimed.job.pk):
        _run(claimed, clock=clock)


def _run(claimed: Claim, *, clock: Clock) -> None:
    job = claimed.job
    progress = Progress(job.pk, claimed.token, lease_length(), clock)
    try:
        write = registry.kind_of(job.kind).handler(job, progress)
        _finish(claimed, write, now=clock())
    except LeaseLost:
        logger.info("Job %s was cancelled or taken over.", job.pk)
    except DomainError as refusal:
        # The same facts would be refused again; a person has to change something first.
        _give_up(claimed, refusal.message, now=clock())
    except Exception as error:  # the boundary: whatever a handler raises is kept with its job
        logger.exception("Job %s (%s) failed.", job.pk, job.key)
        _retry_or_give_up(claimed, error, now=clock())


@transaction.atomic
def _finish(claimed: Claim, write: registry.Write, *, now: datetime) -> None:
    job = _locked(claimed)
    outcome = write()
    job.result, job.result_url = dict(outcome.facts), outcome.url
    job.progress_done = job.progress_total = max(job.progress_total, 1)
    job.error = ""
    job.save(update_fields=["result", "result_url", "progress_done", "progress_total", "error"])
    _close(job, state=Job.State.DONE, now=now)
    _log(job, "完成")
    if outcome.told:
        _tell_requester(job, title=f"{job.title}：已完成", body=outcome.told)


@transaction.atomic
def _retry_or_give_up(claimed: Claim, error: Exception, *, now: datetime) -> None:
    try:
        job = _locked(claimed)
    except LeaseLost:
        return
    if job.attempts >= job.max_attempts:
        _fail_for_good(job, f"执行 {job.attempts} 次均未成功：{type(error).__name__}", now=now)
        return
    rest = rest_before_retry(job.attempts)
    job.state, job.not_before = Job.State.QUEUED, now + rest
    job.lease_token = job.lease_until = None
    job.error = f"{type(error).__name__}: {error}"
    job.save(update_fields=["state", "not_before", "lease_token", "lease_until", "error"])
    _log(job, f"第 {job.attempts} 次执行出错，{rest.seconds} 秒后重试")


@transaction.atomic
def _give_up(claimed: Claim, reason: str, *, now: datetime) -> None:
    try:
        job = _locked(claimed)
    except LeaseLost:
        return
    _fail_for_good(job, reason, now=now)


def _locked(claimed: Claim) -> Job:
    """The claimed job's row, locked, if this claim still holds it."""
    job = Job.objects.held_by(claimed.token).select_for_update().filter(pk=claimed.job.pk).first()
    if job is None:
        raise LeaseLost
    return job


def _fail_for_good(job: Job, reason: str, *, now: datetime) -> None:
    job.error = reason
    job.save(update_fields=["error"])
    _close(job, state=Job.State.FAILED, now=now)
    _log(job, f"失败：{reason}")
    _tell_requester(job, title=f"{job.title}：未完成", body=reason)


def _close(job: Job, *, state: Job.State, now: datetime) -> None:
    job.state, job.finished_at = state, now
    job.lease_token = job.lease_until = None
    job.save(update_fields=["state", "finished_at", "lease_token", "lease_until"])


def _tell_requester(job: Job, *, title: str, body: str) -> None:
    if job.requested_by is None or job.finished_at is None:
        return
    tell(
        recipients=[job.requested_by],
        kind=Message.Kind.JOB,
        key=f"job:{job.pk}:{job.state}:{job.finished_at.isoformat()}",
        title=title,
        body=body,
        url=job.get_absolute_url(),
    )


def _log(job: Job, text: str) -> None:
    JobLog.objects.create(job=job, text=text[:500])


def _record(job: Job, *, verb: str, actor: User) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=job,
        facts={"key": job.key, "kind": job.kind},
        scope_path=job.organisation.path,
    )
