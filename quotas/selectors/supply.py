"""What is in the pipeline of land consolidation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum

from accounts.models import User
from projects.models import Project
from quotas.models import Consolidation, SupplyLink, SupplyLinkQuerySet


@dataclass(frozen=True, slots=True)
class StageSum:
    """One stage: how many projects, and what they will bring (m², kg)."""

    stage: str
    label: str
    number: int
    scale_m2: int
    area_m2: int
    paddy_m2: int
    grain_kg: int


def stage_sums(*, actor: User) -> list[StageSum]:
    """Every stage in order, also the empty ones. One query."""
    rows = (
        Consolidation.objects.visible_to(actor)
        .order_by()
        .values("stage")
        .annotate(
            number=Count("pk"),
            scale=Sum("scale_m2"),
            area=Sum("area_m2"),
            paddy=Sum("paddy_m2"),
            grain=Sum("grain_kg"),
        )
    )
    found = {
        row["stage"]: StageSum(
            row["stage"],
            Consolidation.Stage(row["stage"]).label,
            row["number"],
            int(row["scale"] or 0),
            int(row["area"] or 0),
            int(row["paddy"] or 0),
            int(row["grain"] or 0),
        )
        for row in rows
    }
    return [
        found.get(value, StageSum(value, label, 0, 0, 0, 0, 0))
        for value, label in Consolidation.Stage.choices
    ]


def linked_amounts(ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """What of each consolidation stands for projects already (m², kg). One query."""
    rows = (
        SupplyLink.objects.standing()
        .filter(consolidation_id__in=list(ids))
        .order_by()
        .values("consolidation_id")
        .annotate(area=Sum("area_m2"), paddy=Sum("paddy_m2"), grain=Sum("grain_kg"))
    )
    return {
        row["consolidation_id"]: {
            "area_m2": int(row["area"] or 0),
            "paddy_m2": int(row["paddy"] or 0),
            "grain_kg": int(row["grain"] or 0),
        }
        for row in rows
    }


def own_links_m2(row: Consolidation) -> int:
    """What of a consolidation its own county's projects use (m²). One query."""
    own = SupplyLink.objects.standing().filter(consolidation=row, county=row.county_id)
    return int(own.aggregate(total=Sum("area_m2"))["total"] or 0)


def supply_links(*, actor: User) -> SupplyLinkQuerySet:
    """The links that the actor sees, newest first. One query."""
    return (
        SupplyLink.objects.visible_to(actor)
        .select_related("consolidation__county", "project__land", "county", "linked_by")
        .order_by("-id")
    )


@dataclass(frozen=True, slots=True)
class ProjectBalance:
    """A project's farmland against what is linked with it (m²)."""

    need_m2: int
    linked_m2: int

    @property
    def lacking_m2(self) -> int:
        return max(self.need_m2 - self.linked_m2, 0)


def project_balances(projects: Iterable[Project]) -> dict[int, ProjectBalance]:
    """For each project what it takes of farmland and what stands for it; lands loaded. One query."""
    known = {project.pk: project for project in projects}
    rows = (
        SupplyLink.objects.standing()
        .filter(project_id__in=list(known))
        .order_by()
        .values("project_id")
        .annotate(total=Sum("area_m2"))
    )
    linked = {row["project_id"]: int(row["total"] or 0) for row in rows}
    return {
        pk: ProjectBalance(
            int(getattr(getattr(project, "land", None), "arable_m2", 0) or 0), linked.get(pk, 0)
        )
        for pk, project in known.items()
    }
