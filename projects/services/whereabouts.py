"""Registering where a project's file has gone, and who goes along."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from notifications.models import Message
from notifications.services import tell
from projects.models import FileLevel, FileStop, Project
from projects.refusals import CompanionOutside, FileStopInvalid, ProjectNotEditable
from projects.selectors.whereabouts import possible_companions


@transaction.atomic
def register_stop(
    *,
    actor: User,
    project_id: int,
    level: str,
    office: str,
    since_on: date,
    companion_id: int,
    note: str = "",
    today: date,
) -> FileStop:
    """The file of a project has reached an office; the stop before it ends that day.

    Whoever accompanies it is told, unless they registered it themselves. Not safe to repeat.

    Args:
        since_on: the day it arrived; not after `today`, not before it reached the last office.

    Raises:
        FileStopInvalid: no office, an unknown level, or the day is out of order.
        CompanionOutside: not one of `possible_companions`.
        ProjectNotEditable: the project was merged or removed.
        Project.DoesNotExist: unknown or not visible to `actor`.

    Source: S0-19.
    """
    require(actor, Right.RUN_STEPS)
    if level not in FileLevel.values or not office.strip():
        raise FileStopInvalid("须选定层级并写明在办单位，补充后再登记。", level=level)
    project = _locked(actor, project_id)
    companion = possible_companions(actor=actor).filter(pk=companion_id).first()
    if companion is None:
        raise CompanionOutside("跟办人不是本辖区的在岗人员，请重新选择。", companion=companion_id)
    last = FileStop.objects.current().filter(project=project).select_for_update().first()
    _check_day(since_on, last, today)
    if last is not None:
        last.until_on = since_on
        last.save(update_fields=["until_on"])
    stop = FileStop.objects.create(
        project=project,
        level=level,
        office=office.strip(),
        since_on=since_on,
        companion=companion,
        note=note.strip(),
        entered_by=actor,
    )
    _tell(stop, last, actor=actor, today=today)
    return stop


def _locked(actor: User, project_id: int) -> Project:
    rows = Project.objects.visible_to(actor).select_related("organisation")
    project = rows.select_for_update(of=("self",)).get(pk=project_id)
    if project.status in Project.HISTORY:
        raise ProjectNotEditable(
            f"该项目{project.get_status_display()}，不能再登记报件去向。", status=project.status
        )
    return project


def _check_day(since_on: date, last: FileStop | None, today: date) -> None:
    if since_on > today:
        raise FileStopInvalid(f"到件日期 {since_on} 晚于今天，请核对。", since_on=since_on)
    if last is not None and since_on < last.since_on:
        raise FileStopInvalid(
            f"报件 {last.since_on} 才到{last.office}，下一站不能早于这一天；请核对日期。", since_on=since_on
        )


def _tell(stop: FileStop, last: FileStop | None, *, actor: User, today: date) -> None:
    project = stop.project
    record(
        actor=actor,
        verb="project.file_moved",
        subject=project,
        facts={
            "from": str(last) if last else "",
            "to": str(stop),
            "since_on": stop.since_on,
            "companion": stop.companion.label,
        },
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
    if stop.companion_id != actor.pk:
        tell(
            recipients=[stop.companion],
            kind=Message.Kind.NOTICE,
            key=f"file-stop-{stop.pk}",
            title=f"请跟办“{project.name}”的报件，现在{stop}",
            body=stop.note or "报件到下一站后，请及时登记去向。",
            url=f"{project.get_absolute_url()}?tab=file",
        )
