"""Opening balances: a workbook is judged cell by cell, then taken over whole, once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from core.clock import today
from officefiles.errors import ColumnsMissing
from quotas import selectors
from quotas.errors import BookingInFuture, OpeningRefused, PaperMissing
from quotas.models import Account, Booking, Movement, OpeningDraft
from quotas.services.bookings import Sheet, reverse_booking
from quotas.services.opening import stage_opening, take_opening
from tests.factories import UserFactory
from tests.quotas.scenes import AREA, GRAIN, PLAN, TODAY, stock

pytestmark = pytest.mark.django_db
HEAD = "指标,指标所在,权属,年度,性质,数量,单位\n"
GOOD = HEAD + (
    "补充耕地数量,黔南州,都匀市,,可用,4.5106,公顷\n"
    "补充耕地数量,都匀市,,,可用,150,亩\n"
    "补充耕地数量,都匀市,,,冻结,3000,平方米\n"
    "粮食产能,都匀市,,,,3.1111,万公斤\n"
    "年度新增建设用地计划,522725,,2026年,可用,20,公顷\n"
)


def stage(actor: User, text: str) -> OpeningDraft:
    return stage_opening(actor=actor, filename="期初.csv", content=text.encode())


def take(actor: User, draft: OpeningDraft, *, document_no: str = "黔南办〔2026〕1号") -> Booking:
    return take_opening(
        actor=actor, draft_id=draft.pk, document_no=document_no, occurred_on=TODAY, today=TODAY
    )


def balances() -> dict[tuple[str, str, str, str, int], int]:
    rows = Account.objects.exclude(place=Account.Place.SOURCE).select_related("holder", "owner")
    return {
        (row.instrument, row.place, row.holder.code, row.owner.code, row.period): row.balance for row in rows
    }


def test_every_error_is_named_with_its_row_and_cell_all_at_once(dispatcher: User) -> None:
    bad = HEAD + (
        "林地,都匀市,,,可用,1,公顷\n"
        "补充耕地数量,火星县,木星县,26,闲置,零,公顷\n"
        "补充耕地数量,都匀市,,,可用,-1,公顷\n"
        "补充耕地数量,都匀市,,,可用,1,公斤\n"
        "粮食产能,都匀市,,,可用,1,公顷\n"
        "年度新增建设用地计划,都匀市,,,可用,1,公顷\n"
        "补充水田规模,都匀市,,,可用,1,公顷\n"
        "补充水田规模,都匀市,都匀市,,可用,2,公顷\n"
    )

    draft = stage(dispatcher, bad)

    found = [(problem["row"], problem["cell"]) for problem in draft.problems]
    assert sorted(found) == [
        *((2, "A2"), (3, "B3"), (3, "C3"), (3, "D3"), (3, "E3"), (3, "F3"), (4, "F4")),
        *((5, "G5"), (6, "G6"), (7, "D7"), (9, "B9")),
    ]
    said = {problem["cell"]: problem["message"] for problem in draft.problems}
    assert (said["B3"], said["B9"]) == (
        "没有“火星县”这个县市。请填写简称、全称或代码。",
        "与第 8 行是同一账户。请合并为一行。",
    )
    assert [row["row"] for row in draft.rows] == [8]


def test_a_workbook_with_errors_cannot_be_taken_over(dispatcher: User) -> None:
    draft = stage(dispatcher, GOOD + "林地,都匀市,,,可用,1,公顷\n")

    with pytest.raises(OpeningRefused, match="表中有 1 处问题"):
        take(dispatcher, draft)

    assert not Movement.objects.exists()
    assert not Booking.objects.exists()


def test_an_amount_that_rounds_to_nothing_is_an_error_of_its_cell(dispatcher: User) -> None:
    draft = stage(dispatcher, HEAD + "补充耕地数量,都匀市,,,可用,0.00001,公顷\n")

    assert [problem["cell"] for problem in draft.problems] == ["F2"]


def test_a_workbook_without_its_columns_or_rows_is_refused(dispatcher: User) -> None:
    with pytest.raises(ColumnsMissing, match="缺少“单位”列"):
        stage(dispatcher, "指标,指标所在,数量\n补充耕地数量,都匀市,1\n")
    with pytest.raises(OpeningRefused, match="没有数据行"):
        stage(dispatcher, HEAD)

    assert not OpeningDraft.objects.exists()


def test_taking_over_writes_every_balance_in_its_own_unit(dispatcher: User) -> None:
    draft = stage(dispatcher, GOOD)
    assert draft.problems == []
    assert not Movement.objects.exists()

    booking = take(dispatcher, draft)

    assert balances() == {
        (AREA, "AVAILABLE", "522700", "522701", 0): 45_106,
        (AREA, "AVAILABLE", "522701", "522701", 0): 100_000,
        (AREA, "FROZEN", "522701", "522701", 0): 3_000,
        (GRAIN, "AVAILABLE", "522701", "522701", 0): 31_111,
        (PLAN, "AVAILABLE", "522725", "522725", 2026): 200_000,
    }
    sources = Account.objects.filter(place=Account.Place.SOURCE)
    assert {(row.instrument, row.owner.code): row.balance for row in sources} == {
        (AREA, "522701"): -148_106,
        (GRAIN, "522701"): -31_111,
        (PLAN, "522725"): -200_000,
    }
    assert Movement.objects.filter(run_key=booking.key, kind="STOCK_IN").count() == 5
    assert Entry.objects.filter(verb="quota.opening_taken").count() == 1
    assert selectors.prove_ledger().is_sound


def test_a_second_confirmation_changes_nothing(dispatcher: User) -> None:
    draft = stage(dispatcher, GOOD)
    first = take(dispatcher, draft)

    assert take(dispatcher, draft) == first

    assert (Booking.objects.count(), Movement.objects.count()) == (1, 5)
    assert Entry.objects.filter(verb="quota.opening_taken").count() == 1


def test_balances_do_not_come_on_top_of_an_account_in_use(dispatcher: User) -> None:
    stock("522701", 500, holder="522701")

    with pytest.raises(OpeningRefused, match="都匀市的账户已有记录"):
        take(dispatcher, stage(dispatcher, GOOD))

    assert Movement.objects.count() == 1
    assert not Booking.objects.exists()


def test_the_same_workbook_uploaded_twice_comes_in_once(dispatcher: User) -> None:
    take(dispatcher, stage(dispatcher, GOOD))

    with pytest.raises(OpeningRefused, match="已有记录"):
        take(dispatcher, stage(dispatcher, GOOD))

    assert Movement.objects.count() == 5


def test_after_a_reversal_the_corrected_workbook_comes_in(dispatcher: User) -> None:
    wrong = take(dispatcher, stage(dispatcher, GOOD))
    sheet = Sheet(reason="期初数有误", occurred_on=TODAY, document_no="黔南办〔2026〕2号")
    reverse_booking(actor=dispatcher, booking=wrong, sheet=sheet, today=TODAY)

    take(dispatcher, stage(dispatcher, GOOD.replace("4.5106", "4.5")))

    assert balances()[AREA, "AVAILABLE", "522700", "522701", 0] == 45_000
    assert selectors.prove_ledger().is_sound


def test_taking_over_needs_a_paper_and_a_day_that_has_been(dispatcher: User) -> None:
    draft = stage(dispatcher, GOOD)

    with pytest.raises(PaperMissing):
        take(dispatcher, draft, document_no=" ")
    with pytest.raises(BookingInFuture):
        take_opening(
            actor=dispatcher,
            draft_id=draft.pk,
            document_no="1号",
            occurred_on=date(2026, 11, 21),
            today=TODAY,
        )

    assert not Booking.objects.exists()
    draft.refresh_from_db()
    assert draft.booking_id is None


def test_who_keeps_no_ledger_neither_uploads_nor_takes_over(dispatcher: User, officer: User) -> None:
    draft = stage(dispatcher, GOOD)

    with pytest.raises(PermissionDenied):
        stage(officer, GOOD)
    with pytest.raises(PermissionDenied):
        take(officer, draft)

    assert OpeningDraft.objects.count() == 1
    assert not Movement.objects.exists()


def test_a_draft_is_its_uploaders_alone(dispatcher: User) -> None:
    draft = stage(dispatcher, GOOD)
    other = UserFactory.create(role="DISPATCH")

    with pytest.raises(OpeningDraft.DoesNotExist):
        take(other, draft)


def test_the_page_names_the_cells_and_then_takes_over(client: Client, dispatcher: User) -> None:
    client.force_login(dispatcher)
    bad = stage(dispatcher, HEAD + "林地,都匀市,,,可用,1,公顷\n")
    page = client.get(reverse("quotas:opening-draft", args=[bad.pk])).content.decode()
    assert "<td>2</td><td>A2</td><td>没有“林地”这类指标。" in page
    assert "确认导入" not in page

    good = stage(dispatcher, GOOD)
    address = reverse("quotas:opening-draft", args=[good.pk])
    page = client.get(address).content.decode()
    assert ">冻结</td>" in page
    assert client.post(address, {"occurred_on": "2026-11-20"}).status_code == 422
    done = client.post(address, {"occurred_on": today().isoformat(), "document_no": "1号"})

    good.refresh_from_db()
    assert done.headers["Location"] == reverse("quotas:booking", args=[good.booking_id])
    assert Movement.objects.count() == 5
