"""The year's end: previewed, whole, once; and undone whole."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import User
from quotas import rules, selectors
from quotas.errors import NothingToClose, PaperMissing, RunNotPreview, RunStale, YearClosedAlready
from quotas.models import Account, Movement, NegativeListing, Reservation, YearEndLine, YearEndRun
from quotas.rules import Pool
from quotas.selectors import AccountKey
from quotas.services import bookings, reservations, year_end
from quotas.services.bookings import Sheet
from quotas.services.reservations import Wanted
from tests.factories import UserFactory, organisation

DAY, END, NEXT = date(2026, 11, 20), date(2026, 12, 31), date(2027, 1, 4)
NOW = datetime(2027, 1, 4, 2, tzinfo=UTC)
SHEET = Sheet(reason="下达", occurred_on=DAY, document_no="黔自然资〔2026〕7号")
UNDO = Sheet(reason="结转有误", occurred_on=NEXT, document_no="州自然资函〔2027〕1号")
COUNTY, IDLE, STATE = "522730", "522729", "522700"


@pytest.fixture
def keeper(db: None) -> User:
    return UserFactory.create(role="DISPATCH")


def account(instrument: str, place: str, holder: str, owner: str | None = None, period: int = 2026) -> int:
    key = AccountKey(instrument, place, organisation(holder).pk, organisation(owner or holder).pk, period)
    found = selectors.accounts_by_key([key])
    return found[key].balance if found else 0


def plan(place: str, holder: str, owner: str | None = None) -> int:
    return account("annual_plan", place, holder, owner)


def allot(keeper: User, amount: int = 1_000_000) -> None:
    bookings.allot_plan(
        actor=keeper, county=organisation(COUNTY), year=2026, amount=amount, sheet=SHEET, today=DAY
    )


def draw(amount: int, *, used: int) -> Reservation:
    """长顺 draws from the pool and uses a part."""
    pool = Account.objects.get(instrument="annual_plan", place="AVAILABLE", holder=organisation(STATE))
    row = reservations.reserve(
        pool=Pool.PLAN,
        applicant=organisation(IDLE),
        wanted=[Wanted(pool, amount)],
        reason="长顺县申请",
        held_on=DAY,
        expires_on=END,
        actor=None,
    )
    reservations.lock(reservation_id=row.pk, on=DAY, actor=None)
    [line] = row.lines.all()
    reservations.post(reservation_id=row.pk, on=DAY, actor=None, reason="报批", amounts={line.pk: used})
    return row


def prepare(keeper: User, pool: Pool = Pool.PLAN) -> YearEndRun:
    return year_end.prepare_run(actor=keeper, pool=pool, year=2026, occurred_on=END, today=NEXT)


def commit(keeper: User, run: YearEndRun) -> YearEndRun:
    return year_end.commit_run(
        actor=keeper,
        run_id=run.pk,
        document_no="州府纪要〔2026〕40号",
        reason="2026年计划指标年末失效",
        now=NOW,
    )


def test_a_preview_moves_nothing(keeper: User) -> None:
    allot(keeper)

    run = prepare(keeper)

    assert {(line.act, line.amount) for line in run.lines.all()} == {("LAPSE", 800_000), ("LAPSE", 200_000)}
    assert not Movement.objects.filter(kind="LAPSE").exists()


def test_plan_quota_lapses_and_waste_comes_back_first(keeper: User) -> None:
    allot(keeper)
    row = draw(120_000, used=45_000)

    commit(keeper, prepare(keeper))

    row.refresh_from_db()
    assert row.state == "POSTED"
    assert (plan("AVAILABLE", COUNTY), plan("AVAILABLE", STATE), plan("RESERVED", STATE)) == (0, 0, 0)
    assert (plan("LAPSED", COUNTY), plan("LAPSED", STATE), plan("USED", IDLE)) == (800_000, 155_000, 45_000)
    listing = NegativeListing.objects.get()
    assert (listing.county.code, listing.wasted, listing.reservation) == (IDLE, 75_000, row)
    assert selectors.prove_ledger().is_sound


def test_the_run_answers_as_the_rule_does(keeper: User) -> None:
    allot(keeper, 10_500_000)  # 2.1 million to the pool
    draw(500_000, used=425_000)

    commit(keeper, prepare(keeper))

    expected = rules.close_plan_year(
        pool_total=2_100_000, drawn=[rules.Drawn(county=IDLE, amount=500_000, used=425_000)]
    )
    assert plan("LAPSED", STATE) == expected.lapsed
    assert NegativeListing.objects.get().wasted == expected.wasted[IDLE]


def test_frozen_plan_quota_lapses_with_its_year_and_comes_back_frozen(keeper: User) -> None:
    allot(keeper)
    own = Account.objects.get(instrument="annual_plan", place="AVAILABLE", holder=organisation(COUNTY))
    bookings.freeze(actor=keeper, account=own, amount=30_000, sheet=SHEET, today=DAY)

    run = commit(keeper, prepare(keeper))

    assert (plan("AVAILABLE", COUNTY), plan("FROZEN", COUNTY), plan("LAPSED", COUNTY)) == (0, 0, 800_000)
    year_end.reverse_run(actor=keeper, run_id=run.pk, sheet=UNDO, today=NEXT)
    assert (plan("AVAILABLE", COUNTY), plan("FROZEN", COUNTY), plan("LAPSED", COUNTY)) == (770_000, 30_000, 0)
    assert selectors.prove_ledger().is_sound


def test_what_was_only_held_comes_back_without_blame(keeper: User) -> None:
    allot(keeper)
    pool = Account.objects.get(instrument="annual_plan", place="AVAILABLE", holder=organisation(STATE))
    reservations.reserve(
        pool=Pool.PLAN,
        applicant=organisation(IDLE),
        wanted=[Wanted(pool, 5)],
        reason="申请",
        held_on=DAY,
        expires_on=END,
        actor=None,
    )

    commit(keeper, prepare(keeper))

    assert plan("LAPSED", STATE) == 200_000
    assert not NegativeListing.objects.exists()


def test_unused_scale_moves_into_the_pool_and_stays_the_countys(keeper: User) -> None:
    bookings.enter_scale(
        actor=keeper, county=organisation(COUNTY), year=2026, amount=500_000, sheet=SHEET, today=DAY
    )
    own = Account.objects.get(instrument="ugb_scale", place="AVAILABLE")
    bookings.use_own(actor=keeper, account=own, amount=132_500, sheet=SHEET, today=DAY)

    commit(keeper, prepare(keeper, Pool.SCALE))

    assert account("ugb_scale", "AVAILABLE", COUNTY) == 0
    assert account("ugb_scale", "AVAILABLE", STATE, COUNTY, period=0) == 367_500


def test_a_year_is_closed_once(keeper: User) -> None:
    allot(keeper)
    run = commit(keeper, prepare(keeper))

    assert commit(keeper, run).booking_id == run.booking_id
    with pytest.raises(YearClosedAlready):
        prepare(keeper)
    assert Movement.objects.filter(kind="LAPSE").count() == 2


def test_two_committed_runs_of_a_year_cannot_exist(keeper: User) -> None:
    allot(keeper)
    run = commit(keeper, prepare(keeper))
    other = bookings.allot_plan(
        actor=keeper, county=organisation(COUNTY), year=2026, amount=10, sheet=SHEET, today=DAY
    )

    with pytest.raises(IntegrityError, match="quota_run_committed_once"), transaction.atomic():
        YearEndRun.objects.create(
            prefecture=run.prefecture,
            pool="plan",
            year=2026,
            state="COMMITTED",
            occurred_on=END,
            booking=other,
        )
    with pytest.raises(IntegrityError, match="has_its_booking"), transaction.atomic():
        YearEndRun.objects.create(
            prefecture=run.prefecture, pool="scale", year=2026, state="COMMITTED", occurred_on=END
        )
    with pytest.raises(IntegrityError, match="quota_run_line_amount"), transaction.atomic():
        YearEndLine.objects.filter(run=run).update(amount=0)


def test_a_preview_that_is_no_longer_true_is_refused(keeper: User) -> None:
    allot(keeper)
    run = prepare(keeper)
    allot(keeper, 10)

    with pytest.raises(RunStale) as refused:
        commit(keeper, run)

    assert "龙里县" in refused.value.message
    assert len(refused.value.facts["accounts"]) == 2  # type: ignore[arg-type]
    commit(keeper, prepare(keeper))
    run.refresh_from_db()
    assert run.state == "DISCARDED"


def test_a_run_is_undone_as_a_whole_and_the_year_closed_anew(keeper: User) -> None:
    allot(keeper)
    row = draw(120_000, used=45_000)
    run = commit(keeper, prepare(keeper))

    year_end.reverse_run(actor=keeper, run_id=run.pk, sheet=UNDO, today=NEXT)

    row.refresh_from_db()
    [line] = row.lines.all()
    assert (row.state, row.closed_on, line.left) == ("LOCKED", None, 75_000)
    assert (plan("AVAILABLE", COUNTY), plan("AVAILABLE", STATE), plan("RESERVED", STATE)) == (
        800_000,
        80_000,
        75_000,
    )
    assert NegativeListing.objects.get().removed_on == NEXT
    assert selectors.prove_ledger().is_sound
    commit(keeper, prepare(keeper))
    assert plan("LAPSED", STATE) == 155_000
    assert selectors.prove_ledger().is_sound


def test_what_cannot_be_closed_is_refused(keeper: User, officer: User) -> None:
    with pytest.raises(NothingToClose):
        prepare(keeper)
    with pytest.raises(RunNotPreview):
        prepare(keeper, Pool.FARMLAND)
    with pytest.raises(RunNotPreview):
        year_end.prepare_run(actor=keeper, pool=Pool.PLAN, year=2026, occurred_on=END, today=DAY)
    with pytest.raises(PermissionDenied):
        prepare(officer)


def test_a_commit_needs_its_paper(keeper: User) -> None:
    allot(keeper)
    run = prepare(keeper)

    with pytest.raises(PaperMissing):
        year_end.commit_run(actor=keeper, run_id=run.pk, document_no="", reason="失效", now=NOW)

    run.refresh_from_db()
    assert run.state == "PREVIEW"


def test_a_discarded_preview_takes_no_verb(keeper: User) -> None:
    allot(keeper)
    run = year_end.discard_run(actor=keeper, run_id=prepare(keeper).pk)

    with pytest.raises(RunNotPreview):
        commit(keeper, run)
    with pytest.raises(RunNotPreview):
        year_end.discard_run(actor=keeper, run_id=run.pk)
    with pytest.raises(RunNotPreview):
        year_end.reverse_run(actor=keeper, run_id=run.pk, sheet=UNDO, today=NEXT)
