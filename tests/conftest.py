"""People of every role, on the organisation tree that every fresh database has."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import TransactionTestCase

from accounts.models import User
from tests.database import (
    end_other_sessions,
    keep_reference_rows,
    remember_fresh_tables,
    restore_fresh_tables,
)
from tests.people import person
from tests.turns import SHORT, dealt

HERE = Path(__file__).parent

# Tests are never timed: a busy machine is no reason to fail.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")

# Nothing is garbage before everything is collected; `pytest_collection_finish` sets it going again.
gc.disable()

# The product's own way of hashing; its million rounds only make a stolen hash dear, and each sign-in slow.
PBKDF2PasswordHasher.iterations = 1_000


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = dealt(items, turn=_turn, workers=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def _turn(item: pytest.Item) -> int:
    """0 what walks the whole product, 1 what starts processes or drives a browser, 2 the many short ones."""
    if item.path.parent == HERE or item.path.name == "test_axe.py":
        return 0
    return 1 if item.get_closest_marker("services") or item.get_closest_marker("journey") else SHORT


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: no collection of garbage looks at it again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each worker's database is a copy of the one that script/test has migrated, if it has."""
    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("MIGRATED_DATABASE")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database, with its reference rows remembered for tests that commit."""
    with pytest.MonkeyPatch.context() as patch:
        # Closed again before the first test: one that forgets the fixture `db` must not commit.
        with django_db_blocker.unblock():
            remember_fresh_tables()
            keep_reference_rows()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: restore_fresh_tables())
        yield
        with django_db_blocker.unblock():
            end_other_sessions()
            connection.close()


@pytest.fixture
def officer(db: None) -> User:
    """都匀市自然资源局 county officer."""
    return person("county")


@pytest.fixture
def stranger(db: None) -> User:
    """County officer of another county, 瓮安县."""
    return person("stranger")


@pytest.fixture
def section(db: None) -> User:
    """用途管制科 section officer."""
    return person("section")


@pytest.fixture
def dispatcher(db: None) -> User:
    """调度办: screens, freezes, keeps the calendar and the catalogue."""
    return person("dispatch")


@pytest.fixture
def department(db: None) -> User:
    """州水务局 department officer."""
    return person("department")


@pytest.fixture
def leader(db: None) -> User:
    return person("leader")


@pytest.fixture
def sysadmin(db: None) -> User:
    return person("sysadmin")


@pytest.fixture
def secadmin(db: None) -> User:
    """安全管理员: grants roles, unlocks."""
    return person("secadmin")


@pytest.fixture
def auditor(db: None) -> User:
    """审计管理员: reads the log."""
    return person("auditor")


@pytest.fixture
def people(
    officer: User,
    stranger: User,
    section: User,
    dispatcher: User,
    department: User,
    leader: User,
    sysadmin: User,
) -> dict[str, User]:
    """Everybody by role name."""
    return {
        "county": officer,
        "stranger": stranger,
        "section": section,
        "dispatch": dispatcher,
        "department": department,
        "leader": leader,
        "sysadmin": sysadmin,
    }
