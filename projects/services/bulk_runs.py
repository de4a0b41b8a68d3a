"""One action on many projects: asked for once, done row by row, each row once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.errors import DomainError
from jobs.services import enqueue
from projects.list_refusals import ListChangedMeanwhile
from projects.models import BulkResult, BulkRun, Project

KIND = "projects.bulk"
Apply = Callable[[int], str | None]
GONE = "项目已不在您的可见范围内，未办理。"


@transaction.atomic
def start_run(
    *,
    actor: User,
    right: Right | None,
    action: str,
    label: str,
    facts: Mapping[str, object],
    query: str,
    chosen: Sequence[int] | None,
    expected: int,
    now: datetime,
) -> BulkRun:
    """Write down what is to be done to how many projects, and queue it.

    Args:
        query: the filter (`projects.list_question.kept_query`); kept instead of its rows.
        chosen: the ticked rows; None for all that the filter finds.
        expected: how many rows the actor was told; checked again when it runs.
    """
    if right is not None:
        require(actor, right)
    if actor.organisation is None:
        raise PermissionDenied("您的账号没有所属单位，不能批量办理；请联系系统管理员。")
    run = BulkRun.objects.create(
        actor=actor,
        action=action,
        facts=dict(facts),
        query=query,
        chosen=None if chosen is None else list(chosen),
        expected=expected,
    )
    job = enqueue(
        kind=KIND,
        key=f"{KIND}:{run.pk}",
        title=f"批量{label} {expected} 个项目",
        payload={"run": run.pk},
        actor=actor,
        organisation=actor.organisation,
        now=now,
    )
    run.job_id = job.pk
    run.save(update_fields=["job_id"])
    record(
        actor=actor,
        verb="bulk.asked",
        subject=run,
        facts={"action": action, "expected": expected, "all": chosen is None, "query": query},
    )
    return run


@transaction.atomic
def lay_out(*, run_id: int, found: Callable[[BulkRun], Sequence[int]]) -> BulkRun:
    """Fix the rows of a run once: as many as its maker agreed to, or none at all.

    Raises:
        ListChangedMeanwhile: the filter finds another number now.
    """
    run = BulkRun.objects.select_for_update(of=("self",)).select_related("actor").get(pk=run_id)
    if BulkResult.objects.filter(run=run).exists():
        return run
    ids = found(run)
    if run.chosen is None and len(ids) != run.expected:
        raise ListChangedMeanwhile(
            f"清单已变化：确认时符合条件的有 {run.expected} 个，现在有 {len(ids)} 个，整批未办理。"
            "回到清单核对后重新提交。",
            expected=run.expected,
            found=len(ids),
        )
    seen = set(ids)
    gone = [pk for pk in run.chosen or [] if pk not in seen]
    known = Project.objects.filter(pk__in=gone).values_list("pk", flat=True)
    BulkResult.objects.bulk_create(
        [BulkResult(run=run, project_id=pk) for pk in ids]
        + [BulkResult(run=run, project_id=pk, outcome="REFUSED", message=GONE) for pk in known],
        batch_size=1000,
    )
    return run


@transaction.atomic
def do_row(*, result_id: int, apply: Apply) -> None:
    """Do one waiting row with its result; what the service refuses is the result.

    Safe to repeat: a row that is done already stays as it is.
    """
    row = BulkResult.objects.select_for_update(of=("self",)).get(pk=result_id)
    if row.outcome != BulkResult.Outcome.WAITING:
        return
    try:
        with transaction.atomic():
            said = apply(row.project_id)
    except DomainError as refusal:
        row.outcome, row.message = BulkResult.Outcome.REFUSED, refusal.message[:500]
    except PermissionDenied as refusal:
        row.outcome, row.message = BulkResult.Outcome.REFUSED, str(refusal)[:500] or "您的岗位不能办理。"
    except Project.DoesNotExist:
        row.outcome, row.message = BulkResult.Outcome.REFUSED, GONE
    else:
        row.outcome, row.message = BulkResult.Outcome.DONE, (said or "")[:500]
    row.save(update_fields=["outcome", "message"])
