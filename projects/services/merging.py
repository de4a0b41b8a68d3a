"""Two rows become one project: what is kept, what is taken over, and the record of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from projects.models import DuplicatePair, MergeRecord, Project
from projects.refusals import MergeImpossible, ProjectNotWaiting
from projects.rules.duplicates import same_code
from projects.search_text import search_text
from projects.selectors.merging import SideBySide, side_by_side
from projects.services.answers import answer
from projects.services.duplicates import require_judge, settle
from projects.services.locking import lock_projects
from projects.services.screening import record_answer


@transaction.atomic
def merge(
    *,
    actor: User,
    project_id: int,
    target_id: int,
    reason: str,
    today: date,
    now: datetime,
    take: Collection[str] = (),
) -> Project:
    """Record that an unanswered project is the same as `target_id`, which stays.

    The county may merge what waits with it, the bureau everything that is not answered. Fields
    in `take` go from the merged row into the target; all others of the target stay. The record
    keeps both rows side by side. An open proposal of the two is settled.

    Raises:
        ProjectNotWaiting: it was answered before, or is not the actor's to judge now.
        MergeImpossible: the target is itself, lies elsewhere under another code, or is on no list.
        Project.DoesNotExist: one of them is unknown or not visible.
    """
    require_judge(actor)
    if project_id == target_id:
        raise MergeImpossible("不能与自身合并，请选择另一个项目。", target_id=target_id)
    by_id = {project.pk: project for project in lock_projects(actor, [project_id, target_id])}
    project, target = by_id[project_id], by_id[target_id]
    _check_open(actor, project)
    _check_target(project, target)
    compared = side_by_side(kept=target, dropped=project)
    reason = reason.strip() or f"与“{target.name}”重复"
    taken = _taken(compared, take, target)
    _close(project, target, reason)
    _take_over(target, project, taken)
    MergeRecord.objects.create(
        project=project,
        target=target,
        reason=reason,
        fields=[
            {**row.as_dict(), "taken": row.field in {field.field for field in taken}} for row in compared
        ],
        merged_on=today,
        merged_by=actor,
    )
    _settle_pair(project, target, actor=actor, reason=reason, now=now)
    _tell(project, target, taken, actor=actor, today=today)
    return project


def _check_open(actor: User, project: Project) -> None:
    own = (Project.Status.REPORTED,) if actor.reporting_unit is not None else Project.UNANSWERED
    if project.status not in own:
        raise ProjectNotWaiting(
            f"“{project.name}”{project.get_status_display()}，不能合并；刷新页面查看最新情况。",
            project_id=project.pk,
            status=project.status,
        )


def _check_target(project: Project, target: Project) -> None:
    if target.organisation_id != project.organisation_id and not same_code(project.code, target.code):
        raise MergeImpossible(
            f"“{target.name}”不在同一县市，项目代码也不同，不能合并；请核对后选择。", target_id=target.pk
        )
    if target.status not in (*Project.UNANSWERED, Project.Status.ADOPTED):
        raise MergeImpossible(
            f"“{target.name}”{target.get_status_display()}，不能作为合并对象；请选择在册的项目。",
            target_id=target.pk,
        )


def _taken(compared: list[SideBySide], take: Collection[str], target: Project) -> list[SideBySide]:
    """What the target takes over: of an adopted project never what the office has settled."""
    return [
        row
        for row in compared
        if row.field in take
        and row.may_be_taken
        and not (target.status == Project.Status.ADOPTED and row.is_the_offices and row.kept)
    ]


def _close(project: Project, target: Project, reason: str) -> None:
    # First: the code of the merged row may go over to the target.
    project.status = Project.Status.MERGED
    project.merged_into = target
    project.screening_reason = reason
    project.save(update_fields=["status", "merged_into", "screening_reason", "updated_at"])


def _take_over(target: Project, project: Project, taken: list[SideBySide]) -> None:
    if not taken:
        return
    fields = [name for row in taken for name in _columns(row.field)]
    for name in fields:
        setattr(target, name, getattr(project, name))
    target.search_text = search_text(
        name=target.name, code=target.code, number=target.number, owner_unit=target.owner_unit
    )
    target.save(update_fields=[*fields, "search_text", "updated_at"])


def _columns(field: str) -> Iterator[str]:
    """A planned date is two columns: as written, and as a day."""
    yield field
    if field in ("planned_start", "planned_finish"):
        yield f"{field}_on"


def _settle_pair(project: Project, target: Project, *, actor: User, reason: str, now: datetime) -> None:
    first, second = sorted((project.pk, target.pk))
    pairs = DuplicatePair.objects.select_for_update().filter(
        first=first, second=second, state=DuplicatePair.State.PROPOSED
    )
    settle(list(pairs), DuplicatePair.State.MERGED, actor=actor, reason=reason, now=now)


def _tell(project: Project, target: Project, taken: list[SideBySide], *, actor: User, today: date) -> None:
    facts: dict[str, object] = {
        "target_id": target.pk,
        "target_name": target.name,
        "target_number": target.display_code,
        "reason": project.screening_reason,
        "taken": [row.label for row in taken],
    }
    entry_id = record_answer(project, "project.merged", facts, actor=actor, today=today)
    answer(
        project=project,
        entry_id=entry_id,
        title=f"“{project.name}”已合并",
        body=f"与“{target.name}”为同一项目，今后以该项目办理。{project.screening_reason}",
    )
