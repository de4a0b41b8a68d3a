"""The units' registers with a few lines each, some finished, some waiting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from accounts.models import User
from approvals.models import ThreeBatchEntry
from approvals.services.land_registers import (
    BatchFacts,
    ImprovementFacts,
    PatrolFacts,
    ReserveFacts,
    pass_to_case,
    record_entry,
)
from projects.models import Project

HECTARE = 10_000


def keep(*, county: Mapping[str, User], today: date) -> None:
    """Lines of the first counties, written by their own officers."""
    for place, (code, officer) in enumerate(sorted(county.items())[:3]):
        _batches(code, officer, place, today)
        _land(officer, place, today)
        _patrols(officer, place, today)


def _batches(code: str, officer: User, place: int, today: date) -> None:
    projects = Project.objects.adopted().filter(organisation__code=code).order_by("pk")
    batches = zip(projects[:3], ThreeBatchEntry.Batch, strict=False)
    for project, batch in batches:
        facts = BatchFacts(
            project=project,
            batch=batch.value,
            year=today.year,
            goal=f"年底前列入{batch.label}并完成",
            target_on=date(today.year, 12, 20),
            progress="材料已报送，待审。",
            done_on=today - timedelta(days=3) if place == 0 else None,
        )
        record_entry(facts=facts, actor=officer, today=today)


def _land(officer: User, place: int, today: date) -> None:
    unit = officer.reporting_unit
    assert unit is not None
    accepted_on = today - timedelta(days=20) if place == 0 else None
    improvement = ImprovementFacts(
        organisation=unit,
        name=f"{unit.short_name}坝区中低产田改造",
        department="LAND",
        year=today.year,
        stage="ACCEPTED" if accepted_on else "RUNNING",
        area_m2=(60 + 15 * place) * HECTARE,
        new_arable_m2=(2 + place) * HECTARE,
        funds_yuan=4_200_000 + 500_000 * place,
        started_on=today - timedelta(days=200),
        accepted_on=accepted_on,
    )
    reserve = ReserveFacts(
        organisation=unit,
        name=f"{unit.short_name}城东储备地块",
        place="城东片区",
        area_m2=(12 + 3 * place) * HECTARE,
        works="场地平整、道路、给排水",
        started_on=today - timedelta(days=150),
        cost_yuan=2_600_000,
        finished_on=today - timedelta(days=30) if place < 2 else None,
        supplied_on=today - timedelta(days=5) if place == 0 else None,
        supplied_m2=10 * HECTARE if place == 0 else None,
        outcome="挂牌出让" if place == 0 else "",
    )
    for facts in (improvement, reserve):
        record_entry(facts=facts, actor=officer, today=today)


def _patrols(officer: User, place: int, today: date) -> None:
    unit = officer.reporting_unit
    assert unit is not None
    seen = (
        ("COUNTY", "PATROL", "县级执法队", "未发现异常。", False),
        ("TOWN", "PATROL", "乡镇自然资源所", "未发现异常。", False),
        ("VILLAGE", "TIP", "村信息员", "耕地上堆放砂石，疑似占用。", True),
    )
    for days, (level, way, people, text, is_suspicious) in enumerate(seen, start=1):
        facts = PatrolFacts(
            organisation=unit,
            level=level,
            way=way,
            patrolled_on=today - timedelta(days=days),
            people=people,
            place=f"{unit.short_name}城郊",
            facts=text,
            is_suspicious=is_suspicious,
        )
        done = record_entry(facts=facts, actor=officer, today=today)
        if is_suspicious and place == 0:
            pass_to_case(patrol_id=done.pk, actor=officer, today=today)
