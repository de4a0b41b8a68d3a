"""Putting the database back after a test that commits.

Django truncates every table then, and with them the reference rows that migrations bring
(organisations, step catalogue, calendar). Here all tables go back to what they held after
migrating, triggers asleep: what a fresh database holds is what every test begins with.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from accounts.models import organisation_tree
from core import clock
from deadlines.selectors import working_calendar
from projects.selectors.list_kinds import list_kinds
from upkeep.selectors import notices_at

SNAPSHOT = "fresh"


def remember_fresh_tables() -> None:
    """Copy every non-empty table, once, right after migrating."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SNAPSHOT} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SNAPSHOT}")
        for table in _tables():
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {SNAPSHOT}."{table}" AS TABLE "{table}"')


def keep_reference_rows() -> None:
    """Load what `core.kept` keeps, so that no test pays for the first asking and counts it."""
    organisation_tree()
    working_calendar()
    list_kinds()
    notices_at(clock.now())


def restore_fresh_tables() -> None:
    """Empty what a test filled and bring the reference rows back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SNAPSHOT])
        remembered = {name for (name,) in cursor.fetchall()}
        for table in _tables():
            cursor.execute(f'DELETE FROM "{table}"')
            if table in remembered:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {SNAPSHOT}."{table}"')
    keep_reference_rows()


@contextmanager
def kept_for_module(blocker: Any) -> Iterator[None]:
    """Rows written inside stay for every test of a module and are taken back after the last one.

    Each test then begins at a savepoint; what it writes itself goes with it, as always.
    """
    with blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
    try:
        yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


def end_other_sessions() -> None:
    """Before the database goes: a browser's last request or a killed worker may still hold a connection."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others} AND usename = current_user")
            if not cursor.fetchall():
                return
            time.sleep(0.05)


def _tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        return [name for (name,) in cursor.fetchall() if name != "django_migrations"]
