"""The tests stand on their own day, not on the machine's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import clock


def test_the_office_has_the_day_the_run_was_given(request: pytest.FixtureRequest) -> None:
    given = datetime.fromisoformat(request.config.getoption("--on"))

    assert clock.today() == clock.day_of(given.astimezone(UTC))


@pytest.mark.services
def test_a_test_with_processes_has_the_machines(tmp_path: Path) -> None:
    file = tmp_path / "written now"
    file.touch()

    # The file system asks no patched clock.
    assert abs(clock.now().timestamp() - file.stat().st_mtime) < 3600
