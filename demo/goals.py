"""The demo's goal of the year, shared out among the units."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from accounts.models import Organisation, User
from core.units import AreaUnit, to_m2
from dispatch.rules.targets import COLUMNS
from dispatch.services.targets import CampaignFacts, enter_table, set_campaign
from dispatch.target_sheet import SheetTarget

FLOOR_HA, STRETCH_HA = Decimal(200), Decimal(230)
LEADERS = ("州局主要负责同志", "分管耕地保护副局长", "分管用途管制副局长", "分管规划副局长")


def build(*, dispatcher: User, units: list[str], today: date) -> None:
    """保底 and 冲刺 of the year, and what each county is to bring."""
    facts = CampaignFacts(
        f"{today.year} 年批准建设用地",
        date(today.year, 1, 1),
        date(today.year, 12, 31),
        "AREA",
        floor=to_m2(FLOOR_HA, AreaUnit.HA),
        stretch=to_m2(STRETCH_HA, AreaUnit.HA),
        visits_each=2,
        basis=f"示例自然资函〔{today.year}〕12号",
    )
    goal = set_campaign(actor=dispatcher, facts=facts)
    each = (FLOOR_HA / len(units)).quantize(Decimal("0.01"))
    targets = [
        SheetTarget(
            place, LEADERS[place % len(LEADERS)], "用途管制科", unit.short_name, unit, _figures(each, place)
        )
        for place, unit in enumerate(Organisation.objects.filter(code__in=units).order_by("code"))
    ]
    enter_table(
        actor=dispatcher, campaign=goal, targets=targets, unit=AreaUnit.HA, title="年度用地目标分解表"
    )


def _figures(each: Decimal, place: int) -> dict[str, Decimal]:
    key = (each / 4).quantize(Decimal("0.01"))
    figures = (Decimal(3 + place % 4), each - key, Decimal(place % 2), key, each)
    return dict(zip(COLUMNS, figures, strict=True))
