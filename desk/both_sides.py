"""保增长与保红线: what is supplied, and what must be kept, side by side.

Source: S3-30.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum
from django.urls import reverse

from accounts.models import User
from approvals import gates
from approvals.document_selectors import year_figures
from approvals.models import Supply, ViolationCase
from core.units import AreaUnit, format_area
from projects.models import Project
from quotas.rules import Instrument
from quotas.selectors import Gauge, pool_gauges
from ui.parts import Kpi

ARABLE = (Instrument.FARMLAND_AREA, Instrument.FARMLAND_PADDY)


@dataclass(frozen=True, slots=True)
class BothSides:
    """Key figures of growth and of the red lines, each with the page of its rows."""

    growth: Sequence[Kpi]
    kept: Sequence[Kpi]


def both_sides(*, actor: User, today: date) -> BothSides:
    """The two sides as the actor may see them. A fixed number of queries."""
    gauges = {gauge.instrument: gauge for gauge in pool_gauges(actor=actor, today=today)}
    return BothSides(growth=_growth(actor, gauges, today), kept=_kept(actor, gauges, today))


def _growth(actor: User, gauges: dict[Instrument, Gauge], today: date) -> list[Kpi]:
    figures = year_figures(actor=actor, year=today.year, as_of=today).whole
    adopted = Project.objects.visible_to(actor).filter(status=Project.Status.ADOPTED).count()
    supplied = Supply.objects.visible_to(actor).filter(signed_on__year=today.year)
    sums = supplied.order_by().aggregate(number=Count("pk"), area=Sum("area_m2"))
    plan = gauges.get(Instrument.ANNUAL_PLAN)
    documents = reverse("approvals:documents")
    year = f"first={today.year}-01-01&last={today:%Y-%m-%d}"
    return [
        Kpi("在办项目", adopted, "个", url=reverse("projects:list")),
        Kpi(
            "获批建设用地",
            _ha(figures.land_m2),
            "公顷",
            f"{today.year} 年，涉及项目 {figures.land_projects} 个次",
            f"{documents}?counted=land&{year}",
        ),
        Kpi(
            "供应土地",
            _ha(sums["area"] or 0),
            "公顷",
            f"{today.year} 年签订 {sums['number']} 宗",
            f"{reverse('approvals:supplies')}?signed_first={today.year}-01-01&signed_last={today.year}-12-31",
        ),
        Kpi("年度计划指标余量", _ha(plan.left if plan else 0), "公顷", url=reverse("quotas:pool")),
    ]


def _kept(actor: User, gauges: dict[Instrument, Gauge], today: date) -> list[Kpi]:
    floors = reverse("approvals:stock-targets")
    rows = gates.targets_in_force(actor=actor, today=today)
    arable = (sum(row.arable_held_m2 for row in rows), sum(row.arable_target_m2 for row in rows))
    basic = (sum(row.basic_held_m2 for row in rows), sum(row.basic_target_m2 for row in rows))
    cases = ViolationCase.objects.visible_to(actor).filter(state__in=ViolationCase.OPEN_STATES)
    found = cases.order_by().aggregate(number=Count("pk"), arable=Sum("arable_m2"))
    states = "&".join(f"state={state}" for state in ViolationCase.OPEN_STATES)
    return [
        _floor("耕地保有量", *arable, count=len(rows), url=floors),
        _floor("永久基本农田", *basic, count=len(rows), url=floors),
        *(
            Kpi(
                f"{kind.label}余量",
                _ha(gauges[kind].left),
                "公顷",
                f"占用 {gauges[kind].occupied_percent}%",
                reverse("quotas:pool"),
            )
            for kind in ARABLE
            if kind in gauges
        ),
        Kpi(
            "未结案违法用地",
            found["number"],
            "件",
            f"涉及耕地 {_ha(found['arable'] or 0)} 公顷",
            f"{reverse('approvals:violations')}?{states}",
            "red" if found["number"] else "done",
        ),
    ]


def _floor(label: str, held: int, target: int, *, count: int, url: str) -> Kpi:
    """What there is, beside what must be kept; red below the floor, grey where none is entered."""
    if not count:
        return Kpi(label, "未登记", "", "登记保护目标后在这里对照", url, "idle")
    gap = held - target
    words = f"高于目标 {_large(gap)} 公顷" if gap >= 0 else f"低于目标 {_large(-gap)} 公顷"
    return Kpi(label, _large(held), "公顷", words, url, "green" if gap >= 0 else "red")


def _large(m2: int) -> str:
    """A county's or prefecture's whole: two decimals, so that it stands on a card."""
    return format_area(m2, AreaUnit.HA, 2)


def _ha(m2: int) -> str:
    return format_area(m2, AreaUnit.HA)
