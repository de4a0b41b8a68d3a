"""Whatever is done to the log behind the product's back is found by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from accounts.models import Organisation, User
from audit.checking import Head, check_trail, current_head
from audit.models import Entry, Link, Purge, TrailRule
from audit.retention import purge
from audit.sealing import BATCH, seal
from audit.services import Act, record, record_all

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def sealed(officer: User) -> list[Entry]:
    """Five entries in the chain."""
    unit = Organisation.objects.get(code="522701")
    entries = record_all(
        actor=officer, acts=[Act("project.updated", unit, {"面积": n, "说明": "石桥"}) for n in range(5)]
    )
    assert seal(now=NOW) == Entry.objects.count()
    return entries


def behind_the_back(statement: str) -> None:
    """As somebody with the database's password would: past every trigger."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


TAMPERING: dict[str, tuple[Callable[[list[Entry]], str], str]] = {
    "altered": (
        lambda e: f"UPDATE audit_entry SET facts = '{{}}' WHERE id = {e[1].pk}",
        "（记录 {1}）的操作记录被改动或调换。",
    ),
    "another hour": (
        lambda e: f"UPDATE audit_entry SET entered_at = entered_at - interval '1 us' WHERE id = {e[1].pk}",
        "（记录 {1}）的操作记录被改动或调换。",
    ),
    "removed": (lambda e: f"DELETE FROM audit_entry WHERE id = {e[2].pk}", "（记录 {2}）的操作记录被删除。"),
    "removed with its link": (
        lambda e: (
            f"DELETE FROM audit_entry WHERE id = {e[2].pk}; DELETE FROM audit_link WHERE entry_id = {e[2].pk}"
        ),
        "（记录 {3}）之前缺 1 环，链被删改。",
    ),
    "two exchanged": (
        lambda e: (
            f"UPDATE audit_entry SET id = -1 WHERE id = {e[0].pk};"
            f"UPDATE audit_entry SET id = {e[0].pk} WHERE id = {e[1].pk};"
            f"UPDATE audit_entry SET id = {e[1].pk} WHERE id = -1"
        ),
        "（记录 {0}）的操作记录被改动或调换。",
    ),
    "two links exchanged": (
        lambda e: (
            f"UPDATE audit_link SET position = -position WHERE entry_id IN ({e[0].pk}, {e[1].pk});"
            f"UPDATE audit_link SET position = (SELECT -position FROM audit_link WHERE entry_id = {e[1].pk})"
            f" WHERE entry_id = {e[0].pk};"
            f"UPDATE audit_link SET position = abs(position) - 1 WHERE entry_id = {e[1].pk}"
        ),
        "（记录 {1}）与前一环不相接，链被改动或调换。",
    ),
    "called business no more": (
        lambda e: f"UPDATE audit_link SET is_business = false WHERE entry_id = {e[3].pk}",
        "（记录 {3}）与前一环不相接，链被改动或调换。",
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_what_is_done_behind_the_back_is_found(sealed: list[Entry], name: str) -> None:
    statement, sentence = TAMPERING[name]
    assert check_trail(now=NOW).is_sound

    behind_the_back(statement(sealed))

    expected = sentence.format(*(entry.pk for entry in sealed))
    assert any(finding.endswith(expected) for finding in check_trail(now=NOW).findings), check_trail(
        now=NOW
    ).findings


def test_a_cut_off_end_and_a_rewritten_chain_are_found_by_a_head_kept_elsewhere(
    sealed: list[Entry], capsys: Any
) -> None:
    kept = current_head()

    last = sealed[-1].pk
    behind_the_back(
        f"DELETE FROM audit_link WHERE entry_id = {last}; DELETE FROM audit_entry WHERE id = {last}"
    )
    assert check_trail(now=NOW).is_sound, "nothing inside the database can tell"
    assert check_trail(now=NOW, since=kept).findings == [
        f"链止于第 {kept.position - 1} 环，另存的链首是第 {kept.position} 环，链尾被删除。"
    ]

    behind_the_back("DELETE FROM audit_link; UPDATE audit_entry SET actor_label = '他人'")
    record(actor=None, verb="project.updated", subject=Organisation.objects.get(code="522701"))
    seal(now=NOW)
    assert check_trail(now=NOW).is_sound
    assert "链被整体重写" in check_trail(now=NOW, since=kept).findings[0]

    with pytest.raises(SystemExit):
        call_command("check_trail", since=f"{kept.position}:{kept.digest}")
    assert "链被整体重写" in capsys.readouterr().out


def test_an_entry_slipped_in_later_is_found_and_late_commits_are_sealed(sealed: list[Entry]) -> None:
    between = sealed[2].pk
    behind_the_back(f"UPDATE audit_entry SET id = {between} + 1000 WHERE id = {sealed[-1].pk}")
    behind_the_back(f"DELETE FROM audit_link WHERE entry_id = {sealed[-1].pk}")
    assert seal(now=NOW + timedelta(hours=1)) == 1, "a commit that came an hour late"

    behind_the_back(f"UPDATE audit_entry SET id = {between} - 1000 WHERE id = {between} + 1000")
    behind_the_back(f"DELETE FROM audit_link WHERE entry_id = {between} + 1000")
    assert seal(now=NOW + timedelta(hours=30)) == 0

    findings = check_trail(now=NOW + timedelta(hours=30)).findings
    assert findings == [f"记录 {between - 1000} 不在链中，是事后插入的。"]


def test_the_log_and_its_chain_refuse_every_change(sealed: list[Entry]) -> None:
    for statement in (
        "UPDATE audit_entry SET actor_label = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_link SET position = 0",
        "DELETE FROM audit_link",
        "TRUNCATE audit_link",
        "TRUNCATE audit_purge",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="kept_as_long"), transaction.atomic():
        TrailRule.objects.create(effective_from=NOW.date(), keep_days=179)
    with pytest.raises(IntegrityError, match="leaves_what_the_law"), transaction.atomic():
        Purge.objects.create(purged_at=NOW, door_before=NOW, business_before=NOW, removed=1)


def test_time_runs_out_for_sign_ins_before_it_does_for_business(sealed: list[Entry], officer: User) -> None:
    record(actor=officer, verb="session.signed_in", subject=officer)
    seal(now=NOW)
    written = Entry.objects.latest("id").entered_at
    old = written + timedelta(days=181)

    assert purge(now=written + timedelta(days=179), today=written.date()) == 0
    assert purge(now=old, today=old.date()) == 1
    assert not Entry.objects.filter(verb="session.signed_in").exists()
    assert Entry.objects.filter(verb="project.updated").count() == 5
    seal(now=old)
    proof = check_trail(now=old)
    assert (proof.is_sound, proof.purged) == (True, 1)

    # What is removed by hand is not covered by what had run out.
    behind_the_back(f"DELETE FROM audit_entry WHERE id = {sealed[0].pk}")
    assert check_trail(now=old).wrong == 1
    much_later = old + timedelta(days=366 * 3 + 1)
    assert purge(now=much_later, today=much_later.date()) == Link.objects.count() - 2
    assert check_trail(now=much_later).is_sound


def test_an_entry_still_being_written_holds_up_nobody(transactional_db: None) -> None:
    unit = Organisation.objects.get(code="522701")
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_entry (actor_label, verb, subject_kind, subject_id, subject_label,"
                " scope_path, facts, outcome, entered_at)"
                " VALUES ('系统', 'x.y', 'k', 1, 'l', '', '{}', 'DONE', now())"
            )
        record_all(actor=None, acts=[Act("project.updated", unit)] * (BATCH + 7))
        assert seal(now=NOW) == BATCH + 7
        other.commit()
        assert seal(now=NOW) == 1
    finally:
        other.close()
    proof = check_trail(now=NOW)
    assert (proof.is_sound, proof.links) == (True, BATCH + 8)
    assert proof.head == current_head() == Head(BATCH + 8, Link.objects.latest("position").digest)
