"""The scripts' own package, which is on nobody's path but theirs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "script"))

from provision import services  # noqa: E402


@pytest.fixture(scope="session")
def user() -> str | None:
    return services.service_user()


@pytest.fixture
def home(user: str | None) -> Iterator[Path]:
    with services.throwaway_home(user) as folder:
        yield folder


@pytest.fixture
def binaries(user: str | None, home: Path) -> services.Binaries:
    return services.usable_binaries(user, beside=home)
