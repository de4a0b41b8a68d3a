"""A project as it stood, in JSON's own values: what an undo compares and puts back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from projects.models import LandUse, Project
from projects.search_text import search_text

TEXTS = (
    *("name", "code", "owner_unit", "industry", "list_category", "priority_class", "track"),
    *("planned_start", "planned_finish", "remark", "status", "screening_reason", "number"),
)
DATES = ("planned_start_on", "planned_finish_on")
LINKS = ("organisation_id", "submitted_by_id", "annual_list_id", "merged_into_id")


def snapshot(project: Project) -> dict[str, Any]:
    """The project's own fields and its land; equal to what a JSON column gives back."""
    land: LandUse | None = getattr(project, "land", None)
    money = project.investment_yuan
    return {
        **{name: getattr(project, name) for name in (*TEXTS, *LINKS)},
        **{name: _day(getattr(project, name)) for name in DATES},
        "investment_yuan": None if money is None else f"{money:.2f}",
        "reported_facts": project.reported_facts,
        "land": {name: None if land is None else getattr(land, name) for name in LandUse.AREA_FIELDS},
        "entered": {} if land is None else land.entered,
    }


def restore(project: Project, before: dict[str, Any]) -> None:
    """Write a snapshot's values back into the project and its land."""
    for name in (*TEXTS, *LINKS):
        setattr(project, name, before[name])
    for name in DATES:
        setattr(project, name, date.fromisoformat(before[name]) if before[name] else None)
    money = before["investment_yuan"]
    project.investment_yuan = None if money is None else Decimal(money)
    project.reported_facts = before["reported_facts"]
    project.search_text = search_text(
        name=project.name, code=project.code, number=project.number, owner_unit=project.owner_unit
    )
    fields = (*TEXTS, *LINKS, *DATES, "investment_yuan", "reported_facts", "search_text", "updated_at")
    project.save(update_fields=fields)
    land, _ = LandUse.objects.get_or_create(project=project)
    for name in LandUse.AREA_FIELDS:
        setattr(land, name, before["land"][name])
    land.entered = before["entered"]
    land.save(update_fields=[*LandUse.AREA_FIELDS, "entered"])


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
