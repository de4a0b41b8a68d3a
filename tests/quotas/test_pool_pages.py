"""The pool's pages: ledgers with a running balance, booking forms, proofs, exports."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from quotas import selectors
from quotas.models import Account, Booking, Consolidation, Movement, NegativeListing, Policy, YearEndRun
from quotas.rules import Instrument
from quotas.selectors.ledger_rows import ledger_accounts, ledger_movements, ledger_rows
from quotas.units import Shown, Unit
from tests.factories import UserFactory, organisation
from tests.queries import queries_of
from tests.world import FROZEN_TIME, TODAY
from tests.world_ledgers import QuotaRows, build_quotas


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(FROZEN_TIME, tick=False):
        yield


@pytest.fixture
def keeper(db: None) -> User:
    return UserFactory.create(role="DISPATCH")


@pytest.fixture
def rows(keeper: User) -> QuotaRows:
    return build_quotas(dispatcher=keeper, today=TODAY)


@pytest.fixture
def desk(client: Client, keeper: User) -> Client:
    client.force_login(keeper)
    return client


STOCK = {
    "county": "",
    "record_no": "备522701-2026-3",
    "unit": "large",
    "area_gross": "45.106",
    "grain_gross": "311111",
    "reason": "墨冲镇土地整治入库",
    "document_no": "黔自然资函〔2026〕19号",
    "occurred_on": "2026-11-23",
    "key": "7b3e3a0c-6a55-4a39-9d5b-6f0f0d5f3a11",
}


def stock(**more: str) -> dict[str, str]:
    return {**STOCK, "county": str(organisation("522701").pk), **more}


def test_a_stock_in_is_booked_from_its_page_and_a_second_click_changes_nothing(desk: Client) -> None:
    address = reverse("quotas:book", args=["stock-in"])

    first, second = desk.post(address, stock()), desk.post(address, stock())

    assert (first.status_code, second.status_code) == (302, 302)
    pooled = Account.objects.get(instrument="farmland_area", holder=organisation("522700"))
    assert (pooled.balance, pooled.owner.code) == (45_106, "522701")
    assert Booking.objects.count() == 1


def test_a_refused_stock_in_keeps_what_was_typed(desk: Client) -> None:
    answer = desk.post(reverse("quotas:book", args=["stock-in"]), stock(paddy_gross="46"))

    assert answer.status_code == 422
    assert "水田规模大于耕地数量" in answer.content.decode()
    assert "墨冲镇土地整治入库" in answer.content.decode()


def test_the_form_begins_with_what_the_pipeline_knows(desk: Client, rows: QuotaRows) -> None:
    address = reverse("quotas:book", args=["stock-in"])

    page = desk.get(f"{address}?consolidation={rows.consolidation.pk}").content.decode()
    desk.post(address, stock(consolidation=str(rows.consolidation.pk)))

    assert "墨冲镇土地整治项目入库" in page
    assert 'value="42.0000"' in page
    assert Consolidation.objects.get(pk=rows.consolidation.pk).stage == "STOCKED"
    booking = Booking.objects.get(consolidation=rows.consolidation)
    desk.post(
        reverse("quotas:booking-reverse", args=[booking.pk]),
        {"reason": "录入有误", "document_no": "更正1号", "occurred_on": "2026-11-23"},
    )
    assert Consolidation.objects.get(pk=rows.consolidation.pk).stage == "FILED"


def test_the_running_balance_is_that_after_each_line(keeper: User, rows: QuotaRows) -> None:
    area = Instrument.FARMLAND_AREA
    accounts = list(ledger_accounts(actor=keeper, instrument=area, unit=organisation("522701")))
    movements = list(ledger_movements(accounts=accounts).order_by("-id"))

    lines = ledger_rows(movements, accounts=accounts, actor=keeper)

    seen = [(line.kind, line.incoming, line.outgoing, line.held, line.balance) for line in lines]
    assert seen == [
        ("预占", 0, 1_000, 1_000, 539_000),
        ("划入州池", 0, 60_000, 0, 540_000),
        ("入库", 600_000, 0, 0, 600_000),
    ]
    assert (
        lines[0].balance == rows.quota_account.balance
        or Account.objects.get(pk=rows.quota_account.pk).balance == 539_000
    )


def test_filters_do_not_touch_the_balance(desk: Client, rows: QuotaRows) -> None:
    page = desk.get(
        reverse("quotas:ledger"), {"instrument": "farmland_area", "holder": "522701", "kind": "TO_POOL"}
    ).content.decode()

    assert "54.0000" in page
    assert "60.0000" not in page


def test_the_ledger_prints_in_the_readers_unit(desk: Client, rows: QuotaRows) -> None:
    asked = {"instrument": "farmland_area", "holder": "522701", "unit": "small"}

    assert "810.0000" in desk.get(reverse("quotas:ledger"), asked).content.decode()


def test_a_ledger_costs_the_same_for_one_row_and_for_many(desk: Client, rows: QuotaRows) -> None:
    address = reverse("quotas:ledger") + "?instrument=farmland_area&holder=522701"
    few = queries_of(lambda: desk.get(address))
    for number in range(20):
        key = f"7b3e3a0c-6a55-4a39-9d5b-6f0f0d5f3a{number + 20}"
        desk.post(reverse("quotas:book", args=["stock-in"]), stock(key=key, area_gross="1"))

    assert queries_of(lambda: desk.get(address)) == few


def test_the_export_holds_the_same_lines_oldest_first(desk: Client, rows: QuotaRows) -> None:
    answer = desk.get(reverse("quotas:ledger-export"), {"instrument": "farmland_area", "holder": "522701"})

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    body = [[cell.value for cell in row] for row in sheet.iter_rows()]
    kinds = [row[2] for row in body if row[0] in (1, 2, 3)]
    assert kinds == ["入库", "划入州池", "预占"]
    assert [row[10] for row in body if row[0] in (1, 2, 3)] == [60, 54, 53.9]


def test_an_account_proves_its_balance(desk: Client, rows: QuotaRows) -> None:
    page = desk.get(reverse("quotas:account", args=[rows.quota_account.pk])).content.decode()

    assert "一致" in page
    assert "不一致" not in page
    assert "53.9000" in page


def test_freezing_is_booked_from_the_account(desk: Client, rows: QuotaRows) -> None:
    answer = desk.post(
        reverse("quotas:account-act", args=[rows.quota_account.pk, "freeze"]),
        {
            "amount": "15",
            "unit": "small",
            "reason": "督察冻结",
            "document_no": "督〔2026〕3号",
            "occurred_on": "2026-11-23",
        },
    )

    assert answer.status_code == 302
    assert Account.objects.get(place="FROZEN").balance == 10_000


def test_more_than_there_is_stays_on_the_form(desk: Client, rows: QuotaRows) -> None:
    answer = desk.post(
        reverse("quotas:account-act", args=[rows.quota_account.pk, "use"]),
        {"amount": "54", "unit": "large", "reason": "用", "document_no": "1", "occurred_on": "2026-11-23"},
    )

    assert answer.status_code == 422
    assert "指标余额不足" in answer.content.decode()


def test_a_reversed_booking_says_so(desk: Client, rows: QuotaRows) -> None:
    booking = Booking.objects.get(kind="SCALE")
    stocked = rows.quota_advance

    desk.post(
        reverse("quotas:booking-reverse", args=[stocked.pk]),
        {"reason": "录入有误", "document_no": "更正1号", "occurred_on": "2026-11-23"},
    )

    assert "已冲正" in desk.get(reverse("quotas:booking", args=[stocked.pk])).content.decode()
    assert "已冲正" not in desk.get(reverse("quotas:booking", args=[booking.pk])).content.decode()
    [movement] = Movement.objects.filter(run_key=stocked.key)
    assert "已冲正" in desk.get(reverse("quotas:movement", args=[movement.pk])).content.decode()


def test_an_advance_is_repaid_from_its_page(desk: Client, rows: QuotaRows) -> None:
    desk.post(
        reverse("quotas:booking-repay", args=[rows.quota_advance.pk]),
        {
            "amount": "0.04",
            "unit": "large",
            "reason": "归还",
            "document_no": "1",
            "occurred_on": "2026-11-23",
        },
    )

    [left] = selectors.open_advances(county=organisation("522701"), year=2026)
    assert left.outstanding == 600


def test_a_year_is_closed_and_reopened_from_its_pages(desk: Client, rows: QuotaRows) -> None:
    address = reverse("quotas:run-act", args=[rows.quota_run.pk, "commit"])

    desk.post(address, {"document_no": "州府纪要40号", "reason": "年末结转"})
    assert YearEndRun.objects.get(pk=rows.quota_run.pk).state == "COMMITTED"
    desk.post(
        reverse("quotas:run-act", args=[rows.quota_run.pk, "reverse"]),
        {"reason": "有误", "document_no": "更正2号", "occurred_on": "2026-11-23"},
    )

    assert YearEndRun.objects.get(pk=rows.quota_run.pk).state == "REVERSED"
    assert selectors.prove_ledger().is_sound


def test_a_county_comes_off_the_negative_list(desk: Client, rows: QuotaRows) -> None:
    desk.post(reverse("quotas:negative-remove", args=[rows.listing.pk]), {"reason": "整改完成"})

    assert not NegativeListing.objects.in_force(TODAY).exists()


def test_a_new_version_of_the_rules_ends_the_one_before(desk: Client) -> None:
    before = selectors.policy_on(TODAY)
    page = desk.get(reverse("quotas:policies"))
    values = {name: field.initial for name, field in page.context["form"].fields.items()}
    values |= {name: page.context["form"].initial[name] for name in values}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}

    answer = desk.post(
        reverse("quotas:policies"), sent | {"effective_from": "2027-01-01", "farmland_rate": "0.12"}
    )

    assert answer.status_code == 302, answer.context["form"].errors
    before.refresh_from_db()
    assert str(before.effective_to) == "2027-01-01"
    assert Policy.objects.get(effective_from="2027-01-01").farmland_rate == Decimal("0.12")
    assert desk.post(reverse("quotas:policies"), sent | {"effective_from": "2026-01-01"}).status_code == 422


def test_an_unused_reservation_is_released_and_waste_needs_its_day(desk: Client, rows: QuotaRows) -> None:
    address = reverse("quotas:reservation-release", args=[rows.reservation.pk])

    refused = desk.post(address, {"reason": "浪费", "is_waste": "on"})
    done = desk.post(address, {"reason": "项目取消"})

    assert (refused.status_code, done.status_code) == (422, 302)
    rows.reservation.refresh_from_db()
    assert rows.reservation.state == "RELEASED"


def test_the_transfer_out_plan_has_a_month_and_stops_when_done(desk: Client, rows: QuotaRows) -> None:
    deadline = rows.transfer_out.deadline
    assert deadline is not None
    assert str(deadline.committed_due_on) == "2026-12-23"

    desk.post(
        reverse("quotas:transfer-complete", args=[rows.transfer_out.pk]),
        {"completed_on": "2026-11-23", "document_no": "匀府函〔2026〕9号"},
    )

    deadline.refresh_from_db()
    assert deadline.state == "MET"


@pytest.mark.parametrize("shown", list(Shown))
@pytest.mark.parametrize("instrument", [Instrument.FARMLAND_AREA, Instrument.FARMLAND_GRAIN])
@pytest.mark.parametrize("amount", [1, 3, 667, 45_106, 123_456_789])
def test_every_unit_prints_and_reads_exactly(shown: Shown, instrument: Instrument, amount: int) -> None:
    unit = Unit(instrument, shown)

    assert unit.read(Decimal(unit.print(amount).replace(",", ""))) == amount
