"""What changes several apps at once, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts.models import User
from approvals.models import Step
from approvals.services.decisions import withdraw_step
from approvals.services.opening import open_track
from projects.models import Confirmation, Project
from projects.services.annual_list import remove_from_list
from projects.services.levels import confirm_track
from projects.services.screening import Adoption, adopt_many


@transaction.atomic
def adopt_and_open(*, actor: User, adoptions: Sequence[Adoption], today: date) -> list[Project]:
    """Adopt projects and give each the steps of its track; all of them or none.

    Raises: what `projects.services.screening.adopt_many` and `approvals…open_track` raise.
    """
    projects = adopt_many(actor=actor, adoptions=adoptions, today=today)
    for project in projects:
        open_track(project=project, actor=actor, today=today)
    return projects


@transaction.atomic
def remove_and_close(*, actor: User, project_id: int, reason: str, today: date) -> Project:
    """Take a project off the year's list and withdraw the steps that are under way, or nothing.

    Raises: what `projects.services.annual_list.remove_from_list` and `withdraw_step` raise.
    """
    project = remove_from_list(actor=actor, project_id=project_id, reason=reason, today=today)
    running = Step.objects.filter(project_id=project_id, status__in=Step.OPEN_STATUSES).order_by("pk")
    for step_id in running.values_list("pk", flat=True):
        withdraw_step(
            step_id=step_id,
            withdrawn_on=today,
            reason=f"项目调出年度清单：{project.screening_reason}"[:300],
            actor=actor,
            today=today,
        )
    return project


@transaction.atomic
def confirm_track_and_open(
    *, actor: User, project_id: int, track: str, reason: str, seen: str, today: date
) -> Confirmation:
    """Confirm a project's track; an adopted one gets the steps it lacks, those that are there stay.

    Raises: what `projects.services.levels.confirm_track` and `approvals…open_track` raise.
    """
    row = confirm_track(
        actor=actor, project_id=project_id, track=track, reason=reason, seen=seen, today=today
    )
    project = Project.objects.select_related("organisation").get(pk=project_id)
    if project.status == Project.Status.ADOPTED:
        open_track(project=project, actor=actor, today=today)
    return row
