from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis
from provision.environment import ProvisionError
from provision.services import Binaries, Postgres, Valkey, alive, throwaway_home, until

Starter = Callable[..., Postgres]


@pytest.fixture
def cluster(home: Path, binaries: Binaries, user: str | None) -> Iterator[Starter]:
    """Makes handles on one and the same cluster, as successive runs of the scripts have them."""
    made: list[Postgres] = []

    def handle(*, durable: bool = False) -> Postgres:
        made.append(Postgres(home=home, binaries=binaries.postgres, user=user, durable=durable))
        return made[-1]

    yield handle
    for one in made:
        one.stop()


def ask(postgres: Postgres, question: str) -> object:
    with closing(psycopg2.connect(postgres.url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0] if cursor.description else None


def test_two_provisionings_run_side_by_side(home, binaries, user, cluster, tmp_path_factory):
    first = cluster()
    first.start()
    beside = home / "beside"
    beside.mkdir(mode=0o711)
    second = Postgres(home=beside, binaries=binaries.postgres, user=user, durable=False)
    try:
        second.start()
        ask(first, "CREATE TABLE mine (n int)")
        assert first.url != second.url
        assert ask(second, "SELECT to_regclass('mine')") is None
    finally:
        second.stop()


def test_the_database_finds_chinese_by_trigrams(cluster):
    postgres = cluster()
    postgres.start()
    ask(postgres, "CREATE EXTENSION pg_trgm")
    assert ask(postgres, "SELECT cardinality(show_trgm('石桥县水库工程'))") > 0
    assert ask(postgres, "SELECT datlocprovider FROM pg_database WHERE datname = 'landguard'") == "b"


def test_the_password_is_the_owners_alone(cluster):
    postgres = cluster()
    postgres.start()
    assert postgres.secret.stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(postgres.url.replace("landguard:", "landguard:wrong", 1))


def test_a_database_whose_scripts_were_killed_is_recognised_and_stopped(cluster):
    cluster().start()
    later = cluster()
    pid = later.running()
    assert pid is not None
    later.stop()
    assert later.running() is None
    assert not alive(pid)


def test_a_killed_database_starts_again_with_what_was_committed(cluster):
    postgres = cluster(durable=True)
    postgres.start()
    ask(postgres, "CREATE TABLE kept AS SELECT 1 AS n")
    pid = postgres.running()
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: not alive(pid), patience=10)

    again = cluster(durable=True)
    again.start()
    assert ask(again, "SELECT n FROM kept") == 1


def test_a_number_used_again_is_not_taken_for_the_database(cluster):
    postgres = cluster()
    postgres.start()
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    assert postgres.running() is None


def test_a_cluster_cut_short_while_made_is_made_anew(cluster, home):
    postgres = cluster()
    leftover = home / "postgres.unfinished"
    leftover.mkdir()
    (leftover / "PG_VERSION").write_text("18\n")
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1
    assert not leftover.exists()


def test_data_of_another_major_version_is_refused_in_words(cluster):
    postgres = cluster()
    postgres.start()
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ProvisionError, match="由 PostgreSQL 17 建立"):
        postgres.start()


def test_the_broker_asks_for_its_password_and_stops(home, binaries, user):
    broker = Valkey(home=home, binary=binaries.valkey, user=user, durable=False)
    try:
        broker.start()
        with redis.from_url(broker.url) as client:
            assert client.ping()
        with (
            redis.from_url(
                broker.url.replace(":", ":wrong", 2).replace("redis:wrong", "redis:", 1)
            ) as client,
            pytest.raises(redis.AuthenticationError),
        ):
            client.ping()
        pid = broker.running()
    finally:
        broker.stop()
    assert not alive(pid)
    assert broker.running() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as another account")
def test_root_starts_the_servers_as_an_unprivileged_account(cluster, user):
    postgres = cluster()
    postgres.start()
    assert Path(f"/proc/{postgres.running()}").stat().st_uid != 0
    assert user == "nobody"


def test_the_folder_of_a_killed_run_is_swept_and_a_living_ones_is_not(home, user):
    left = home.parent / f"{home.name}-left"
    left.mkdir()
    (left / "in-use").touch()
    with throwaway_home(user):
        assert not left.exists()
        assert home.exists()
