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
from projects.rules.facts import Severity
from projects.rules.land_checks import land_problems
from projects.search_text import search_text
from projects.selectors.stored_projects import land_areas

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
    """Refuse what the import refuses too; what is merely odd passes."""
    errors = [problem for problem in land_problems(land_areas(land)) if problem.severity is Severity.ERROR]
    if errors:
        raise AreasDisagree(
            "；".join(f"{problem.message}，{problem.suggestion}" for problem in errors) + "。",
            fields=[problem.key for problem in errors],
        )
