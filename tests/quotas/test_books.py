"""Links of projects with consolidations, the counties' books, deductions, and the trial of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from deadlines.models import Deadline
from quotas import rules, selectors
from quotas.errors import BookOverdrawn, DeductionRefused, EntryRefused, LinkRefused, PolicyInPast
from quotas.models import (
    Account,
    Consolidation,
    CountyEntry,
    PendingDeduction,
    Policy,
    Reservation,
    SupplyLink,
)
from quotas.selectors.county_books import book_balance, book_sums
from quotas.selectors.supply import project_balances
from quotas.services import bookings, county_books, deductions, policies, reservations, supply
from quotas.services import supply_links as links
from quotas.services.bookings import Sheet
from quotas.services.county_books import Voucher
from quotas.services.reservations import Wanted
from quotas.services.supply import ConsolidationFacts
from quotas.services.supply_links import LinkFacts
from tests.factories import ProjectFactory, organisation
from tests.world import FROZEN_TIME, TODAY

SAID = {"reason": "规划下达", "document_no": "黔自然资函〔2026〕9号"}


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(FROZEN_TIME, tick=False):
        yield


def consolidation(by: User, *, county: str = "522725", area_m2: int = 100_000) -> Consolidation:
    return supply.enter_consolidation(
        actor=by,
        facts=ConsolidationFacts(
            name="玉山镇整治", county=organisation(county), area_m2=area_m2, grain_kg=500
        ),
        stage="FILED",
        stage_on=TODAY,
        today=TODAY,
    )


def link(by: User, row: Consolidation, area_m2: int, *, county: str = "522725") -> SupplyLink:
    project = ProjectFactory(organisation=organisation(county), land={"arable_m2": 60_000})
    return links.link_supply(
        actor=by,
        consolidation_id=row.pk,
        project_id=project.pk,
        facts=LinkFacts(area_m2=area_m2, document_no="方案1号"),
        linked_on=TODAY,
        today=TODAY,
    )


def voucher(**more: object) -> Voucher:
    return Voucher(**{**SAID, "occurred_on": TODAY, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("own", "cost", "expected"),
    [
        (0, "100000", ("150.00", "120.00", "100000.00")),
        (40_000, "0", ("90.00", "72.00", "0.00")),
        (200_000, "5", ("0.00", "0.00", "0.00")),
        (0, "9999999999", ("150.00", "120.00", "1200000.00")),
    ],
    ids=["all is taken", "the county's own stays", "nothing is left", "the cost never exceeds the due"],
)
def test_the_prefecture_pays_its_share_of_the_fee_for_what_it_takes(
    own: int, cost: str, expected: tuple[str, str, str]
) -> None:
    taken_mu, due_wan, paid_cost = expected

    share = rules.fund_share(
        area_m2=100_000, own_m2=own, fee=Decimal(10_000), rate=Decimal("0.8"), cost=Decimal(cost)
    )

    assert Decimal(share.taken_m2) * 15 / 10_000 == Decimal(taken_mu)
    assert share.due == Decimal(due_wan) * 10_000
    assert (share.cost, share.fund) == (Decimal(paid_cost), share.due - Decimal(paid_cost))


def test_a_consolidation_stands_for_no_more_than_it_brings(dispatcher: User, officer: User) -> None:
    row = consolidation(dispatcher)
    first = link(dispatcher, row, 60_000)

    with pytest.raises(LinkRefused) as refused:
        link(dispatcher, row, 40_001)
    with pytest.raises(LinkRefused, match="已与这个整治项目挂钩"), transaction.atomic():
        links.link_supply(
            actor=dispatcher,
            consolidation_id=row.pk,
            project_id=first.project_id,
            facts=LinkFacts(area_m2=1, document_no="2"),
            linked_on=TODAY,
            today=TODAY,
        )
    balance = project_balances([first.project])[first.project_id]

    assert refused.value.facts == {"dimension": "area_m2", "left": 40_000}
    assert (balance.need_m2, balance.linked_m2, balance.lacking_m2) == (60_000, 60_000, 0)
    assert not SupplyLink.objects.visible_to(officer).exists()
    links.release_link(actor=dispatcher, link_id=first.pk, reason="改选他处", today=TODAY)
    assert link(dispatcher, row, 100_000).area_m2 == 100_000
    with pytest.raises(LinkRefused, match="解除"):
        links.release_link(actor=dispatcher, link_id=first.pk, reason="再解除", today=TODAY)


def test_a_settlement_fills_the_fund_once_and_what_is_spent_cannot_be_undone(
    dispatcher: User, section: User
) -> None:
    row = consolidation(dispatcher)
    link(dispatcher, row, 40_000)
    link(dispatcher, row, 20_000, county="522701")
    facts = {"consolidation_id": row.pk, "fee": Decimal(10_000), "cost": Decimal(300_000), "today": TODAY}
    with pytest.raises(EntryRefused, match="还没有入库"):
        county_books.settle_fund(actor=section, voucher=voucher(), **facts)  # type: ignore[arg-type]
    Consolidation.objects.filter(pk=row.pk).update(stage="STOCKED")

    entries = county_books.settle_fund(actor=section, voucher=voucher(), **facts)  # type: ignore[arg-type]

    # 6 公顷 = 90 亩 × 10,000 元 × 80 % = 72 万元, less the cost of 30 万元.
    county = row.county
    assert [entry.amount for entry in entries] == [72_000_000, -30_000_000]
    assert book_balance(book="FUND", county=county) == 42_000_000
    with pytest.raises(EntryRefused, match="已结算"):
        county_books.settle_fund(actor=section, voucher=voucher(), **facts)  # type: ignore[arg-type]
    spent = {"book": "FUND", "act": "SPENT", "county": county, "today": TODAY}
    with pytest.raises(BookOverdrawn) as refused:
        county_books.enter(actor=section, amount=42_000_001, voucher=voucher(), **spent)  # type: ignore[arg-type]
    assert refused.value.facts == {"left": 42_000_000, "asked": 42_000_001}
    again = voucher(key="5b3e3a0c-6a55-4a39-9d5b-6f0f0d5f3a11")
    done = [
        county_books.enter(actor=section, amount=42_000_000, voucher=again, **spent)  # type: ignore[arg-type]
        for _ in range(2)
    ]
    assert (done[0].pk, book_balance(book="FUND", county=county)) == (done[1].pk, 0)
    with pytest.raises(BookOverdrawn):
        county_books.reverse_entry(actor=dispatcher, entry_id=entries[0].pk, voucher=voucher(), today=TODAY)
    undone = county_books.reverse_entry(actor=dispatcher, entry_id=done[0].pk, voucher=voucher(), today=TODAY)
    assert undone.amount == 42_000_000
    with pytest.raises(EntryRefused, match="冲正"):
        county_books.reverse_entry(actor=dispatcher, entry_id=done[0].pk, voucher=voucher(), today=TODAY)
    [total] = book_sums(actor=dispatcher)
    assert (total.came, total.went, total.left) == (72_000_000, 30_000_000, 42_000_000)


def test_the_database_guards_the_books(dispatcher: User) -> None:
    county = organisation("522701")
    row = county_books.enter(
        actor=dispatcher,
        book="PLAN_NEW",
        act="GRANTED",
        county=county,
        amount=900,
        voucher=voucher(),
        today=TODAY,
    )
    plain = {"book": "PLAN_NEW", "county": county, "occurred_on": TODAY, "entered_by": dispatcher, **SAID}

    for broken, words in (
        ({"act": "USED", "amount": -901}, "would fall below zero"),
        ({"act": "USED", "amount": 5}, "quota_county_entry_has_its_sign"),
        ({"act": "SPENT", "amount": -5}, "quota_county_entry_in_its_book"),
        ({"act": "REVERSAL", "amount": -5}, "quota_county_entry_reversal_names_its_entry"),
        ({"act": "GRANTED", "amount": 5, "reason": ""}, "quota_county_entry_says_why"),
    ):
        with pytest.raises(IntegrityError, match=words), transaction.atomic():
            CountyEntry.objects.create(**{**plain, **broken})
    for statement in ("UPDATE quotas_countyentry SET amount = 1", "DELETE FROM quotas_countyentry"):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert book_balance(book="PLAN_NEW", county=county) == row.amount == 900


def late_reservation(by: User, use_by_on: date = TODAY - timedelta(days=3)) -> Reservation:
    """10 hectares of 龙里 drawn by 都匀, whose time for use was over on Friday."""
    facts = {"actor": by, "sheet": Sheet("年度规模", TODAY, "1"), "today": TODAY}
    bookings.enter_scale(county=organisation("522730"), year=2026, amount=300_000, **facts)  # type: ignore[arg-type]
    account = Account.objects.get(instrument="ugb_scale", place="AVAILABLE", holder=organisation("522730"))
    held = reservations.reserve(
        pool=rules.Pool.SCALE,
        applicant=organisation("522701"),
        wanted=[Wanted(account, 100_000)],
        reason="产业园",
        held_on=TODAY - timedelta(days=30),
        expires_on=TODAY,
        actor=by,
    )
    return reservations.lock(
        reservation_id=held.pk, on=TODAY - timedelta(days=29), actor=by, use_by_on=use_by_on
    )


def test_a_time_for_use_that_ends_on_a_sunday_is_over_after_monday(dispatcher: User) -> None:
    """As its clock shows it: 民法典 203."""
    sunday, monday = date(2026, 11, 15), date(2026, 11, 16)
    row = late_reservation(dispatcher, sunday)

    def note(today: date) -> None:
        deductions.note_deduction(
            actor=dispatcher,
            reservation_id=row.pk,
            amount=1,
            cause="FROZEN",
            document_no="黔自然资函〔2026〕21号",
            today=today,
        )

    assert (row.use_by_on, row.use_until) == (sunday, monday)
    with pytest.raises(DeductionRefused, match="2026-11-16，尚未超期"):
        note(monday)
    note(monday + timedelta(days=1))


def test_no_more_is_noted_for_deduction_than_was_left_unused(dispatcher: User) -> None:
    """Golden Q15: what was approved in time is not frozen."""
    row = late_reservation(dispatcher)
    [line] = row.lines.all()
    in_time = TODAY - timedelta(days=4)
    reservations.post(
        reservation_id=row.pk, on=in_time, actor=dispatcher, reason="报批", amounts={line.pk: 75_000}
    )
    said = {"cause": "FROZEN", "document_no": "黔自然资函〔2026〕21号", "actor": dispatcher, "today": TODAY}

    with pytest.raises(DeductionRefused) as refused:
        deductions.note_deduction(reservation_id=row.pk, amount=25_001, **said)  # type: ignore[arg-type]
    noted = deductions.note_deduction(reservation_id=row.pk, amount=25_000, **said)  # type: ignore[arg-type]

    assert refused.value.facts == {"drawn": 100_000, "unused": 25_000}
    assert noted.amount == 25_000


def test_frozen_scale_is_noted_and_the_same_amount_comes_off_at_the_evaluation(dispatcher: User) -> None:
    row = late_reservation(dispatcher)
    said = {"cause": "FROZEN", "document_no": "黔自然资函〔2026〕21号"}

    with pytest.raises(DeductionRefused, match="尚未超期"):
        deductions.note_deduction(
            actor=dispatcher, reservation_id=row.pk, amount=1, today=TODAY - timedelta(days=5), **said
        )
    with pytest.raises(DeductionRefused) as refused:
        deductions.note_deduction(
            actor=dispatcher, reservation_id=row.pk, amount=100_001, today=TODAY, **said
        )
    noted = deductions.note_deduction(
        actor=dispatcher, reservation_id=row.pk, amount=45_000, today=TODAY, **said
    )
    with pytest.raises(DeductionRefused, match="已登记"):
        deductions.note_deduction(actor=dispatcher, reservation_id=row.pk, amount=1, today=TODAY, **said)
    sheet = Sheet("评估调整", TODAY, "黔南府函〔2026〕40号")
    facts = {"actor": dispatcher, "deduction_id": noted.pk, "sheet": sheet, "today": TODAY}
    with pytest.raises(DeductionRefused) as lacking:
        deductions.settle_deduction(**facts)  # type: ignore[arg-type]
    county = organisation("522701")
    entered = Sheet("年度规模", TODAY, "2")
    bookings.enter_scale(
        actor=dispatcher, county=county, year=2026, amount=50_000, sheet=entered, today=TODAY
    )
    own = Account.objects.get(instrument="ugb_scale", place="AVAILABLE", holder=county)
    bookings.freeze(actor=dispatcher, account=own, amount=30_000, sheet=entered, today=TODAY)

    settled = deductions.settle_deduction(**facts)  # type: ignore[arg-type]

    left = dict(Account.objects.filter(instrument="ugb_scale", owner=county).values_list("place", "balance"))
    assert (refused.value.facts, lacking.value.facts) == (
        {"drawn": 100_000, "unused": 100_000},
        {"lacking": 45_000},
    )
    # What is frozen goes first; the rest of the year's own scale stays.
    assert {place: left[place] for place in ("AVAILABLE", "FROZEN", "DEDUCTED")} == {
        "AVAILABLE": 5_000,
        "FROZEN": 0,
        "DEDUCTED": 45_000,
    }
    assert settled.booking is not None
    assert settled.booking.kind == "DEDUCTION"
    with pytest.raises(DeductionRefused, match="办结"):
        deductions.void_deduction(actor=dispatcher, deduction_id=noted.pk, reason="误记", today=TODAY)
    assert selectors.prove_ledger().is_sound


def test_a_trial_of_the_rules_has_its_term_and_a_later_version_ends_it(dispatcher: User) -> None:
    now = Policy.objects.get()
    values = {"title": "调节池办法（试行）", "basis": "黔南府办发〔2026〕10号"}
    with pytest.raises(PolicyInPast, match="试行期"):
        policies.set_policy(
            actor=dispatcher,
            effective_from=TODAY,
            values={**values, "trial_until": TODAY - timedelta(days=1)},
            today=TODAY,
        )
    row = policies.set_policy(
        actor=dispatcher,
        effective_from=TODAY,
        values={**values, "trial_until": date(2029, 11, 23)},
        today=TODAY,
    )
    clock = row.trial_deadline
    assert clock is not None
    assert (clock.role, clock.due_on, clock.state) == ("VALIDITY", date(2029, 11, 23), "RUNNING")
    later = selectors.trial_of(row, today=date(2029, 11, 24))
    assert later is not None
    assert later.is_over
    assert selectors.trial_of(now, today=TODAY) is None

    policies.set_policy(
        actor=dispatcher, effective_from=TODAY + timedelta(days=7), values=values, today=TODAY
    )

    assert policies.end_replaced_trials(today=TODAY + timedelta(days=6)) == 0
    assert policies.end_replaced_trials(today=TODAY + timedelta(days=7)) == 1
    assert Deadline.objects.get(pk=clock.pk).state == "CANCELLED"


def test_a_project_is_linked_settled_and_noted_from_the_pages(client: Client, dispatcher: User) -> None:
    client.force_login(dispatcher)
    row = consolidation(dispatcher)
    project = ProjectFactory(organisation=organisation("522725"), land={"arable_m2": 60_000})

    refused = client.post(reverse("quotas:link-new", args=[row.pk]), {"project": project.pk, "area": "11"})
    linked = client.post(
        reverse("quotas:link-new", args=[row.pk]),
        {"project": project.pk, "area": "4", "document_no": "方案1号", "linked_on": TODAY},
    )
    listed = client.get(reverse("quotas:links"), {"standing": "1", "q": "玉山"}).content.decode()
    Consolidation.objects.filter(pk=row.pk).update(stage="STOCKED")
    Policy.objects.update(reclaim_fee=Decimal(10_000))
    form = client.get(reverse("quotas:fund-settle", args=[row.pk])).content.decode()
    settled = client.post(
        reverse("quotas:fund-settle", args=[row.pk]),
        {"fee": "10000", "cost": "0", "occurred_on": TODAY, **SAID},
    )
    granted = client.post(
        reverse("quotas:county-entry-new"),
        {
            "kind": "PLAN_NEW:GRANTED",
            "county": row.county_id,
            "amount": "796.67",
            "occurred_on": TODAY,
            **SAID,
        },
    )
    books = client.get(reverse("quotas:county-books")).content.decode()

    assert (refused.status_code, linked.status_code) == (422, 302)
    assert "尚缺" in listed
    assert "2.0000" in listed
    assert 'value="10000.00"' in form
    assert (settled.status_code, granted.status_code) == (302, 302)
    assert "720,000.00 元" in books
    assert "796.6700 公顷" in books


def test_the_api_does_the_same(client: Client, dispatcher: User, officer: User) -> None:
    client.force_login(dispatcher)

    def send(name: str, body: dict[str, object], *args: object) -> tuple[int, dict[str, object]]:
        answer = client.post(reverse(name, args=args), body, content_type="application/json")
        return answer.status_code, answer.json()

    row = consolidation(dispatcher)
    facts = {"name": "玉山镇整治", "county": "522725", "stage": "FILED", "stage_on": "2026-11-23"}
    moved, _ = send("consolidation-stage", {**facts, "area_m2": 90_000, "record_no": "备1"}, row.pk)
    again, said = send("consolidation-list", {**facts, "record_no": "备1"})
    row.refresh_from_db()
    assert (moved, row.area_m2, again, said["code"]) == (200, 90_000, 409, "stage_out_of_order")

    project = ProjectFactory(organisation=organisation("522725"))
    body = {"project": project.pk, "area_m2": 90_001, "document_no": "方案", "linked_on": "2026-11-23"}
    assert send("consolidation-link", body, row.pk)[1]["facts"] == {"dimension": "area_m2", "left": 90_000}
    assert send("consolidation-link", {**body, "project": 999_999}, row.pk)[0] == 404
    code, made = send("consolidation-link", {**body, "area_m2": 1_000}, row.pk)
    assert code == 201
    assert send("supply-link-release", {"reason": "改选"}, made["id"])[1]["release_reason"] == "改选"

    late = late_reservation(dispatcher)
    frozen = {"amount": 45_000, "cause": "FROZEN", "document_no": "函21号"}
    code, noted = send("quota-reservation-frozen", frozen, late.pk)
    assert code == 201
    assert send("quota-deduction-void", {"reason": "已解冻"}, noted["id"])[0] == 200
    assert PendingDeduction.objects.get().void_reason == "已解冻"

    item = {"pool": "plan", "code": "report", "effective_from": "2026-11-23"}
    assert send("quota-checklist-list", item)[0] == 400
    assert send("quota-checklist-list", {**item, "is_ended": True})[1]["effective_to"] == "2026-11-23"
    review = {"review_days": 8, "opinion_days": 4, "payment_days": 15, "note": "试行"}
    setting = {"effective_from": "2026-11-23", "offices": ["522700-FGW"], **review}
    assert send("quota-review-setting-list", {**setting, "reviewer": "X"})[0] == 409
    assert send("quota-review-setting-list", {**setting, "reviewer": "522700-ZRZY-GH"})[0] == 201
    account = {"organisation": "522725", "title": "瓮安县财政局", "bank": "农行", "number": "62"}
    assert send("quota-fiscal-account-list", {**account, "effective_from": "2026-11-23"})[0] == 201
    version = {"title": "办法", "basis": "文件", "effective_from": "2026-12-01", "trial_until": "2029-12-01"}
    assert send("quota-policy-list", version)[1]["fund_rate"] == "0.8000"
    assert send("quota-policy-list", version)[1]["code"] == "policy_in_past"
    tried = client.get(reverse("quota-what-if-list"), {"project": "1"})
    assert (tried.status_code, client.get(reverse("quota-what-if-list")).json()) == (400, [])
    assert client.get(reverse("quota-settlement-list")).json() == []


def test_whoever_takes_applications_in_is_a_dated_setting(dispatcher: User) -> None:
    from quotas.models import ReviewSetting
    from quotas.selectors.applications import reviewing_office

    county, setting = organisation("522701"), ReviewSetting.objects.get()

    assert reviewing_office(setting, applicant=county).code == "522700-ZRZY-YTGZ"
    setting.reviewer = ""
    assert reviewing_office(setting, applicant=county).code == "522700"
