"""Taking a whole import back while nobody has touched its projects since."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from accounts.rights import Right, require
from audit.services import Act, record_all
from projects.models import LandUse, Project, Submission, SubmissionRow
from projects.refusals import SubmissionAlreadyUndone, SubmissionTouched
from projects.services.snapshots import completed, restore_all, snapshot

NAMED_AT_MOST = 5
_WROTE = (SubmissionRow.Verdict.NEW, SubmissionRow.Verdict.CHANGED)


@transaction.atomic
def undo_submission(*, actor: User, submission_id: int, today: date, now: datetime) -> Submission:
    """Undo one import: new projects are removed, changed ones get their old values back.

    All or nothing, and only while every project still is as the import left it. The
    submission, its file and its rows stay as the record of what happened.

    Raises:
        SubmissionAlreadyUndone: it was undone before.
        SubmissionTouched: a project was changed or answered since; facts name them.
        Submission.DoesNotExist: unknown or not visible to `actor`.
    """
    require(actor, Right.SUBMIT_LIST)
    submission = (
        Submission.objects.visible_to(actor)
        .defer("content")
        .select_related("organisation")
        .select_for_update(of=("self",))
        .get(pk=submission_id)
    )
    if submission.state == Submission.State.UNDONE:
        raise SubmissionAlreadyUndone("这次报送已经撤销，不能重复撤销；如需恢复，请重新上传文件。")
    rows = list(submission.rows.filter(verdict__in=_WROTE).order_by("row"))
    projects = _lock({row.project_id for row in rows if row.project_id})
    pairs = [(row, projects[row.project_id]) for row in rows if row.project_id]
    _check_untouched(pairs)
    _write_back(pairs)
    submission.state = Submission.State.UNDONE
    submission.undone_by = actor
    submission.undone_at = now
    submission.save(update_fields=["state", "undone_by", "undone_at"])
    whole = Act(
        verb="submission.undone",
        subject=submission,
        facts={"projects": len(projects)},
        scope_path=submission.organisation.path,
    )
    record_all(actor=actor, acts=[whole, *(_act(row, project) for row, project in pairs)], occurred_on=today)
    return submission


def _lock(ids: set[int]) -> dict[int, Project]:
    """Lock the projects in pk order, with their land."""
    rows = Project.objects.filter(pk__in=ids).order_by("pk").select_related("organisation")
    projects = {project.pk: project for project in rows.select_for_update(of=("self",))}
    for land in LandUse.objects.filter(project__in=ids).order_by("pk").select_for_update():
        projects[land.project_id].land = land
    return projects


def _check_untouched(pairs: list[tuple[SubmissionRow, Project]]) -> None:
    """Refuse if a project differs from what the import left, or others now lean on it."""
    leaned_on = _leaned_on([project for _, project in pairs])
    touched = [project for row, project in pairs if _differs(row, project) or project.pk in leaned_on]
    if not touched:
        return
    names = "、".join(f"“{project.name}”" for project in touched[:NAMED_AT_MOST])
    more = "等" if len(touched) > NAMED_AT_MOST else ""
    raise SubmissionTouched(
        f"{names}{more} {len(touched)} 个项目在导入后已被审核或修改，不能整批撤销；请联系州局逐个处理。",
        projects=[project.pk for project in touched],
        names=[project.name for project in touched],
    )


def _differs(row: SubmissionRow, project: Project) -> bool:
    now = snapshot(project)
    return now != completed(row.after, now)


def _leaned_on(projects: list[Project]) -> set[int]:
    """Projects into which others were merged."""
    merged = Project.objects.filter(merged_into__in=projects).values_list("merged_into_id", flat=True)
    return {pk for pk in merged if pk is not None}


def _write_back(pairs: list[tuple[SubmissionRow, Project]]) -> None:
    """New projects are removed, changed ones get their old values back."""
    new = [project.pk for row, project in pairs if row.verdict == SubmissionRow.Verdict.NEW]
    Project.objects.filter(pk__in=new).update(status=Project.Status.REMOVED, updated_at=Now())
    changed = [(row, project) for row, project in pairs if row.verdict == SubmissionRow.Verdict.CHANGED]
    restore_all([(project, row.before) for row, project in changed])


def _act(row: SubmissionRow, project: Project) -> Act:
    is_new = row.verdict == SubmissionRow.Verdict.NEW
    return Act(
        verb="project.removed" if is_new else "project.restored",
        subject=project,
        facts={"submission": row.submission_id, "row": row.row},
        project_id=project.pk,
        scope_path=project.organisation.path,
    )
