"""The bureau's answer to a project that was handed in: screen, adopt, return, leave off the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import Act, record, record_all
from projects.models import AnnualList, Project
from projects.refusals import ProjectCodeTaken, ProjectNotWaiting, ReasonMissing, TrackMissing
from projects.search_text import search_text
from projects.services.annual_list import note_joined
from projects.services.answers import answer, answer_all
from projects.services.locking import lock_projects


@dataclass(frozen=True, slots=True)
class Adoption:
    """One project to adopt and the track a person chose for it.

    An empty class or category keeps what was reported.
    """

    project_id: int
    track: str
    list_category: str = ""
    priority_class: str = ""


@transaction.atomic
def adopt(*, actor: User, adoption: Adoption, today: date) -> Project:
    """Put one waiting project on the year's list and give it its number; its unit is told.

    Raises:
        ProjectNotWaiting: it was answered before.
        TrackMissing: no track, or an unknown one.
        ProjectCodeTaken: another project of that code is on the list or among them.
        Project.DoesNotExist: unknown or not visible to `actor`.
    """
    [project] = adopt_many(actor=actor, adoptions=[adoption], today=today)
    return project


@transaction.atomic
def adopt_many(*, actor: User, adoptions: Sequence[Adoption], today: date) -> list[Project]:
    """Adopt all of `adoptions` or none, numbers in the order of the ids. Refusals as `adopt`.

    Locks the projects in pk order, then the year's list: its row hands out the numbers.
    """
    require(actor, Right.SCREEN_LIST)
    by_id = {adoption.project_id: adoption for adoption in adoptions}
    projects = lock_projects(actor, list(by_id))
    for project in projects:
        _check_status(project, *Project.WAITING)
        if by_id[project.pk].track not in Project.Track.values:
            raise TrackMissing(f"“{project.name}”还没有选择审批轨道，选定后再采纳。", project_id=project.pk)
    _check_codes(projects)
    annual_list = _lock_annual_list(today.year)
    for project in projects:
        _adopt(project, by_id[project.pk], annual_list, actor=actor, today=today)
    annual_list.save(update_fields=["last_number"])
    note_joined(actor=actor, projects=projects, annual_list=annual_list, today=today)
    entries = record_all(actor=actor, acts=[_adoption_act(p) for p in projects], occurred_on=today)
    answer_all(
        (project, entry.pk, *_adoption_words(project))
        for project, entry in zip(projects, entries, strict=True)
    )
    return projects


def _check_codes(projects: Sequence[Project]) -> None:
    """On the list a code stands once: a department's row and a county's are merged first."""
    codes = [project.code for project in projects if project.code]
    listed = Project.objects.adopted().filter(code__in=codes).values_list("code", flat=True)
    twice = {*listed, *(code for code in codes if codes.count(code) > 1)}
    for project in projects:
        if project.code in twice:
            raise ProjectCodeTaken(
                f"“{project.name}”的项目代码 {project.code} 与另一个项目相同，请先合并，再采纳。",
                code=project.code,
                project_id=project.pk,
            )


def _adopt(
    project: Project, adoption: Adoption, annual_list: AnnualList, *, actor: User, today: date
) -> None:
    annual_list.last_number += 1
    project.annual_list = annual_list
    project.number = f"{project.organisation.code[:4]}-{annual_list.year}-{annual_list.last_number:04d}"
    project.status = Project.Status.ADOPTED
    project.track = adoption.track
    project.list_category = adoption.list_category or project.list_category
    project.priority_class = adoption.priority_class or project.priority_class
    project.screening_reason = ""
    project.screened_on = project.screened_on or today
    project.screened_by = project.screened_by or actor
    project.search_text = search_text(
        name=project.name, code=project.code, number=project.number, owner_unit=project.owner_unit
    )
    project.save(
        update_fields=[
            *("annual_list", "number", "status", "track", "list_category", "priority_class"),
            *("screening_reason", "screened_on", "screened_by", "search_text", "updated_at"),
        ]
    )


def _adoption_act(project: Project) -> Act:
    return Act(
        verb="project.adopted",
        subject=project,
        facts={
            "number": project.number,
            "track": project.track,
            "list_category": project.list_category,
            "priority_class": project.priority_class,
        },
        project_id=project.pk,
        scope_path=project.organisation.path,
    )


def _adoption_words(project: Project) -> tuple[str, str]:
    return (
        f"“{project.name}”已采纳",
        f"已列入{project.annual_list}，编号 {project.number}，审批轨道：{project.get_track_display()}。",
    )


@transaction.atomic
def return_project(*, actor: User, project_id: int, reason: str, today: date) -> Project:
    """Send a waiting project back with the reason; handed in again, it waits again.

    Raises:
        ProjectNotWaiting: it was answered before.
        ReasonMissing: nothing says why.
    """
    require(actor, Right.SCREEN_LIST)
    why = _stated(reason, otherwise="退回须写明理由，补充后再退回。")
    return turn_away(
        _lock_waiting(actor, project_id),
        Project.Status.RETURNED,
        why=why,
        told=("已退回", f"退回理由：{why}。修改后可重新报送。"),
        verb="project.returned",
        actor=actor,
        today=today,
    )


@transaction.atomic
def screen(*, actor: User, project_ids: Sequence[int], today: date) -> list[Project]:
    """The bureau's first look: fit for the list, to be adopted. Adoption may also follow at once.

    Raises:
        ProjectNotWaiting: one was answered, or screened before.
    """
    require(actor, Right.SCREEN_LIST)
    projects = lock_projects(actor, project_ids)
    for project in projects:
        _check_status(project, Project.Status.SUBMITTED)
        project.status = Project.Status.SCREENED
        project.screened_on, project.screened_by = today, actor
        project.save(update_fields=["status", "screened_on", "screened_by", "updated_at"])
    acts = [Act("project.screened", p, project_id=p.pk, scope_path=p.organisation.path) for p in projects]
    record_all(actor=actor, acts=acts, occurred_on=today)
    return projects


@transaction.atomic
def drop(*, actor: User, project_id: int, reason: str, today: date) -> Project:
    """Leave a project off the list, with the reason that its unit reads; the row stays.

    Handed in again, it waits again.

    Raises:
        ProjectNotWaiting: it was answered before.
        ReasonMissing: nothing says why.
    """
    require(actor, Right.SCREEN_LIST)
    why = _stated(reason, otherwise="不予列入须写明理由，报送单位会看到。")
    return turn_away(
        _lock_waiting(actor, project_id),
        Project.Status.DROPPED,
        why=why,
        told=("不予列入", f"理由：{why}。情况变化后可在下一批次重新报送。"),
        verb="project.dropped",
        actor=actor,
        today=today,
    )


def turn_away(
    project: Project,
    status: Project.Status,
    *,
    why: str,
    told: tuple[str, str],
    verb: str,
    actor: User,
    today: date,
) -> Project:
    """Take a locked project out of those that wait, with the reason, and tell whoever handed it in.

    Args:
        told: what has become of it, for the message's title; the message.
    """
    project.status, project.screening_reason = status, why
    project.save(update_fields=["status", "screening_reason", "updated_at"])
    entry_id = record_answer(project, verb, {"reason": why}, actor=actor, today=today)
    outcome, body = told
    answer(project=project, entry_id=entry_id, title=f"“{project.name}”{outcome}", body=body)
    return project


def _stated(reason: str, *, otherwise: str) -> str:
    if not reason.strip():
        raise ReasonMissing(otherwise)
    return reason.strip()


def _lock_waiting(actor: User, project_id: int) -> Project:
    """A project that waits for the bureau's answer: not answered yet, and no longer with its county."""
    [project] = lock_projects(actor, [project_id])
    _check_status(project, *Project.WAITING)
    return project


def _check_status(project: Project, *expected: str) -> None:
    if project.status not in expected:
        raise ProjectNotWaiting(
            f"“{project.name}”{project.get_status_display()}，不能再审核；刷新页面查看最新情况。",
            project_id=project.pk,
            status=project.status,
        )


def _lock_annual_list(year: int) -> AnnualList:
    AnnualList.objects.get_or_create(year=year)
    return AnnualList.objects.select_for_update().get(year=year)


def record_answer(project: Project, verb: str, facts: dict[str, object], *, actor: User, today: date) -> int:
    entry = record(
        actor=actor,
        verb=verb,
        subject=project,
        facts=facts,
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
    return int(entry.pk)
