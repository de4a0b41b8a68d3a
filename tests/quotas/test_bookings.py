"""What comes in and where its share goes; what is used, frozen, deducted, advanced and undone."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.utils import InternalError

from accounts.models import User
from papers.services import Upload
from quotas import selectors
from quotas.errors import (
    AdvanceOverCap,
    BookingIncomplete,
    BookingInFuture,
    InsufficientQuota,
    NotReversible,
    PaperMissing,
    RepaymentTooLarge,
    RepeatedRequestDiffers,
)
from quotas.models import Account, Booking, Movement
from quotas.rules import Instrument
from quotas.selectors import AccountKey
from quotas.services import bookings
from quotas.services.bookings import Gross, Sheet
from tests.factories import UserFactory, organisation
from tests.papers import files

AREA, PADDY, GRAIN = Instrument.FARMLAND_AREA, Instrument.FARMLAND_PADDY, Instrument.FARMLAND_GRAIN
PLAN, SCALE = Instrument.ANNUAL_PLAN, Instrument.UGB_SCALE
DAY = date(2026, 11, 20)
SHEET = Sheet(reason="龙里县洗马镇土地整治项目入库", occurred_on=DAY, document_no="黔自然资函〔2026〕18号")
COUNTY, STATE = "522730", "522700"


@pytest.fixture
def keeper(db: None) -> User:
    return UserFactory.create(role="DISPATCH")


def balance(
    instrument: Instrument, place: str, holder: str, owner: str | None = None, period: int = 0
) -> int:
    key = AccountKey(instrument, place, organisation(holder).pk, organisation(owner or holder).pk, period)
    found = selectors.accounts_by_key([key])
    return found[key].balance if found else 0


def stock(keeper: User, **more: object) -> Booking:
    amounts = {AREA: Gross(600_000, 50_000, 98_940), PADDY: Gross(111_105), GRAIN: Gross(311_111)}
    arguments: dict[str, object] = {
        "actor": keeper,
        "county": organisation(COUNTY),
        "amounts": amounts,
        "sheet": SHEET,
        "today": DAY,
        **more,
    }
    return bookings.stock_in(**arguments)  # type: ignore[arg-type]


def allot(keeper: User, amount: int, year: int = 2026, county: str = COUNTY, **more: object) -> Booking:
    arguments: dict[str, object] = {
        "actor": keeper,
        "county": organisation(county),
        "year": year,
        "amount": amount,
        "sheet": SHEET,
        "today": DAY,
        **more,
    }
    return bookings.allot_plan(**arguments)  # type: ignore[arg-type]


def test_a_tenth_of_the_usable_stock_goes_to_the_pool_and_stays_the_countys(keeper: User) -> None:
    stock(keeper)

    # 45.1060 ha usable: 4.5106 pooled, 40.5954 kept; the same for paddy and grain.
    assert balance(AREA, "AVAILABLE", STATE, COUNTY) == 45_106
    assert balance(AREA, "AVAILABLE", COUNTY) == 405_954
    assert (balance(PADDY, "AVAILABLE", STATE, COUNTY), balance(PADDY, "AVAILABLE", COUNTY)) == (
        11_111,
        99_994,
    )
    assert (balance(GRAIN, "AVAILABLE", STATE, COUNTY), balance(GRAIN, "AVAILABLE", COUNTY)) == (
        31_111,
        280_000,
    )
    assert selectors.prove_ledger().is_sound


def test_the_agreed_share_of_a_joint_project_becomes_the_prefectures_own(keeper: User) -> None:
    stock(keeper, amounts={AREA: Gross(100_000)}, state_share=Decimal("0.3"))

    assert balance(AREA, "AVAILABLE", STATE, STATE) == 30_000
    assert balance(AREA, "AVAILABLE", STATE, COUNTY) == 7_000
    assert balance(AREA, "AVAILABLE", COUNTY) == 63_000


def test_a_booking_keeps_what_the_rule_was_fed_with(keeper: User) -> None:
    row = stock(keeper)

    row.refresh_from_db()
    assert row.figures["farmland_area"]["pooled"] == 45_106
    assert (row.figures["rate"], row.policy) == ("0.1000", selectors.policy_on(DAY))
    assert Movement.objects.filter(run_key=row.key).count() == 6


@pytest.mark.parametrize(
    "amounts",
    [{}, {AREA: Gross(0)}, {AREA: Gross(5), PADDY: Gross(6)}, {PLAN: Gross(5)}, {AREA: Gross(5, 3, 2)}],
    ids=["nothing", "zero", "more paddy than area", "another pool", "nothing left"],
)
def test_an_impossible_stock_in_is_refused(keeper: User, amounts: dict[Instrument, Gross]) -> None:
    with pytest.raises(BookingIncomplete):
        stock(keeper, amounts=amounts)

    assert not Booking.objects.exists()


def test_a_booking_needs_a_past_day_a_reason_and_a_paper(keeper: User) -> None:
    with pytest.raises(BookingInFuture):
        stock(keeper, sheet=replace(SHEET, occurred_on=date(2026, 11, 21)))
    with pytest.raises(BookingIncomplete):
        stock(keeper, sheet=replace(SHEET, reason=" "))
    with pytest.raises(PaperMissing):
        stock(keeper, sheet=replace(SHEET, document_no=""))

    assert not Movement.objects.exists()


def test_a_file_is_proof_enough_and_hangs_on_the_booking(keeper: User) -> None:
    upload = Upload("入库备案表.pdf", files.pdf())

    row = stock(keeper, sheet=replace(SHEET, document_no="", upload=upload))

    row.refresh_from_db()
    assert row.paper is not None
    assert row.paper.filename == "入库备案表.pdf"


def test_who_may_not_keep_the_ledger_is_turned_away(keeper: User, officer: User) -> None:
    with pytest.raises(PermissionDenied):
        stock(officer)
    row = stock(keeper)
    with pytest.raises(PermissionDenied):
        bookings.reverse_booking(
            actor=UserFactory.create(role="SECTION"), booking=row, sheet=SHEET, today=DAY
        )


def test_the_same_request_is_one_booking(keeper: User) -> None:
    sheet = replace(SHEET, key=uuid.uuid4())
    first = stock(keeper, sheet=sheet)

    assert stock(keeper, sheet=sheet) == first
    with pytest.raises(RepeatedRequestDiffers):
        stock(keeper, sheet=sheet, amounts={AREA: Gross(5)})
    assert Movement.objects.count() == 6


def test_a_fifth_of_every_allotment_goes_to_the_pool(keeper: User) -> None:
    allot(keeper, 1_000_000)
    allot(keeper, 5)

    assert balance(PLAN, "AVAILABLE", STATE, STATE, 2026) == 200_001
    assert balance(PLAN, "AVAILABLE", COUNTY, None, 2026) == 800_004


def test_what_the_province_gives_for_one_kind_of_project_stays_whole(keeper: User) -> None:
    allot(keeper, 1_000_000, channel=Booking.Channel.INFRASTRUCTURE)

    assert balance(PLAN, "AVAILABLE", COUNTY, None, 2026) == 1_000_000


def test_the_years_scale_is_the_countys_until_the_year_ends(keeper: User) -> None:
    bookings.enter_scale(
        actor=keeper, county=organisation(COUNTY), year=2026, amount=500_000, sheet=SHEET, today=DAY
    )

    assert balance(SCALE, "AVAILABLE", COUNTY, None, 2026) == 500_000
    assert balance(SCALE, "AVAILABLE", STATE, COUNTY) == 0


def test_what_is_bought_elsewhere_is_all_the_buyers(keeper: User) -> None:
    row = bookings.record_purchase(
        actor=keeper,
        county=organisation(COUNTY),
        amounts={AREA: 20_000},
        seller="安顺市普定县人民政府",
        amount_yuan=Decimal("4560000.00"),
        sheet=SHEET,
        today=DAY,
    )

    assert balance(AREA, "AVAILABLE", COUNTY) == 20_000
    assert (row.seller, row.amount_yuan) == ("安顺市普定县人民政府", Decimal("4560000.00"))


def advance(keeper: User, amount: int) -> Booking:
    return bookings.advance_plan(
        actor=keeper, county=organisation(COUNTY), year=2026, amount=amount, sheet=SHEET, today=DAY
    )


def test_half_of_last_years_plan_may_be_advanced_and_no_more(keeper: User) -> None:
    allot(keeper, 1_000_001, year=2025)
    advance(keeper, 300_000)

    with pytest.raises(AdvanceOverCap) as refused:
        advance(keeper, 200_002)
    advance(keeper, 200_001)

    assert refused.value.facts == {
        "base": 1_000_001,
        "cap": 500_001,
        "outstanding": 300_000,
        "asked": 200_002,
    }
    assert balance(PLAN, "AVAILABLE", COUNTY, None, 2026) == 500_001


def test_what_was_repaid_may_be_advanced_again(keeper: User) -> None:
    allot(keeper, 1_000_000, year=2025)
    row = advance(keeper, 500_000)

    with pytest.raises(RepaymentTooLarge) as refused:
        bookings.repay_advance(actor=keeper, advance=row, amount=500_001, sheet=SHEET, today=DAY)
    bookings.repay_advance(actor=keeper, advance=row, amount=200_000, sheet=SHEET, today=DAY)
    advance(keeper, 200_000)

    assert refused.value.facts["left"] == 500_000
    assert [a.outstanding for a in selectors.all_open_advances(actor=keeper)] == [300_000, 200_000]


def test_an_advance_that_is_partly_repaid_is_not_undone(keeper: User) -> None:
    allot(keeper, 1_000_000, year=2025)
    row = advance(keeper, 500_000)
    bookings.repay_advance(actor=keeper, advance=row, amount=1, sheet=SHEET, today=DAY)

    with pytest.raises(NotReversible):
        bookings.reverse_booking(actor=keeper, booking=row, sheet=SHEET, today=DAY)


def own(keeper: User) -> Account:
    stock(keeper, amounts={AREA: Gross(100)})
    key = AccountKey(AREA, "AVAILABLE", organisation(COUNTY).pk, organisation(COUNTY).pk)
    return selectors.accounts_by_key([key])[key]


def test_a_county_uses_its_own(keeper: User) -> None:
    bookings.use_own(actor=keeper, account=own(keeper), amount=40, sheet=SHEET, today=DAY)

    assert (balance(AREA, "AVAILABLE", COUNTY), balance(AREA, "USED", COUNTY)) == (50, 40)


def test_frozen_quota_cannot_be_used_until_it_is_free_again(keeper: User) -> None:
    account = own(keeper)
    bookings.freeze(actor=keeper, account=account, amount=60, sheet=SHEET, today=DAY)

    with pytest.raises(InsufficientQuota):
        bookings.use_own(actor=keeper, account=account, amount=31, sheet=SHEET, today=DAY)
    with pytest.raises(BookingIncomplete):
        bookings.unfreeze(actor=keeper, account=account, amount=60, sheet=SHEET, today=DAY)
    frozen = Account.objects.get(place="FROZEN")
    bookings.unfreeze(actor=keeper, account=frozen, amount=20, sheet=SHEET, today=DAY)
    bookings.deduct(actor=keeper, account=frozen, amount=40, sheet=SHEET, today=DAY)

    assert [balance(AREA, p, COUNTY) for p in ("AVAILABLE", "FROZEN", "DEDUCTED")] == [50, 0, 40]


def test_what_is_gone_is_neither_frozen_nor_deducted_nor_used(keeper: User) -> None:
    bookings.use_own(actor=keeper, account=own(keeper), amount=40, sheet=SHEET, today=DAY)
    used = Account.objects.get(place="USED")

    for act in (bookings.freeze, bookings.deduct, bookings.use_own):
        with pytest.raises(BookingIncomplete):
            act(actor=keeper, account=used, amount=1, sheet=SHEET, today=DAY)


def test_a_booking_is_undone_as_a_whole_and_once(keeper: User) -> None:
    row = stock(keeper)

    done = bookings.reverse_booking(actor=keeper, booking=row, sheet=SHEET, today=DAY)

    assert (done.reverses, Movement.objects.filter(run_key=done.key).count()) == (row, 6)
    assert not Account.objects.exclude(balance=0).exists()
    with pytest.raises(NotReversible):
        bookings.reverse_booking(actor=keeper, booking=row, sheet=SHEET, today=DAY)
    with pytest.raises(NotReversible):
        bookings.reverse_booking(actor=keeper, booking=done, sheet=SHEET, today=DAY)


def test_what_was_spent_meanwhile_keeps_a_booking_from_being_undone(keeper: User) -> None:
    account = own(keeper)
    bookings.use_own(actor=keeper, account=account, amount=90, sheet=SHEET, today=DAY)

    with pytest.raises(InsufficientQuota):
        bookings.reverse_booking(
            actor=keeper, booking=Booking.objects.get(kind="STOCK_IN"), sheet=SHEET, today=DAY
        )

    assert balance(AREA, "AVAILABLE", STATE, COUNTY) == 10


def test_the_database_keeps_a_booking_as_it_was(keeper: User) -> None:
    row = stock(keeper)

    with pytest.raises(InternalError), transaction.atomic():
        Booking.objects.filter(pk=row.pk).update(reason="改")
    with pytest.raises(InternalError), transaction.atomic():
        Booking.objects.filter(pk=row.pk).delete()


def test_the_gauges_split_the_pool(keeper: User) -> None:
    stock(keeper)
    allot(keeper, 1_000_000)
    allot(keeper, 1_000_000, year=2025)

    gauges = {gauge.instrument: gauge for gauge in selectors.pool_gauges(actor=keeper, today=DAY)}

    assert (gauges[AREA].left, gauges[PLAN].left) == (45_106, 200_000)
    assert not gauges[AREA].is_warning
