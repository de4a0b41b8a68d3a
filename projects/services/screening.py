"""The bureau's answer to a project that was handed in: adopt, return, merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import Act, record, record_all
from projects.models import AnnualList, Project
from projects.refusals import MergeImpossible, ProjectNotWaiting, ReasonMissing, TrackMissing
from projects.search_text import search_text
from projects.services.annual_list import note_joined
from projects.services.answers import answer, answer_all


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
    projects = _lock(actor, list(by_id))
    for project in projects:
        _check_waiting(project)
        if by_id[project.pk].track not in Project.Track.values:
            raise TrackMissing(f"“{project.name}”还没有选择审批轨道，选定后再采纳。", project_id=project.pk)
    annual_list = _lock_annual_list(today.year)
    for project in projects:
        _adopt(project, by_id[project.pk], annual_list)
    annual_list.save(update_fields=["last_number"])
    note_joined(actor=actor, projects=projects, annual_list=annual_list, today=today)
    entries = record_all(actor=actor, acts=[_adoption_act(p) for p in projects], occurred_on=today)
    answer_all(
        (project, entry.pk, *_adoption_words(project))
        for project, entry in zip(projects, entries, strict=True)
    )
    return projects


def _adopt(project: Project, adoption: Adoption, annual_list: AnnualList) -> None:
    annual_list.last_number += 1
    project.annual_list = annual_list
    project.number = f"{project.organisation.code[:4]}-{annual_list.year}-{annual_list.last_number:04d}"
    project.status = Project.Status.ADOPTED
    project.track = adoption.track
    project.list_category = adoption.list_category or project.list_category
    project.priority_class = adoption.priority_class or project.priority_class
    project.screening_reason = ""
    project.search_text = search_text(
        name=project.name, code=project.code, number=project.number, owner_unit=project.owner_unit
    )
    project.save(
        update_fields=[
            *("annual_list", "number", "status", "track", "list_category", "priority_class"),
            *("screening_reason", "search_text", "updated_at"),
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
    if not reason.strip():
        raise ReasonMissing("退回须写明理由，补充后再退回。")
    [project] = _lock(actor, [project_id])
    _check_waiting(project)
    project.status = Project.Status.RETURNED
    project.screening_reason = reason.strip()
    project.save(update_fields=["status", "screening_reason", "updated_at"])
    entry_id = _record(
        project, "project.returned", {"reason": project.screening_reason}, actor=actor, today=today
    )
    answer(
        project=project,
        entry_id=entry_id,
        title=f"“{project.name}”已退回",
        body=f"退回理由：{project.screening_reason}。修改后可重新报送。",
    )
    return project


@transaction.atomic
def merge(*, actor: User, project_id: int, target_id: int, reason: str, today: date) -> Project:
    """Record that a waiting project is the same as `target_id`; the target stays as it is.

    Raises:
        ProjectNotWaiting: it was answered before.
        MergeImpossible: the target is itself, of another unit, or on no list.
    """
    require(actor, Right.SCREEN_LIST)
    if project_id == target_id:
        raise MergeImpossible("不能与自身合并，请选择另一个项目。", target_id=target_id)
    by_id = {project.pk: project for project in _lock(actor, [project_id, target_id])}
    project, target = by_id[project_id], by_id[target_id]
    _check_waiting(project)
    _check_target(project, target)
    project.status = Project.Status.MERGED
    project.merged_into = target
    project.screening_reason = reason.strip() or f"与“{target.name}”重复"
    project.save(update_fields=["status", "merged_into", "screening_reason", "updated_at"])
    facts: dict[str, object] = {
        "target_id": target.pk,
        "target_name": target.name,
        "target_number": target.display_code,
        "reason": project.screening_reason,
    }
    entry_id = _record(project, "project.merged", facts, actor=actor, today=today)
    answer(
        project=project,
        entry_id=entry_id,
        title=f"“{project.name}”已合并",
        body=f"与“{target.name}”为同一项目，今后以该项目办理。{project.screening_reason}",
    )
    return project


def _check_waiting(project: Project) -> None:
    if project.status != Project.Status.SUBMITTED:
        raise ProjectNotWaiting(
            f"“{project.name}”{project.get_status_display()}，不能再审核；刷新页面查看最新情况。",
            project_id=project.pk,
            status=project.status,
        )


def _check_target(project: Project, target: Project) -> None:
    if target.organisation_id != project.organisation_id:
        raise MergeImpossible(
            f"“{target.name}”不在同一县市，不能合并；请核对后选择本县市的项目。", target_id=target.pk
        )
    if target.status not in (Project.Status.ADOPTED, Project.Status.SUBMITTED):
        raise MergeImpossible(
            f"“{target.name}”{target.get_status_display()}，不能作为合并对象；请选择在册的项目。",
            target_id=target.pk,
        )


def _lock(actor: User, ids: Sequence[int]) -> list[Project]:
    """Lock in pk order, so that two people at once wait for each other instead of deadlocking."""
    rows = Project.objects.visible_to(actor).filter(pk__in=ids).order_by("pk")
    projects = list(rows.select_related("organisation", "submitted_by").select_for_update(of=("self",)))
    if len(projects) != len(set(ids)):
        raise Project.DoesNotExist("a project is unknown or not visible")
    return projects


def _lock_annual_list(year: int) -> AnnualList:
    AnnualList.objects.get_or_create(year=year)
    return AnnualList.objects.select_for_update().get(year=year)


def _record(project: Project, verb: str, facts: dict[str, object], *, actor: User, today: date) -> int:
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
