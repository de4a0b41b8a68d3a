"""What is in the pipeline of land consolidation."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from accounts.models import User
from quotas.models import Consolidation


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
