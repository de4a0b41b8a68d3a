"""Whatever is done with quota, in whatever order: nothing appears, nothing vanishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from accounts.models import Organisation, User
from audit.models import Entry
from core.errors import DomainError
from quotas import selectors
from quotas.models import Account, Booking, Movement, Reservation, ReservationLine
from quotas.rules import Instrument
from quotas.services import bookings, reservations
from quotas.services.bookings import Gross, Sheet
from quotas.services.reservations import Wanted
from tests.factories import UserFactory, organisation

DAY, LATER = date(2026, 11, 20), date(2027, 5, 19)
SHEET = Sheet(reason="抽查", occurred_on=DAY, document_no="黔南办〔2026〕9号")
COUNTIES = ("522701", "522725")
Place = Account.Place

Pick = tuple[str, int, int]


class Hand:
    """Does one drawn operation: `which` picks among the rows there are, `amount` is m² (kg)."""

    def __init__(self, keeper: User) -> None:
        self.keeper = keeper
        self.counties = [organisation(code) for code in COUNTIES]
        self.verbs: dict[str, Callable[[int, int], object]] = {
            "stock_in": self.stock_in,
            "allot": self.allot,
            "advance": self.advance,
            "repay": self.repay,
            "use": self.use,
            "freeze": self.freeze,
            "unfreeze": self.unfreeze,
            "deduct": self.deduct,
            "reserve": self.reserve,
            "lock": self.lock,
            "post": self.post,
            "release": self.release,
            "reverse": self.reverse,
        }

    def county(self, which: int) -> Organisation:
        return self.counties[which % len(self.counties)]

    def account(self, which: int, *places: str) -> Account | None:
        rows = list(Account.objects.filter(place__in=places).order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def stock_in(self, which: int, amount: int) -> object:
        amounts = {
            Instrument.FARMLAND_AREA: Gross(amount, amount // 7),
            Instrument.FARMLAND_PADDY: Gross(amount // 3),
            Instrument.FARMLAND_GRAIN: Gross(amount * 2),
        }
        return bookings.stock_in(
            actor=self.keeper, county=self.county(which), amounts=amounts, sheet=SHEET, today=DAY
        )

    def allot(self, which: int, amount: int) -> object:
        county, year = self.county(which), 2025 + which % 3 % 2
        return bookings.allot_plan(
            actor=self.keeper, county=county, year=year, amount=amount, sheet=SHEET, today=DAY
        )

    def advance(self, which: int, amount: int) -> object:
        county = self.county(which)
        return bookings.advance_plan(
            actor=self.keeper, county=county, year=2026, amount=amount, sheet=SHEET, today=DAY
        )

    def repay(self, which: int, amount: int) -> object:
        rows = list(Booking.objects.filter(kind=Booking.Kind.ADVANCE).order_by("pk"))
        if not rows:
            return None
        advance = rows[which % len(rows)]
        return bookings.repay_advance(
            actor=self.keeper, advance=advance, amount=amount, sheet=SHEET, today=DAY
        )

    def use(self, which: int, amount: int) -> object:
        return self._on(bookings.use_own, self.account(which, Place.AVAILABLE), amount)

    def freeze(self, which: int, amount: int) -> object:
        return self._on(bookings.freeze, self.account(which, Place.AVAILABLE, Place.RESERVED), amount)

    def unfreeze(self, which: int, amount: int) -> object:
        return self._on(bookings.unfreeze, self.account(which, Place.FROZEN), amount)

    def deduct(self, which: int, amount: int) -> object:
        return self._on(bookings.deduct, self.account(which, *Account.INTERNAL), amount)

    def _on(self, verb: Callable[..., Booking], account: Account | None, amount: int) -> object:
        if account is None:
            return None
        return verb(actor=self.keeper, account=account, amount=amount, sheet=SHEET, today=DAY)

    def reserve(self, which: int, amount: int) -> object:
        account = self.account(which, Place.AVAILABLE)
        if account is None:
            return None
        return reservations.reserve(
            pool=Instrument(account.instrument).pool,
            applicant=self.county(which // 2),
            wanted=[Wanted(account, amount)],
            reason="抽查",
            held_on=DAY,
            expires_on=LATER,
            actor=self.keeper,
        )

    def lock(self, which: int, amount: int) -> object:
        found = self.line(which)
        return found and reservations.lock(
            reservation_id=found.reservation_id, on=DAY, actor=self.keeper, use_by_on=LATER
        )

    def post(self, which: int, amount: int) -> object:
        return self._take(reservations.post, which, amount)

    def release(self, which: int, amount: int) -> object:
        return self._take(reservations.release, which, amount)

    def _take(self, verb: Callable[..., list[Movement]], which: int, amount: int) -> object:
        found = self.line(which)
        return found and verb(
            reservation_id=found.reservation_id,
            on=DAY,
            actor=self.keeper,
            reason="抽查",
            amounts=None if which % 2 else {found.pk: amount},
        )

    def line(self, which: int) -> ReservationLine | None:
        rows = list(ReservationLine.objects.order_by("pk"))
        return rows[which % len(rows)] if rows else None

    def reverse(self, which: int, amount: int) -> object:
        rows = list(Booking.objects.order_by("pk"))
        if not rows:
            return None
        booking = rows[which % len(rows)]
        return bookings.reverse_booking(actor=self.keeper, booking=booking, sheet=SHEET, today=DAY)


def trace() -> tuple[object, ...]:
    """Everything an operation may leave behind."""
    return (
        list(Account.objects.order_by("pk").values_list("pk", "balance")),
        *(model.objects.count() for model in (Movement, Booking, Entry)),
        list(Reservation.objects.order_by("pk").values_list("pk", "state")),
        list(ReservationLine.objects.order_by("pk").values_list("pk", "posted", "released")),
    )


def kept_apart() -> Counter[tuple[object, ...]]:
    """What running reservations still set aside, by the account it must lie in."""
    found: Counter[tuple[object, ...]] = Counter()
    for line in ReservationLine.objects.select_related("account"):
        row = line.account
        found[row.instrument, row.holder_id, row.owner_id, row.period] += line.left
    return found


def check() -> None:
    rows = list(Account.objects.all())
    totals: Counter[str] = Counter()
    for row in rows:
        totals[row.instrument] += row.balance
        assert row.place not in Account.INTERNAL or row.balance >= 0, row
    assert not any(totals.values()), totals
    reserved: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        if row.place == Place.RESERVED:
            reserved[row.instrument, row.holder_id, row.owner_id, row.period] += row.balance
    assert +reserved == +kept_apart()


VERBS = (
    *("stock_in", "allot", "advance", "repay", "use", "freeze", "unfreeze", "deduct"),
    *("reserve", "reserve", "lock", "lock", "post", "release", "reverse"),
)
# Something of everything, so that most of what is drawn finds a row to act on.
BEGINNING: tuple[Pick, ...] = (
    *(("stock_in", 0, 5_000), ("allot", 0, 5_000), ("advance", 0, 300)),
    *(("freeze", 0, 70), ("reserve", 0, 300), ("lock", 0, 0), ("post", 0, 9), ("reserve", 1, 70)),
)
picks = st.tuples(st.sampled_from(VERBS), st.integers(0, 11), st.sampled_from((0, 1, 9, 70, 300, 5_000)))


@pytest.fixture
def hand(db: None) -> Hand:
    return Hand(UserFactory.create(role="DISPATCH"))


@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # shrinking takes minutes; the sequences are short
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(picks, min_size=8, max_size=16))
def test_any_sequence_conserves_quota_and_a_refusal_leaves_no_trace(hand: Hand, drawn: list[Pick]) -> None:
    with transaction.atomic():
        for verb, which, amount in BEGINNING:
            assert hand.verbs[verb](which, amount)
        for verb, which, amount in drawn:
            before = trace()
            try:
                done = hand.verbs[verb](which, amount)
            except DomainError as refusal:
                event(f"{verb} refused: {refusal.code}")
                assert trace() == before, (verb, which, amount)
            else:
                event(f"{verb} {'done' if done else 'had nothing to do'}")
            check()
        assert selectors.prove_ledger().is_sound
        transaction.set_rollback(True)
