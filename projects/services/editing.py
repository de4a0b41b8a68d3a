"""Correcting what a project's row says: its facts and its land."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, allowed, require
from audit.services import record
from core.units import AreaUnit, to_m2
from projects.land_refusals import OfficeDecides
from projects.models import LandShare, LandUse, Project
from projects.refusals import (
    AreasDisagree,
    ProjectChangedMeanwhile,
    ProjectCodeTaken,
    ProjectNotEditable,
)
from projects.rules.comparing import OFFICE_OWNED
from projects.rules.land_checks import land_refusals
from projects.rules.land_shares import Share, share_problems
from projects.search_text import search_text
from projects.selectors.stored_projects import land_areas

EDITABLE = (
    "name",
    "code",
    "owner_unit",
    "industry",
    "list_category",
    "priority_class",
    "level",
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

    @property
    def stored(self) -> int:
        return self.m2

    @property
    def typed(self) -> dict[str, str]:
        return {"value": f"{self.value:f}", "unit": self.unit.value}


@dataclass(frozen=True, slots=True)
class EnteredGrain:
    """Grain in whole kilograms; there is no other unit to remember."""

    stored: int

    @property
    def typed(self) -> None:
        return None


Figure = EnteredArea | EnteredGrain


@transaction.atomic
def edit_project(
    *,
    actor: User,
    project_id: int,
    seen_at: datetime,
    facts: Mapping[str, object],
    areas: Mapping[str, Figure | None],
    today: date,
) -> Project:
    """Store what the form says; figures of land keep the value and unit they were typed in.

    Args:
        seen_at: the project's `updated_at` when the form was opened.
        facts: new values of fields in `EDITABLE`; fields left out stay.
        areas: by field of `LandUse.FIGURE_FIELDS`; None clears a figure, fields left out stay.

    Raises:
        ProjectChangedMeanwhile: somebody saved the project after `seen_at`.
        ProjectNotEditable: it was merged or removed.
        ProjectCodeTaken: another active project bears the code.
        AreasDisagree: a part exceeds its whole, a sum does not add up, or the shares of the
            counties no longer do.
        OfficeDecides: a county changes what the bureau settled at adoption.
        PermissionDenied: neither the bureau nor whose project it is (`may_edit`).
    """
    project = (
        Project.objects.visible_to(actor)
        .select_related("organisation", "submitted_by")
        .select_for_update(of=("self",))
        .get(pk=project_id)
    )
    require_editor(actor, project)
    check_still_editable(project, seen_at)
    changes = _changed_facts(project, facts)
    land, _ = LandUse.objects.select_for_update().get_or_create(project=project)
    land_changes = _changed_areas(land, areas)
    if not changes and not land_changes:
        return project
    if not allowed(actor, Right.EDIT_PROJECT):
        _check_not_the_offices(project, changes)
    if "code" in changes:
        _check_code_is_free(project)
    check_areas(land, changed=land_changes)
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


def may_edit(actor: User, project: Project) -> bool:
    """The bureau; the county or park the project lies in; a department until it is adopted.

    A county that only holds a share reads the project and corrects it through its neighbour.
    Reads `organisation` and `submitted_by`.
    """
    if allowed(actor, Right.EDIT_PROJECT):
        return True
    scope = actor.scope
    if scope is None or not allowed(actor, Right.SUBMIT_LIST):
        return False
    if scope.is_department:
        is_adopted = project.status == Project.Status.ADOPTED
        return not is_adopted and project.submitted_by.path.startswith(scope.path)
    return project.organisation.path.startswith(scope.path)


def require_editor(actor: User, project: Project) -> None:
    """Let who may edit `project` pass; others hear the usual refusal."""
    if not may_edit(actor, project):
        require(actor, Right.EDIT_PROJECT)


def _check_not_the_offices(project: Project, changes: Mapping[str, list[object]]) -> None:
    """Once adopted, name, code and class are the bureau's, as they are for a county's workbook."""
    if project.status != Project.Status.ADOPTED:
        return
    settled = [name for name, (before, _) in changes.items() if name in OFFICE_OWNED and before]
    if settled:
        words = "、".join(
            str(getattr(Project._meta.get_field(name), "verbose_name", name)) for name in settled
        )
        raise OfficeDecides(f"{words}已由州局核定，不能修改；如需更正，请联系州局。", fields=settled)


def check_still_editable(project: Project, seen_at: datetime) -> None:
    """Refuse a project that is history, or that somebody saved after `seen_at`."""
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


def _changed_areas(land: LandUse, areas: Mapping[str, Figure | None]) -> dict[str, list[object]]:
    changes: dict[str, list[object]] = {}
    entered = dict(land.entered)
    for name in LandUse.FIGURE_FIELDS:
        if name not in areas:
            continue
        figure = areas[name]
        before = getattr(land, name)
        typed = None if figure is None else figure.typed
        after = None if figure is None else figure.stored
        if after == before and (typed is None or entered.get(name) == typed):
            continue
        changes[name] = [before, after]
        setattr(land, name, after)
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


def check_areas(land: LandUse, *, changed: Collection[str]) -> None:
    """Refuse figures that contradict each other or the shares of the counties; what is merely odd passes.

    Raises:
        AreasDisagree: facts name the fields.
    """
    problems = list(land_refusals(land_areas(land), changed=changed))
    if set(changed) & set(LandShare.AREA_FIELDS):
        problems += share_problems(figures_of(land), shares_of(land.project_id))
    if problems:
        raise AreasDisagree(
            "；".join(f"{problem.message}，{problem.suggestion}" for problem in problems) + "。",
            fields=[problem.key for problem in problems],
        )


def figures_of(land: LandUse | None) -> dict[str, int | None]:
    """The project's own figures of the classes that can be split."""
    return {name: getattr(land, name, None) for name in LandShare.AREA_FIELDS}


def shares_of(project_id: int) -> list[Share]:
    """The stored split of a project as the rules read it. One query."""
    rows = LandShare.objects.filter(project=project_id).select_related("organisation")
    return [
        Share(row.organisation.short_name, {name: getattr(row, name) for name in LandShare.AREA_FIELDS})
        for row in rows
    ]
