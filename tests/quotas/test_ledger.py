"""The ledger: balances are sums, nothing falls below zero, nothing is ever edited."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotas import rules, selectors
from quotas.errors import (
    AlreadyReversed,
    DifferentInstruments,
    InsufficientQuota,
    RepeatedRequestDiffers,
)
from quotas.models import Account, Movement
from quotas.services.ledger import Transfer, open_accounts, post_movements, reversal_of
from tests.factories import organisation

DAY = date(2026, 11, 20)
AREA = rules.Instrument.FARMLAND_AREA
PADDY = rules.Instrument.FARMLAND_PADDY


def account(
    place: str, code: str = "522700", owner: str | None = None, *, instrument: str = AREA, period: int = 0
) -> Account:
    key = selectors.AccountKey(
        instrument, place, organisation(code).pk, organisation(owner or code).pk, period
    )
    return open_accounts([key])[key]


def transfer(source: Account, target: Account, amount: int, kind: str = "STOCK_IN") -> Transfer:
    return Transfer(kind=kind, source=source, target=target, amount=amount, reason="测试")


def post(*transfers: Transfer, **more: object) -> list[Movement]:
    return post_movements(transfers, entered_by=None, occurred_on=DAY, **more)  # type: ignore[arg-type]


def balance(row: Account) -> int:
    return Account.objects.get(pk=row.pk).balance


@pytest.fixture
def source(db: None) -> Account:
    return account("SOURCE")


@pytest.fixture
def pool(db: None) -> Account:
    return account("AVAILABLE")


@pytest.fixture
def county(db: None) -> Account:
    return account("AVAILABLE", "522725")


def test_a_movement_changes_both_ends(source: Account, pool: Account) -> None:
    post(transfer(source, pool, 45_106))

    assert (balance(source), balance(pool)) == (-45_106, 45_106)


def test_many_movements_in_one_statement_add_up(source: Account, pool: Account, county: Account) -> None:
    post(transfer(source, pool, 100), transfer(pool, county, 30, "TO_POOL"), transfer(source, county, 5))

    assert (balance(source), balance(pool), balance(county)) == (-105, 70, 35)


def test_an_account_never_falls_below_zero(source: Account, pool: Account, county: Account) -> None:
    post(transfer(source, pool, 100))

    with pytest.raises(InsufficientQuota) as refused:
        post(transfer(pool, county, 101, "TO_POOL"))

    assert refused.value.facts == {"asked": 101, "instrument": AREA}
    assert (balance(pool), balance(county)) == (100, 0)


def test_all_or_nothing(source: Account, pool: Account, county: Account) -> None:
    post(transfer(source, pool, 100))

    with pytest.raises(InsufficientQuota):
        post(transfer(source, county, 7), transfer(pool, county, 500, "TO_POOL"))

    assert balance(county) == 0


def test_instruments_do_not_mix_and_both_accounts_are_there(source: Account) -> None:
    paddy = account("AVAILABLE", instrument=PADDY)

    with pytest.raises(DifferentInstruments):
        post(transfer(source, paddy, 1))
    for one, other in ((source, Account(pk=0)), (Account(pk=0, instrument=AREA), source)):
        with pytest.raises(DifferentInstruments):
            post(transfer(one, other, 1))

    assert (balance(source), balance(paddy)) == (0, 0)


def test_the_same_request_twice_is_one_movement(source: Account, pool: Account) -> None:
    key = uuid.uuid4()

    [first] = post(transfer(source, pool, 10), request_key=key)
    [again] = post(transfer(source, pool, 10), request_key=key)

    assert (again.pk, balance(pool)) == (first.pk, 10)


def test_the_same_key_for_something_else_is_refused(source: Account, pool: Account) -> None:
    key = uuid.uuid4()
    post(transfer(source, pool, 10), request_key=key)

    with pytest.raises(RepeatedRequestDiffers):
        post(transfer(source, pool, 11), request_key=key)

    assert balance(pool) == 10


def test_a_movement_is_reversed_once(source: Account, pool: Account) -> None:
    [movement] = post(transfer(source, pool, 10))
    [undone] = post(reversal_of(movement, reason="录入有误"))

    with pytest.raises(AlreadyReversed):
        post(reversal_of(movement, reason="再来一次"))
    with pytest.raises(AlreadyReversed):
        reversal_of(undone, reason="冲正的冲正")

    assert (balance(source), balance(pool)) == (0, 0)


def test_what_was_spent_cannot_be_reversed_away(source: Account, pool: Account, county: Account) -> None:
    [movement] = post(transfer(source, pool, 10))
    post(transfer(pool, county, 4, "TO_POOL"))

    with pytest.raises(InsufficientQuota):
        post(reversal_of(movement, reason="入库有误"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE quotas_movement SET amount = 1",
        "UPDATE quotas_movement SET reason = 'x'",
        "DELETE FROM quotas_movement",
        "TRUNCATE quotas_movement",
        "UPDATE quotas_account SET balance = balance + 1",
        "UPDATE quotas_account SET instrument = 'ugb_scale'",
        "UPDATE quotas_account SET place = 'USED' WHERE place = 'AVAILABLE'",
        "UPDATE quotas_account SET holder_id = (SELECT max(id) FROM accounts_organisation)",
        "UPDATE quotas_account SET owner_id = (SELECT max(id) FROM accounts_organisation)",
        "UPDATE quotas_account SET period = 2027",
        "UPDATE quotas_account SET never_below_zero = false",
        "DELETE FROM quotas_account",
        "TRUNCATE quotas_account CASCADE",
    ],
)
def test_the_database_refuses_to_rewrite_the_ledger(source: Account, pool: Account, statement: str) -> None:
    post(transfer(source, pool, 10))

    with connection.cursor() as cursor:
        # A TRUNCATE would trip over waiting foreign-key checks before it reached the guard.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(InternalError), transaction.atomic():
            cursor.execute(statement)

    assert balance(pool) == 10


def test_an_account_begins_at_zero(pool: Account) -> None:
    with pytest.raises(InternalError), transaction.atomic():
        Account.objects.create(
            instrument=PADDY, place="AVAILABLE", holder=pool.holder, owner=pool.owner, balance=5
        )


@pytest.mark.parametrize(
    ("constraint", "changed"),
    [
        ("quota_movement_moves_something", {"amount": 0}),
        ("quota_movement_says_why", {"reason": ""}),
        ("quota_movement_reversal_names_its_movement", {"kind": "REVERSAL"}),
    ],
)
def test_the_ledgers_constraints(
    source: Account, pool: Account, constraint: str, changed: dict[str, object]
) -> None:
    row: dict[str, object] = {
        "kind": "STOCK_IN",
        "instrument": AREA,
        "source": source,
        "target": pool,
        "amount": 1,
        "reason": "入库",
        "occurred_on": DAY,
    }

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Movement.objects.create(**(row | changed))


def test_the_place_alone_says_whether_an_account_may_fall_below_zero(pool: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO quotas_account (instrument, place, holder_id, owner_id, period, balance,"
            " never_below_zero) SELECT %s, named.at, holder_id, owner_id, told.period, 0, told.floor"
            " FROM quotas_account, unnest(%s::varchar[]) AS named (at), (VALUES (1, true), (2, false))"
            " AS told (period, floor) WHERE id = %s",
            [PADDY, Account.Place.values, pool.pk],
        )

    bound = Account.objects.filter(instrument=PADDY).values_list("place", "period", "never_below_zero")
    internal = ("AVAILABLE", "RESERVED", "FROZEN")
    assert {*bound} == {(place, year, place in internal) for place in Account.Place.values for year in (1, 2)}


def test_a_movement_has_two_ends(pool: Account) -> None:
    with pytest.raises(IntegrityError, match="quota_movement_two_ends"), transaction.atomic():
        Movement.objects.create(
            kind="HOLD", instrument=AREA, source=pool, target=pool, amount=1, reason="x", occurred_on=DAY
        )


def test_a_sound_ledger_proves_itself(source: Account, pool: Account, county: Account) -> None:
    post(transfer(source, pool, 100), transfer(pool, county, 30, "TO_POOL"))

    proof = selectors.prove_ledger()

    assert proof.is_sound
    assert (proof.accounts, proof.movements) == (3, 2)


def test_the_proof_finds_a_forged_balance(source: Account, pool: Account) -> None:
    post(transfer(source, pool, 100))
    with connection.cursor() as cursor:
        # As a database administrator could, with the triggers asleep.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE quotas_account SET balance = 107 WHERE id = %s", [pool.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")

    proof = selectors.prove_ledger()

    assert [(drift.account.pk, drift.stored, drift.summed) for drift in proof.drifts] == [(pool.pk, 107, 100)]
    assert proof.unbalanced == {str(AREA): 7}


def test_a_county_sees_what_it_holds_and_what_it_owns(officer: object, stranger: object) -> None:
    in_pool = account("AVAILABLE", "522700", "522725")
    own = account("AVAILABLE", "522725")
    account("AVAILABLE", "522700")

    assert set(Account.objects.visible_to(stranger)) == {in_pool, own}  # type: ignore[arg-type]
    assert not Account.objects.visible_to(officer).exists()  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 50)).filter(lambda s: s[0] != s[1]),
        max_size=25,
    )
)
def test_any_sequence_conserves_the_total_and_overdraws_nobody(
    db: None, steps: list[tuple[int, int, int]]
) -> None:
    with transaction.atomic():
        places = [
            account("SOURCE"),
            account("AVAILABLE"),
            account("AVAILABLE", "522725"),
            account("RESERVED"),
            account("USED", "522725"),
        ]
        expected = [0] * 5
        for giver, taker, amount in steps:
            try:
                post(transfer(places[giver], places[taker], amount))
            except InsufficientQuota:
                assert places[giver].is_internal
                assert expected[giver] < amount
                continue
            expected[giver] -= amount
            expected[taker] += amount

        assert [balance(place) for place in places] == expected
        assert selectors.prove_ledger().is_sound
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_command_proves_a_ledger_and_fails_on_a_forged_one(capsys: pytest.CaptureFixture[str]) -> None:
    source, pool = account("SOURCE"), account("AVAILABLE")
    post(transfer(source, pool, 100))

    call_command("check_ledger")
    assert "2 个账户、1 笔分录已核对。" in capsys.readouterr().out

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE quotas_account SET balance = 107 WHERE id = %s", [pool.pk])
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    assert "余额 107，分录之和 100" in capsys.readouterr().out
