"""A project as it stood, in JSON's own values: what an undo compares and puts back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models.functions import Now

from projects.models import LandUse, Project
from projects.search_text import search_text

TEXTS = (
    *("name", "code", "owner_unit", "industry", "list_category", "priority_class", "track", "level"),
    *("planned_start", "planned_finish", "remark", "status", "screening_reason", "number"),
)
DATES = ("planned_start_on", "planned_finish_on")
BATCH = 500
LINKS = ("organisation_id", "submitted_by_id", "annual_list_id", "merged_into_id")
OWN = (*TEXTS, *DATES, *LINKS, "investment_yuan", "reported_facts")


def snapshot(project: Project) -> dict[str, Any]:
    """The project's own fields and its land; equal to what a JSON column gives back."""
    land: LandUse | None = getattr(project, "land", None)
    money = project.investment_yuan
    return {
        **{name: getattr(project, name) for name in (*TEXTS, *LINKS)},
        **{name: _day(getattr(project, name)) for name in DATES},
        "investment_yuan": None if money is None else f"{money:.2f}",
        "reported_facts": project.reported_facts,
        "land": {name: None if land is None else getattr(land, name) for name in LandUse.FIGURE_FIELDS},
        "entered": {} if land is None else land.entered,
    }


def completed(stored: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A snapshot of an earlier release, with the fields that it did not know yet as they are now."""
    return {**now, **stored, "land": {**now["land"], **stored["land"]}}


def restore_all(befores: Sequence[tuple[Project, dict[str, Any]]]) -> None:
    """Write snapshots back into projects and their land; only the fields that differ."""
    fields: set[str] = set()
    areas: set[str] = set()
    for project, before in befores:
        now = snapshot(project)
        before = completed(before, now)
        differing = {name for name in OWN if now[name] != before[name]}
        fields |= differing
        areas |= {name for name in LandUse.FIGURE_FIELDS if now["land"][name] != before["land"][name]}
        _put_back(project, before)
        if differing & {"name", "code", "owner_unit", "number"}:
            fields.add("search_text")
            project.search_text = search_text(
                name=project.name, code=project.code, number=project.number, owner_unit=project.owner_unit
            )
    projects = [project for project, _ in befores]
    Project.objects.bulk_update(projects, {*fields, "updated_at"}, batch_size=BATCH)
    lands = [project.land for project in projects if hasattr(project, "land")]
    LandUse.objects.bulk_update(lands, {*areas, "entered"}, batch_size=BATCH)


def _put_back(project: Project, before: dict[str, Any]) -> None:
    for name in (*TEXTS, *LINKS, "reported_facts"):
        setattr(project, name, before[name])
    for name in DATES:
        setattr(project, name, date.fromisoformat(before[name]) if before[name] else None)
    money = before["investment_yuan"]
    project.investment_yuan = None if money is None else Decimal(money)
    project.updated_at = Now()  # bulk_update does not run auto_now
    land: LandUse | None = getattr(project, "land", None)
    if land is not None:
        for name in LandUse.FIGURE_FIELDS:
            setattr(land, name, before["land"][name])
        land.entered = before["entered"]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
