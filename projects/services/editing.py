"""The bureau corrects what a project's row says: its facts and its land."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.units import AreaUnit, to_m2
from projects.models import LandUse, Project
from projects.refusals import (
    AreasDisagree,
    ProjectChangedMeanwhile,
    ProjectCodeTaken,
    ProjectNotEditable,
)
from projects.search_text import search_text

EDITABLE = (
    "name",
    "code",
    "owner_unit",
    "industry",
    "list_category",
    "priority_class",
    "investment_yuan",
    "planned_start",
    "planned_start_on",
    "planned_finish",
    "planned_finish_on",
    "remark",
)
# A part and the whole it may not exceed (domain.md 1.4); 永农 above 耕地 is lawful and only odd.
_PARTS = (
    ("agri_m2", "total_m2"),
    ("construction_m2", "total_m2"),
    ("unused_m2", "total_m2"),
    ("new_construction_m2", "total_m2"),
    ("requisition_m2", "total_m2"),
    ("eco_redline_m2", "total_m2"),
    ("reserve_m2", "total_m2"),
    ("arable_m2", "total_m2"),
    ("arable_m2", "agri_m2"),
    ("forest_m2", "agri_m2"),
    ("orchard_m2", "agri_m2"),
    ("grass_m2", "agri_m2"),
    ("other_agri_m2", "agri_m2"),
    ("paddy_m2", "arable_m2"),
    ("irrigated_m2", "arable_m2"),
    ("dry_m2", "arable_m2"),
)


@dataclass(frozen=True, slots=True)
class EnteredArea:
    """A figure as it was typed, in the unit it was typed in."""

    value: Decimal
    unit: AreaUnit

    @property
    def m2(self) -> int:
        return to_m2(self.value, self.unit)


@transaction.atomic
def edit_project(
    *,
    actor: User,
    project_id: int,
    seen_at: datetime,
    facts: Mapping[str, object],
    areas: Mapping[str, EnteredArea | None],
    today: date,
) -> Project:
    """Store what the form says; figures of land keep the value and unit they were typed in.

    Args:
        seen_at: the project's `updated_at` when the form was opened.
        facts: new values of fields in `EDITABLE`; fields left out stay.
        areas: by field of `LandUse.AREA_FIELDS`; None clears a figure, fields left out stay.

    Raises:
        ProjectChangedMeanwhile: somebody saved the project after `seen_at`.
        ProjectNotEditable: it was merged or removed.
        ProjectCodeTaken: another active project bears the code.
        AreasDisagree: a part exceeds its whole.
    """
    require(actor, Right.EDIT_PROJECT)
    project = (
        Project.objects.visible_to(actor)
        .select_related("organisation")
        .select_for_update(of=("self",))
        .get(pk=project_id)
    )
    _check_editable(project, seen_at)
    changes = _changed_facts(project, facts)
    land, _ = LandUse.objects.select_for_update().get_or_create(project=project)
    land_changes = _changed_areas(land, areas)
    if not changes and not land_changes:
        return project
    if "code" in changes:
        _check_code_is_free(project)
    _check_areas(land)
    if land_changes:
        land.save(update_fields=[*land_changes, "entered"])
    project.search_text = search_text(
        name=project.name, code=project.code, number=project.number, owner_unit=project.owner_unit
    )
    project.save(update_fields=[*changes, "search_text", "updated_at"])
    record(
        actor=actor,
        verb="project.updated",
        subject=project,
        facts={"changes": {**changes, **land_changes}},
        project_id=project.pk,
        scope_path=project.organisation.path,
        occurred_on=today,
    )
    return project


def _check_editable(project: Project, seen_at: datetime) -> None:
    if project.status in (Project.Status.MERGED, Project.Status.REMOVED):
        raise ProjectNotEditable(
            f"该项目{project.get_status_display()}，不能再修改；如需更正，请在合并后的项目上修改。",
            status=project.status,
        )
    if project.updated_at != seen_at:
        raise ProjectChangedMeanwhile(
            "他人刚刚修改过该项目，您填写的内容已保留；请在新窗口核对最新内容后再保存。",
            updated_at=project.updated_at.isoformat(),
        )


def _changed_facts(project: Project, facts: Mapping[str, object]) -> dict[str, list[object]]:
    """Put new values into the row; {field: [old, new]} of what differs."""
    changes: dict[str, list[object]] = {}
    for name in EDITABLE:
        if name in facts and getattr(project, name) != facts[name]:
            changes[name] = [getattr(project, name), facts[name]]
            setattr(project, name, facts[name])
    return changes


def _changed_areas(land: LandUse, areas: Mapping[str, EnteredArea | None]) -> dict[str, list[object]]:
    changes: dict[str, list[object]] = {}
    entered = dict(land.entered)
    for name in LandUse.AREA_FIELDS:
        if name not in areas:
            continue
        area = areas[name]
        before = getattr(land, name)
        typed = None if area is None else {"value": f"{area.value:f}", "unit": area.unit.value}
        if (area.m2 if area else None) == before and (typed is None or entered.get(name) == typed):
            continue
        changes[name] = [before, area.m2 if area else None]
        setattr(land, name, area.m2 if area else None)
        if typed is None:
            entered.pop(name, None)
        else:
            entered[name] = typed
    land.entered = entered
    return changes


def _check_code_is_free(project: Project) -> None:
    """Says only that the code is taken: the other project may be another unit's."""
    if not project.code:
        return
    active = Project.objects.exclude(status__in=[Project.Status.MERGED, Project.Status.REMOVED])
    if active.filter(code=project.code).exclude(pk=project.pk).exists():
        raise ProjectCodeTaken(
            f"项目代码 {project.code} 已被另一个在册项目使用，请核对代码。", code=project.code
        )


def _check_areas(land: LandUse) -> None:
    for part, whole in _PARTS:
        of_part, of_whole = getattr(land, part), getattr(land, whole)
        if of_part is not None and of_whole is not None and of_part > of_whole:
            labels = [LandUse._meta.get_field(name).verbose_name for name in (part, whole)]
            raise AreasDisagree(f"{labels[0]}大于{labels[1]}，请核对这两项面积。", part=part, whole=whole)
