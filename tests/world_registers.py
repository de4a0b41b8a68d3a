"""One line of each of the units' registers, of 都匀市."""

from __future__ import annotations

from datetime import date

from accounts.models import User
from approvals.services.land_registers import (
    BatchFacts,
    ImprovementFacts,
    PatrolFacts,
    ReserveFacts,
    record_entry,
)
from projects.models import Project
from tests.factories import organisation

TODAY = date(2026, 11, 23)


def build_registers(*, officer: User, project: Project, name: str = "一号") -> dict[str, object]:
    """By the names of `World`'s fields."""
    county = organisation("522701")
    facts = {
        "three_batch": BatchFacts(
            project=project, batch="PREPARE", year=2026, goal="完成申报", target_on=date(2026, 12, 20)
        ),
        "field_improvement": ImprovementFacts(
            organisation=county,
            name=f"坝区改造{name}",
            department="LAND",
            year=2026,
            stage="RUNNING",
            area_m2=500_000,
        ),
        "reserve_land": ReserveFacts(
            organisation=county,
            name=f"储备地块{name}",
            place="城东",
            area_m2=200_000,
            works="场地平整",
            started_on=date(2026, 3, 2),
        ),
        "land_patrol": PatrolFacts(
            organisation=county,
            level="VILLAGE",
            way="TIP",
            patrolled_on=TODAY,
            people="信息员",
            place="良亩村",
            facts="耕地上堆放砂石",
            is_suspicious=True,
        ),
    }
    return {key: record_entry(facts=each, actor=officer, today=TODAY) for key, each in facts.items()}
