"""Rows of the pool for the table of routes, as far as they can be 都匀市's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from onboarding.services.staging import stage_ledger
from projects.models import BringingIn
from quotas.models import (
    Account,
    Booking,
    Consolidation,
    CountyEntry,
    Movement,
    NegativeListing,
    OpeningDraft,
    PendingDeduction,
    Reservation,
    SupplyLink,
    TransferOut,
    YearEndRun,
)
from quotas.rules import Instrument, Pool
from quotas.services import bookings, county_books, negative_list, reservations, supply, year_end
from quotas.services.bookings import Gross, Sheet
from quotas.services.county_books import Voucher
from quotas.services.opening import stage_opening
from quotas.services.reservations import Wanted
from quotas.services.supply import ConsolidationFacts
from quotas.services.supply_links import LinkFacts, link_supply
from tests.factories import ProjectFactory, organisation


@dataclass(frozen=True, slots=True)
class QuotaRows:
    quota_account: Account
    quota_movement: Movement
    quota_booking: Booking
    quota_advance: Booking
    quota_run: YearEndRun
    consolidation: Consolidation
    listing: NegativeListing
    reservation: Reservation
    transfer_out: TransferOut
    opening: OpeningDraft
    bringing: BringingIn
    supply_link: SupplyLink
    county_entry: CountyEntry
    deduction: PendingDeduction


def build_quotas(*, dispatcher: User, today: date, has_farmland: bool = True) -> QuotaRows:
    """Stock-in, scale, an advance, a reservation of one's own, one that a neighbour draws.

    Without farmland the holdings on which a proposal of the same world relies stay as they are.
    """
    own = organisation("522701")
    sheet = Sheet(reason="都匀市墨冲镇土地整治入库", occurred_on=today, document_no="黔自然资函〔2026〕18号")
    facts = {"actor": dispatcher, "sheet": sheet, "today": today}
    booking = bookings.allot_plan(county=own, year=today.year - 1, amount=900_000, **facts)  # type: ignore[arg-type]
    bookings.enter_scale(county=own, year=today.year, amount=500_000, **facts)  # type: ignore[arg-type]
    advance = bookings.advance_plan(county=own, year=today.year, amount=1_000, **facts)  # type: ignore[arg-type]
    pool, instrument = Pool.PLAN, Instrument.ANNUAL_PLAN
    if has_farmland:
        pool, instrument = Pool.FARMLAND, Instrument.FARMLAND_AREA
        amounts = {instrument: Gross(600_000), Instrument.FARMLAND_GRAIN: Gross(311_111)}
        booking = bookings.stock_in(county=own, amounts=amounts, **facts)  # type: ignore[arg-type]
    account = Account.objects.get(
        instrument=instrument.value,
        place="AVAILABLE",
        holder=own,
        owner=own,
        period=booking.period,
    )
    scale = Account.objects.get(instrument="ugb_scale", place="AVAILABLE", holder=own, period=today.year)
    mine = _reserve(pool, "522701", Wanted(account, 1_000), today)
    given = _reserve(Pool.SCALE, "522730", Wanted(scale, 1_000), today)
    reservations.lock(reservation_id=given.pk, on=today, actor=None, use_by_on=today + timedelta(days=180))
    accepted = supply.enter_consolidation(
        actor=dispatcher,
        facts=ConsolidationFacts(name="墨冲镇土地整治项目", county=own, area_m2=420_000),
        stage="ACCEPTED",
        stage_on=today,
        today=today,
    )
    return QuotaRows(
        quota_account=account,
        quota_movement=Movement.objects.filter(target=account).order_by("pk")[0],
        quota_booking=booking,
        quota_advance=advance,
        quota_run=year_end.prepare_run(
            actor=dispatcher, pool=Pool.SCALE, year=today.year, occurred_on=today, today=today
        ),
        consolidation=accepted,
        listing=negative_list.list_county(
            county=own, reason="2025年调入指标未用完", listed_on=today, actor=dispatcher
        ),
        reservation=mine,
        transfer_out=TransferOut.objects.get(reservation=given, county=own),
        opening=stage_opening(
            actor=dispatcher,
            filename="期初.csv",
            content="指标,指标所在,数量,单位\n补充耕地数量,都匀市,1.5,公顷\n".encode(),
        ),
        bringing=stage_ledger(
            actor=dispatcher,
            filename="台账.csv",
            content="项目名称,县市,用地总面积（公顷）,批复时间\n都匀市沙包堡水厂,都匀市,1.5,未批复\n".encode(),
            today=today,
        ),
        supply_link=link_supply(
            actor=dispatcher,
            consolidation_id=accepted.pk,
            project_id=ProjectFactory(name="都匀市绕城公路").pk,
            facts=LinkFacts(area_m2=20_000, document_no="补充耕地方案1号"),
            linked_on=today,
            today=today,
        ),
        county_entry=county_books.enter(
            actor=dispatcher,
            book="PLAN_NEW",
            act="GRANTED",
            county=own,
            amount=900_000,
            voucher=Voucher("规划下达", "黔自然资函〔2026〕9号", today),
            today=today,
        ),
        # A month ahead of its time, as no service would note it.
        deduction=PendingDeduction.objects.create(
            reservation=mine,
            county=own,
            amount=500,
            cause="FROZEN",
            document_no="黔自然资函〔2026〕21号",
            noted_on=today,
            noted_by=dispatcher,
        ),
    )


def _reserve(pool: Pool, applicant: str, wanted: Wanted, today: date) -> Reservation:
    return reservations.reserve(
        pool=pool,
        applicant=organisation(applicant),
        wanted=[wanted],
        reason="产业园项目申请",
        held_on=today,
        expires_on=today + timedelta(days=180),
        actor=None,
    )
