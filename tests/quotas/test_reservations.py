"""Setting aside: held, locked, posted or released; never more than there is."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from quotas import rules, selectors
from quotas.errors import (
    AlreadyListed,
    AlreadyRemoved,
    InsufficientQuota,
    MoreThanReserved,
    NotReservable,
    RepeatedRequestDiffers,
    ReservationClosed,
    ReservationNotLocked,
)
from quotas.models import Account, Movement, NegativeListing, Reservation, ReservationLine
from quotas.services import negative_list, reservations
from quotas.services.ledger import Transfer, open_accounts, post_movements
from quotas.services.reservations import Wanted
from tests.factories import UserFactory, organisation

DAY = date(2026, 11, 20)
LATER = date(2027, 5, 19)


def account(
    place: str, holder: str = "522700", owner: str = "522725", instrument: str = "farmland_area"
) -> Account:
    key = selectors.AccountKey(instrument, place, organisation(holder).pk, organisation(owner).pk)
    return open_accounts([key])[key]


def balance(place: str, holder: str = "522700", owner: str = "522725") -> int:
    return Account.objects.get(pk=account(place, holder, owner).pk).balance


@pytest.fixture
def pool(db: None) -> Account:
    """Weng'an's 100 m² in the prefecture's hands."""
    row = account("AVAILABLE")
    stock = Transfer("STOCK_IN", account("SOURCE"), row, 100, "入库")
    post_movements([stock], entered_by=None, occurred_on=DAY)
    return row


def held(pool: Account, amount: int = 60, **more: object) -> Reservation:
    return reservations.reserve(
        pool=rules.Pool.FARMLAND,
        applicant=organisation("522701"),
        wanted=[Wanted(pool, amount)],
        reason="都匀市项目申请",
        held_on=DAY,
        expires_on=LATER,
        actor=None,
        **more,  # type: ignore[arg-type]
    )


def locked(pool: Account, amount: int = 60) -> Reservation:
    return reservations.lock(reservation_id=held(pool, amount).pk, on=DAY, actor=None, use_by_on=LATER)


def test_what_is_held_is_no_longer_available(pool: Account) -> None:
    held(pool)

    assert (balance("AVAILABLE"), balance("RESERVED")) == (40, 60)


def test_more_than_there_is_cannot_be_held(pool: Account) -> None:
    held(pool)

    with pytest.raises(InsufficientQuota):
        held(pool, 41)

    assert Reservation.objects.count() == 1


def test_the_same_request_holds_once(pool: Account) -> None:
    key = uuid.uuid4()
    first = held(pool, request_key=key)

    assert held(pool, request_key=key) == first
    with pytest.raises(RepeatedRequestDiffers):
        held(pool, 61, request_key=key)
    assert balance("RESERVED") == 60


def test_two_wishes_for_one_account_are_one_line(pool: Account) -> None:
    row = reservations.reserve(
        pool=rules.Pool.FARMLAND,
        applicant=organisation("522701"),
        wanted=[Wanted(pool, 10), Wanted(pool, 5)],
        reason="合并",
        held_on=DAY,
        expires_on=LATER,
        actor=None,
    )

    assert [line.amount for line in row.lines.all()] == [15]


def test_only_available_quota_of_the_pool_can_be_held(pool: Account) -> None:
    frozen = account("FROZEN")

    with pytest.raises(NotReservable):
        held(frozen, 1)
    with pytest.raises(NotReservable):
        held(pool, 0)
    with pytest.raises(NotReservable):
        reservations.reserve(
            pool=rules.Pool.PLAN,
            applicant=organisation("522701"),
            wanted=[Wanted(pool, 1)],
            reason="错池",
            held_on=DAY,
            expires_on=LATER,
            actor=None,
        )


def test_held_quota_is_not_posted_before_the_approval(pool: Account) -> None:
    row = held(pool)

    with pytest.raises(ReservationNotLocked):
        reservations.post(reservation_id=row.pk, on=DAY, actor=None, reason="挂钩")


def test_posting_brings_the_quota_to_the_applicant_and_writes_it_off(pool: Account) -> None:
    row = locked(pool)

    reservations.post(reservation_id=row.pk, on=DAY, actor=None, reason="挂钩")

    row.refresh_from_db()
    assert (row.state, row.closed_on) == ("POSTED", DAY)
    assert (balance("RESERVED"), balance("AVAILABLE", "522701", "522701")) == (0, 0)
    assert balance("USED", "522701", "522701") == 60
    kinds = list(Movement.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["STOCK_IN", "HOLD", "TRANSFER_IN", "POST"]


def test_a_part_is_posted_and_the_rest_released(pool: Account) -> None:
    row = locked(pool)
    [line] = row.lines.all()

    reservations.post(reservation_id=row.pk, on=DAY, actor=None, reason="一期", amounts={line.pk: 45})
    row.refresh_from_db()
    assert row.state == "LOCKED"
    reservations.release(reservation_id=row.pk, on=DAY, actor=None, reason="余量收回")

    row.refresh_from_db()
    assert row.state == "POSTED"
    assert (balance("AVAILABLE"), balance("RESERVED"), balance("USED", "522701", "522701")) == (55, 0, 45)


def test_more_than_reserved_is_neither_posted_nor_released(pool: Account) -> None:
    row = locked(pool)
    [line] = row.lines.all()

    with pytest.raises(MoreThanReserved) as refused:
        reservations.post(reservation_id=row.pk, on=DAY, actor=None, reason="多", amounts={line.pk: 61})
    with pytest.raises(MoreThanReserved):
        reservations.release(reservation_id=row.pk, on=DAY, actor=None, reason="多", amounts={0: 1})

    assert refused.value.facts == {"line": line.pk, "left": 60, "asked": 61}


def test_a_closed_one_takes_no_verb(pool: Account) -> None:
    row = held(pool)
    reservations.release(reservation_id=row.pk, on=DAY, actor=None, reason="撤回")

    with pytest.raises(ReservationClosed):
        reservations.release(reservation_id=row.pk, on=DAY, actor=None, reason="再撤回")
    with pytest.raises(ReservationClosed):
        reservations.lock(reservation_id=row.pk, on=DAY, actor=None)
    with pytest.raises(ReservationClosed):
        reservations.post(reservation_id=row.pk, on=DAY, actor=None, reason="挂钩")

    assert balance("AVAILABLE") == 100


def test_what_is_held_expires_the_day_after_its_last(pool: Account) -> None:
    row, kept = held(pool), locked(pool, 10)

    assert reservations.expire(today=LATER) == 0
    assert reservations.expire(today=date(2027, 5, 20)) == 1
    assert reservations.expire(today=date(2027, 5, 20)) == 0

    row.refresh_from_db()
    kept.refresh_from_db()
    assert (row.state, kept.state, balance("AVAILABLE")) == ("RELEASED", "LOCKED", 90)
    assert selectors.prove_ledger().is_sound


@pytest.mark.parametrize(
    ("constraint", "changed"),
    [
        ("quota_reservation_says_why", {"reason": ""}),
        ("quota_reservation_ends_after_it_begins", {"expires_on": date(2026, 11, 19)}),
        ("quota_reservation_locked_has_its_day", {"state": "LOCKED"}),
        ("quota_reservation_closed_has_its_day", {"state": "POSTED"}),
    ],
)
def test_the_reservations_constraints(pool: Account, constraint: str, changed: dict[str, object]) -> None:
    row = held(pool)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Reservation.objects.filter(pk=row.pk).update(**changed)


@pytest.mark.parametrize(
    ("constraint", "changed"),
    [
        ("quota_reservation_line_sets_aside", {"amount": 0}),
        ("quota_reservation_line_adds_up", {"posted": 50, "released": 11}),
    ],
)
def test_the_lines_constraints(pool: Account, constraint: str, changed: dict[str, object]) -> None:
    row = held(pool)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ReservationLine.objects.filter(reservation=row).update(**changed)


def test_missing_accounts_are_opened_in_one_order(db: None) -> None:
    keys = [
        selectors.AccountKey("farmland_area", place, organisation("522701").pk, 1)
        for place in ("SOURCE", "USED")
    ]
    keys = [key._replace(owner_id=key.holder_id) for key in keys]

    opened = open_accounts(reversed(keys))

    assert opened[keys[0]].pk < opened[keys[1]].pk


# --- negative list ----------------------------------------------------------------------------


def listing(**more: object) -> NegativeListing:
    return negative_list.list_county(
        county=organisation("522729"),
        reason="调入指标 7.5 公顷未使用",
        listed_on=DAY,
        actor=UserFactory.create(role="DISPATCH"),
        **more,  # type: ignore[arg-type]
    )


def test_a_county_stands_on_the_list_until_removed(db: None) -> None:
    row = listing()
    office = UserFactory.create(role="DISPATCH")

    with pytest.raises(AlreadyListed):
        listing()
    assert NegativeListing.objects.in_force(LATER).exists()
    negative_list.remove_listing(listing_id=row.pk, reason="完成整改", on=LATER, actor=office)
    with pytest.raises(AlreadyRemoved):
        negative_list.remove_listing(listing_id=row.pk, reason="再次", on=LATER, actor=office)

    assert not NegativeListing.objects.in_force(LATER).exists()


def test_a_term_that_is_over_no_longer_counts_and_makes_room(db: None) -> None:
    listing(until=DAY)

    assert NegativeListing.objects.in_force(DAY).exists()
    assert not NegativeListing.objects.in_force(LATER).exists()
    again = negative_list.enter_listing(
        county=organisation("522729"), reason="再次浪费", listed_on=LATER, actor=None
    )
    assert list(NegativeListing.objects.in_force(LATER)) == [again]


def test_a_listing_needs_a_reason_and_a_removal_too(db: None) -> None:
    row = listing()

    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        NegativeListing.objects.filter(pk=row.pk).update(reason="")
    with pytest.raises(IntegrityError, match="removed_with_reason"), transaction.atomic():
        NegativeListing.objects.filter(pk=row.pk).update(removed_on=LATER)
    with pytest.raises(IntegrityError, match="ends_after_it_begins"), transaction.atomic():
        NegativeListing.objects.filter(pk=row.pk).update(until=date(2026, 1, 1))
