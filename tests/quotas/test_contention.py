"""32 sessions at one hot account: no overdraft, no lost update, nobody sees a deadlock."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, connections

from accounts.models import User
from quotas import selectors
from quotas.errors import InsufficientQuota
from quotas.models import Account, Booking, Movement, Reservation
from quotas.rules import Pool
from quotas.selectors import AccountKey
from quotas.services import reservations
from quotas.services.bookings import Sheet, allot_plan
from quotas.services.ledger import Transfer, open_accounts, post_movements
from quotas.services.reservations import Wanted
from tests.factories import UserFactory, organisation

pytestmark = pytest.mark.django_db(transaction=True)

DAY, LATER = date(2026, 11, 20), date(2027, 5, 19)
SESSIONS = 32


def account(place: str, holder: str, owner: str | None = None) -> Account:
    key = AccountKey("farmland_area", place, organisation(holder).pk, organisation(owner or holder).pk)
    return open_accounts([key])[key]


def fill(target: Account, amount: int) -> None:
    post_movements(
        [Transfer("STOCK_IN", account("SOURCE", "522700"), target, amount, "入库")],
        entered_by=None,
        occurred_on=DAY,
    )


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """What 32 sessions of their own answer, all let go together; an error's name is an answer, too."""
    gate = threading.Barrier(SESSIONS)
    answers: list[str] = []

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            answers.append(act(number))
        except Exception as error:
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return Counter(answers)


def balance(row: Account) -> int:
    return Account.objects.get(pk=row.pk).balance


def test_applicants_at_one_account_get_what_there_is_and_no_more() -> None:
    pool = account("AVAILABLE", "522700", "522725")
    fill(pool, 100)
    applicant = organisation("522701")

    def hold(number: int) -> str:
        reservations.reserve(
            pool=Pool.FARMLAND,
            applicant=applicant,
            wanted=[Wanted(pool, 5)],
            reason=f"第 {number} 份申请",
            held_on=DAY,
            expires_on=LATER,
            actor=None,
        )
        return "held"

    assert at_once(hold) == {"held": 20, "InsufficientQuota": 12}
    assert (balance(pool), Reservation.objects.count()) == (0, 20)
    assert selectors.prove_ledger().is_sound


def test_no_update_is_lost_on_a_hot_account() -> None:
    pool, county = account("AVAILABLE", "522700"), account("AVAILABLE", "522701")
    fill(pool, 10_000)

    def give(number: int) -> str:
        for _ in range(5):
            post_movements(
                [Transfer("TRANSFER_OUT", pool, county, number + 1, "调出")], entered_by=None, occurred_on=DAY
            )
        return "given"

    assert at_once(give) == {"given": SESSIONS}
    given = 5 * sum(range(1, SESSIONS + 1))
    assert (balance(pool), balance(county)) == (10_000 - given, given)
    assert selectors.prove_ledger().is_sound


def test_transfers_in_opposite_directions_wait_and_never_deadlock() -> None:
    places = [account("AVAILABLE", code) for code in ("522700", "522701", "522730")]
    for place in places:
        fill(place, 10_000)

    def swap(number: int) -> str:
        first, second, third = (places[(number + step) % 3] for step in range(3))
        for _ in range(5):
            legs = [Transfer("TRANSFER_OUT", first, second, 1, "对调")]
            legs.append(Transfer("TRANSFER_OUT", third, first, 1, "对调"))
            post_movements(legs, entered_by=None, occurred_on=DAY)
        return "done"

    assert at_once(swap) == {"done": SESSIONS}
    assert sum(balance(place) for place in places) == 30_000
    assert selectors.prove_ledger().is_sound


def test_sessions_that_open_the_same_accounts_do_not_deadlock() -> None:
    codes = ("522701", "522702", "522722", "522730")
    pks = {code: organisation(code).pk for code in codes}

    def open_all(number: int) -> str:
        order = codes if number % 2 else tuple(reversed(codes))
        opened = open_accounts(AccountKey("farmland_grain", "USED", pks[code], pks[code]) for code in order)
        return f"{len(opened)}"

    assert at_once(open_all) == {"4": SESSIONS}
    assert Account.objects.filter(instrument="farmland_grain").count() == 4


def test_bookings_that_open_the_same_accounts_all_come_in_and_a_repeated_one_once() -> None:
    keeper = UserFactory(role=User.Role.DISPATCH, organisation=organisation("522700-ZRZY-BZ"))
    county, again = organisation("522701"), uuid.uuid4()

    def book(number: int) -> str:
        sheet = Sheet("下达计划", DAY, "黔府函〔2026〕1号", key=again if number % 2 else uuid.uuid4())
        allot_plan(actor=keeper, county=county, year=2026, amount=1_000, sheet=sheet, today=DAY)
        return "booked"

    assert at_once(book) == {"booked": SESSIONS}
    number = SESSIONS // 2 + 1
    own = Account.objects.get(instrument="annual_plan", place="AVAILABLE", holder=county)
    assert (Booking.objects.count(), own.balance) == (number, number * 800)
    assert selectors.prove_ledger().is_sound


def test_one_request_that_arrives_from_every_side_is_one_movement() -> None:
    pool, county = account("AVAILABLE", "522700"), account("AVAILABLE", "522701")
    fill(pool, 100)
    key = uuid.uuid4()

    def give(number: int) -> str:
        legs = [Transfer("TRANSFER_OUT", pool, county, 7, "调出")]
        [row] = post_movements(legs, entered_by=None, occurred_on=DAY, request_key=key)
        return f"{row.amount}"

    assert at_once(give) == {"7": SESSIONS}
    assert (balance(pool), Movement.objects.filter(kind="TRANSFER_OUT").count()) == (93, 1)


def test_without_the_guard_the_hot_account_is_overdrawn() -> None:
    """The constraint is the guard: taken out, the same scene ends below zero."""
    pool, county = account("AVAILABLE", "522700"), account("AVAILABLE", "522701")
    fill(pool, 100)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE quotas_account DROP CONSTRAINT quota_account_not_overdrawn")

    def give(number: int) -> str:
        try:
            post_movements(
                [Transfer("TRANSFER_OUT", pool, county, 5, "调出")], entered_by=None, occurred_on=DAY
            )
        except InsufficientQuota:
            return "refused"
        return "given"

    try:
        assert at_once(give) == {"given": SESSIONS}
        assert balance(pool) == 100 - 5 * SESSIONS
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE quotas_account ADD CONSTRAINT quota_account_not_overdrawn CHECK"
                " (balance >= 0 OR NOT never_below_zero) NOT VALID"
            )
