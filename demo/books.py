"""What stands beside the demo's pool: plan and scale handed out, consolidations and their links with
projects, the counties' own books, and scale that was frozen and is to be deducted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Organisation, User
from projects.models import Project
from quotas.models import Account, Consolidation, CountyEntry, PendingDeduction
from quotas.rules import Instrument, Pool
from quotas.services import bookings, county_books, deductions, reservations, supply, supply_links
from quotas.services.bookings import Gross, Sheet
from quotas.services.county_books import Voucher
from quotas.services.reservations import Wanted
from quotas.services.supply import ConsolidationFacts
from quotas.services.supply_links import LinkFacts

PLAN_M2, SCALE_M2, DRAWN_M2 = 400_000, 600_000, 50_000
CONSOLIDATIONS = (
    ("河阳乡土地整治项目", 320_000),
    ("沙坪村旱改水项目", 180_000),
    ("大兴片区高标准农田", 150_000),
)
FEE, COST = Decimal(8_000), Decimal(350_000)
HANDED_OUT = 4


def keep(*, dispatcher: User, county: Mapping[str, User], today: date) -> None:
    """A row or more for every page of the pool, for the first counties."""
    units = list(Organisation.objects.filter(code__in=county).order_by("code"))
    for place, unit in enumerate(units[:HANDED_OUT], start=1):
        _hand_out(dispatcher, unit, place, today)
    for place, unit in enumerate(units[: len(CONSOLIDATIONS)]):
        _consolidate(dispatcher, unit, place, today)
    for place, unit in enumerate(units[:2]):
        _enter_space(dispatcher, unit, place, today)
    _deduct(dispatcher, units, today)


def _sheet(reason: str, number: int, on: date) -> Sheet:
    return Sheet(reason=reason, occurred_on=on, document_no=f"黔自然资函〔{on.year}〕{number}号")


def _hand_out(dispatcher: User, unit: Organisation, place: int, today: date) -> None:
    """The year's plan quota, of which the pool gets its part, and the year's boundary scale."""
    on = today - timedelta(days=60)
    plan = _sheet(f"下达{on.year}年度新增建设用地计划", 40 + place, on)
    bookings.allot_plan(
        actor=dispatcher, county=unit, year=on.year, amount=PLAN_M2 // place, sheet=plan, today=today
    )
    scale = _sheet(f"分解{on.year}年度城镇开发边界规模", 60 + place, on)
    bookings.enter_scale(
        actor=dispatcher, county=unit, year=on.year, amount=SCALE_M2 // place, sheet=scale, today=today
    )


def _consolidate(dispatcher: User, unit: Organisation, place: int, today: date) -> None:
    """The first is stocked in and settled with the county's fund, all stand for a project."""
    name, m2 = CONSOLIDATIONS[place]
    row = supply.enter_consolidation(
        actor=dispatcher,
        facts=ConsolidationFacts(
            name=f"{unit.short_name}{name}",
            county=unit,
            scale_m2=m2 * 3 // 2,
            area_m2=m2,
            paddy_m2=m2 // 4,
            grain_kg=m2 // 2,
            record_no=f"ZZ{today.year}{place + 1:04d}",
        ),
        stage=Consolidation.Stage.FILED,
        stage_on=today - timedelta(days=50),
        today=today,
    )
    projects = Project.objects.adopted().filter(organisation=unit, land__arable_m2__gt=0)
    project = projects.select_related("land").order_by("land__arable_m2", "pk").first()
    if project is not None:
        supply_links.link_supply(
            actor=dispatcher,
            consolidation_id=row.pk,
            project_id=project.pk,
            facts=LinkFacts(
                area_m2=min(project.land.arable_m2 or 0, m2),
                plots=f"{name}1号至3号地块",
                document_no=f"示例自然资函〔{today.year}〕{70 + place}号",
            ),
            linked_on=today - timedelta(days=30),
            today=today,
        )
    if place == 0:
        _settle(dispatcher, row, today)


def _settle(dispatcher: User, row: Consolidation, today: date) -> None:
    on = today - timedelta(days=25)
    bookings.stock_in(
        actor=dispatcher,
        county=row.county,
        amounts={
            Instrument.FARMLAND_AREA: Gross(row.area_m2),
            Instrument.FARMLAND_PADDY: Gross(row.paddy_m2),
            Instrument.FARMLAND_GRAIN: Gross(row.grain_kg),
        },
        sheet=_sheet(f"{row.name}新增耕地入库", 80, on),
        today=today,
        record_no=row.record_no,
        consolidation=row,
    )
    voucher = Voucher(f"{row.name}开发基金结算", f"示例财预〔{on.year}〕15号", on)
    county_books.settle_fund(
        actor=dispatcher, consolidation_id=row.pk, fee=FEE, cost=COST, voucher=voucher, today=today
    )


def _enter_space(dispatcher: User, unit: Organisation, place: int, today: date) -> None:
    """What the territorial plan gives the county to build on, and what of it is used."""
    for act, m2, reason in (
        (CountyEntry.Act.GRANTED, 2_000_000, "国土空间规划下达新增建设用地"),
        (CountyEntry.Act.USED, 350_000, "批次用地使用规划空间"),
    ):
        county_books.enter(
            actor=dispatcher,
            book=CountyEntry.Book.PLAN_NEW,
            act=act,
            county=unit,
            amount=m2 // (place + 1),
            voucher=Voucher(reason, f"示例府函〔{today.year}〕{20 + place}号", today - timedelta(days=45)),
            today=today,
        )


def _deduct(dispatcher: User, units: Sequence[Organisation], today: date) -> None:
    """Scale drawn by the last of the counties, not used in time, and frozen by the province."""
    account = Account.objects.filter(
        instrument=Instrument.UGB_SCALE, place=Account.Place.AVAILABLE, holder=units[0], owner=units[0]
    ).first()
    if account is None:
        return
    held_on = today - timedelta(days=50)
    held = reservations.reserve(
        pool=Pool.SCALE,
        applicant=units[-1],
        wanted=[Wanted(account, DRAWN_M2)],
        reason="产业园区扩区调入规模",
        held_on=held_on,
        expires_on=today,
        actor=dispatcher,
    )
    reservations.lock(
        reservation_id=held.pk,
        on=held_on + timedelta(days=5),
        actor=dispatcher,
        use_by_on=today - timedelta(days=3),
        document_no=f"示例府函〔{held_on.year}〕28号",
    )
    deductions.note_deduction(
        actor=dispatcher,
        reservation_id=held.pk,
        amount=DRAWN_M2,
        cause=PendingDeduction.Cause.FROZEN,
        document_no=f"黔自然资函〔{today.year}〕95号",
        today=today,
    )
