"""Counting what a list costs."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(act: Callable[[], object], *, times: int = 2) -> int:
    """How many queries `act` makes the last time: from the second on with warm caches."""
    for _ in range(times - 1):
        act()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
