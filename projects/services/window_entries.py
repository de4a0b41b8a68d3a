"""Putting a project that waits for its answer into a collection window."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from projects.models import CollectionWindow, Project
from projects.refusals import WindowNotFitting, WindowNotOpen
from projects.services.answers import answer
from projects.services.locking import lock_projects
from projects.services.screening import record_answer


@transaction.atomic
def join_window(*, actor: User, project_id: int, window_id: int, today: date) -> Project:
    """Count a project that came in between two windows, or for another one, with an open window.

    Where it waited for its county and the window does not gather, it goes on to the bureau; what the
    bureau has already is not sent back. The unit's own answer in the window stays as it is.

    Raises:
        WindowNotOpen: the window has not begun, or has ended.
        WindowNotFitting: the project is answered already, lies elsewhere, or is in the window.
        CollectionWindow.DoesNotExist, Project.DoesNotExist: unknown or not visible.
    """
    require(actor, Right.RUN_WINDOWS)
    windows = CollectionWindow.objects.visible_to(actor).select_related("organisation")
    window = windows.select_for_update(of=("self",)).get(pk=window_id)
    [project] = lock_projects(actor, [project_id])
    _check(project, window)
    project.window = window
    fields = ["window", "updated_at"]
    if project.status == Project.Status.REPORTED and not window.needs_gathering:
        project.status = Project.Status.SUBMITTED
        fields.append("status")
    project.save(update_fields=fields)
    facts: dict[str, object] = {"window": window.title}
    entry_id = record_answer(project, "project.window_joined", facts, actor=actor, today=today)
    answer(
        project=project,
        entry_id=entry_id,
        title=f"“{project.name}”列入{window.title}",
        body=f"随{window.title}一并审核，截止 {window.closes_on}。",
    )
    return project


def _check(project: Project, window: CollectionWindow) -> None:
    if window.state != CollectionWindow.State.OPEN:
        raise WindowNotOpen(
            f"“{window.title}”{window.get_state_display()}；请选择正在报送的批次。", state=window.state
        )
    if project.status not in Project.UNANSWERED:
        raise WindowNotFitting(
            f"“{project.name}”{project.get_status_display()}，只有等待审核的项目可以加入批次。",
            status=project.status,
        )
    if not project.organisation.path.startswith(window.organisation.path):
        raise WindowNotFitting(
            f"“{project.name}”不在“{window.title}”的组织地区内；请选择本地区的批次。",
            window=window.title,
        )
    if project.window_id == window.pk:
        raise WindowNotFitting(f"“{project.name}”已在“{window.title}”中，不用再加入。", window=window.title)
