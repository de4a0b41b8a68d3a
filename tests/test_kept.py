"""What a process keeps of the reference tables is never older than the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import Organisation, organisation_tree
from core.kept import LOADERS, kept, reference_version, steady
from tests.test_architecture import ROOT, SOURCES

CODE = "522725"
ANOTHER = "522701"


@pytest.fixture
def other() -> Iterator[Any]:
    """A second connection, each of whose statements is a transaction of its own."""
    with closing(connections.create_connection("default")) as session:
        yield session


# What the kept functions that take arguments are asked with.
ARGUMENTS = {"projects.selectors.habits._habits": ("projects", 1, "DISPATCH")}


class Counted:
    """A loader that says how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        return Organisation.objects.get(code=CODE).short_name


def renamed(name: str) -> None:
    Organisation.objects.filter(code=CODE).update(short_name=name)


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_until_a_watched_table_changes():
    load = Counted()
    answer = kept(load)

    assert (answer(), answer(), load.times) == ("瓮安县", "瓮安县", 1)
    renamed("新瓮安")
    assert (answer(), answer(), load.times) == ("新瓮安", "新瓮安", 2)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_rollout")
    assert (answer(), load.times) == ("新瓮安", 3)


@pytest.mark.django_db
def test_each_argument_has_an_answer_of_its_own_and_they_are_forgotten_together():
    asked = []
    answer = kept(lambda code, *, loud=False: asked.append((code, loud)) or (code, loud))

    assert [answer(CODE), answer(ANOTHER), answer(CODE), answer(CODE, loud=True)] == [
        (CODE, False), (ANOTHER, False), (CODE, False), (CODE, True)
    ]  # fmt: skip
    assert asked == [(CODE, False), (ANOTHER, False), (CODE, True)]
    renamed("一")
    assert (answer(ANOTHER), answer(CODE), len(asked)) == ((ANOTHER, False), (CODE, False), 5)


@pytest.mark.django_db
def test_answers_to_many_arguments_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("core.kept.MOST_KEPT", 2)
    asked = []
    answer = kept(lambda number: asked.append(number) or number)

    assert [answer(number) for number in (1, 2, 1, 3, 1)] == [1, 2, 1, 3, 1]
    assert asked == [1, 2, 3, 1]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_taken_back_leaves_nothing_behind():
    answer = kept(Counted())
    before = answer()

    with transaction.atomic():
        renamed("一")
        assert answer() == "一"
        point = transaction.savepoint()
        renamed("二")
        assert answer() == "二"
        transaction.savepoint_rollback(point)
        assert answer() == "一"
        transaction.set_rollback(True)

    assert answer() == before


@pytest.mark.django_db(transaction=True)
def test_what_another_commits_is_seen_although_ones_own_transaction_was_first(other):
    """What is kept under one's own unfinished change may lack it: no later version equals that one."""
    answer = kept(lambda: {row.code: row.short_name for row in Organisation.objects.all()})

    with transaction.atomic():
        renamed("一")
        assert answer()[CODE] == "一"
        other.cursor().execute(
            "UPDATE accounts_organisation SET short_name = '二' WHERE code = %s", [ANOTHER]
        )

    assert (answer()[CODE], answer()[ANOTHER]) == ("一", "二")


@pytest.mark.django_db(transaction=True)
def test_two_that_change_reference_rows_at_once_do_not_wait_for_each_other(other):
    """The version's row is locked with the commit and not before."""
    other.cursor().execute("SET lock_timeout = '2s'")

    with transaction.atomic():
        renamed("一")
        other.cursor().execute(
            "UPDATE accounts_organisation SET short_name = '二' WHERE code = %s", [ANOTHER]
        )

    assert organisation_tree().by_code[ANOTHER].short_name == "二"


@pytest.mark.django_db
def test_a_page_asks_for_the_version_once(django_assert_num_queries):
    organisation_tree()

    with django_assert_num_queries(1), steady():
        assert organisation_tree() is organisation_tree()
    with django_assert_num_queries(2):
        assert reference_version() == reference_version()


# A statement holds each table it reads until its transaction ends, those inside views and functions too.
_READ = """
SELECT relname FROM pg_locks JOIN pg_class ON pg_class.oid = relation
WHERE pid = pg_backend_pid() AND relkind IN ('r', 'p', 'm', 'f') AND relnamespace = 'public'::regnamespace
"""
_WATCHED = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE tgname IN ('reference_changes', 'reference_changed', 'reference_emptied') AND tgenabled = 'O'
GROUP BY relname HAVING count(*) = 3
"""


def names(statement: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_kept_function_reads_watched_tables_only():
    for path in SOURCES:
        if "core.kept import" in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    product = [load for load in LOADERS if not load.__module__.startswith("tests.")]
    watched, before = names(_WATCHED), names(_READ)
    read = {}

    for load in product:
        point = transaction.savepoint()
        name = f"{load.__module__}.{load.__name__}"
        load(*ARGUMENTS.get(name, ()))
        read[name] = names(_READ)
        transaction.savepoint_rollback(point)

    assert before == set()
    assert read["accounts.models.directory.organisation_tree"] == {
        "accounts_organisation",
        "accounts_rollout",
    }
    assert {name: sorted(tables - watched) for name, tables in read.items() if tables - watched} == {}
