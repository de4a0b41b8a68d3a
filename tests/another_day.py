"""The day of the tests: one Friday, whatever day the machine has, so that none passes only until a date.

`script/test --on 2027-03-13T10:00+08:00` runs them on another. The clock goes on from there. Tests marked
`services` start processes of their own, which keep the machine's clock: they keep it too.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
import time_machine

FRIDAY = "2026-11-20T10:00+08:00"


class OwnClock:
    """The travel of one run."""

    def __init__(self, moment: str) -> None:
        self.travel = time_machine.travel(moment, tick=True)
        # Before anything is collected, in xdist's workers too: module constants are of that day as well.
        self.travel.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if item.get_closest_marker("services") is None:
            return (yield)
        self.travel.stop()
        try:
            return (yield)
        finally:
            self.travel.start()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--on", metavar="TIME", default=FRIDAY, help="run as if the clock stood here (ISO 8601)")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(OwnClock(config.getoption("--on")), "own-clock")
