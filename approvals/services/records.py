"""What every record beside the steps begins and ends with: whose project, its lock, its clocks, its log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import models

from accounts.models import User
from accounts.rights import Right, allowed, require
from approvals.errors import DayOutOfOrder
from audit.services import record
from deadlines import services as clock
from deadlines.models import Deadline
from deadlines.rules import Line, LineKind, Unit
from deadlines.services import LineSpec, Owner
from projects.models import Project
from projects.refusals import ProjectNotEditable


def may_record(actor: User, project: Project) -> bool:
    """Whether the project's approvals and land are the actor's side to record. Reads `organisation`.

    A county that only holds a share of a project reads it.
    """
    if not allowed(actor, Right.RUN_STEPS) or project.status in Project.HISTORY:
        return False
    unit = actor.reporting_unit
    return unit is None or project.organisation.path.startswith(unit.path)


def locked_projects(project_ids: Iterable[int], *, actor: User) -> dict[int, Project]:
    """The projects under row locks, in the order of their ids.

    Raises:
        Project.DoesNotExist: one of them is unknown or not visible to the actor.
        ProjectNotEditable: merged or removed.
        PermissionDenied: the role records nothing, or the project is another unit's.
    """
    require(actor, Right.RUN_STEPS)
    wanted = set(project_ids)
    visible = Project.objects.visible_to(actor).filter(pk__in=wanted).values("pk")
    rows = (
        Project.objects.filter(pk__in=visible)
        .select_related("organisation", "submitted_by")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    if set(found) != wanted:
        raise Project.DoesNotExist
    for project in found.values():
        if project.status in Project.HISTORY:
            raise ProjectNotEditable(
                f"该项目{project.get_status_display()}，不能再登记；请在合并后的项目上办理。",
                status=project.status,
            )
        if not may_record(actor, project):
            raise PermissionDenied(f"{project.name}由{project.organisation.short_name}登记。")
    return found


def refuse_future(day: date | None, *, words: str, today: date) -> None:
    """Refuse the day of something that is said to have happened, but lies after today."""
    if day is not None and day > today:
        raise DayOutOfOrder(f"{words}不能晚于今天（{today}）。", day=day, today=today)


def open_promise(
    *, owner: Owner, role: Deadline.Role, started_on: date, due_on: date, basis: str, today: date
) -> Deadline:
    """A promise that ends on a day named by a paper: it warns as a validity does, and is red after it.

    It does not roll over days off, and may lie years beyond the calendar.
    """
    line = Line((due_on - started_on).days, Unit.CALENDAR_DAY, LineKind.VALIDITY)
    opened = clock.open_deadline(
        owner=owner,
        role=role,
        started_on=started_on,
        committed=None,
        statutory=LineSpec(line, basis),
        today=today,
    )
    clock.mark_dependent(deadline_id=opened.pk, is_open=True, today=today)
    opened.refresh_from_db()
    return opened


def owner_for(subject: models.Model, project: Project, *, label: str, stage: str) -> Owner:
    """The project's own unit as holder of a promise about `subject`."""
    return Owner(
        subject=subject,
        subject_label=label,
        holder_organisation=project.organisation,
        scope_organisation=project.organisation,
        stage=stage,
        project_id=project.pk,
        project_code=project.display_code,
        project_name=project.name,
    )


def cancel_deadline(deadline: Deadline | None, *, today: date) -> None:
    """Let a promise fall away, if there is one that still runs."""
    if deadline is not None and deadline.is_open:
        clock.cancel(deadline_id=deadline.pk, stopped_on=today, today=today)


def log(
    project: Project,
    *,
    actor: User,
    verb: str,
    subject: models.Model,
    facts: dict[str, object],
    occurred_on: date | None = None,
) -> None:
    """Write what was recorded into the project's history."""
    record(
        actor=actor,
        verb=verb,
        subject=subject,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=occurred_on,
    )


def log_setting(
    row: models.Model, setting: str, *, actor: User, facts: dict[str, object], scope_path: str = ""
) -> None:
    """Write down that a dated setting has another row or end; `setting` names it in words."""
    said = {"setting": setting, **facts}
    record(actor=actor, verb="setting.changed", subject=row, facts=said, scope_path=scope_path)
