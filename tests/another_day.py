"""Running the tests as if on another day: no test may depend on the day it happens to run.

`script/test --on 2027-03-13T10:00+08:00` moves the clock of the test processes there; it goes on
running. Workers and servers started as processes of their own keep the machine's clock, so the tests
marked `services` are left out of such a run with `-m "not services"`.
"""

from __future__ import annotations

import pytest
import time_machine


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--on", metavar="TIME", help="run as if the clock stood at this time (ISO 8601)")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is collected, in xdist's workers too: module constants are moved with it."""
    if moment := config.getoption("--on"):
        config.add_cleanup(_travel(moment).stop)


def _travel(moment: str) -> time_machine.travel:
    clock = time_machine.travel(moment, tick=True)
    clock.start()
    return clock
