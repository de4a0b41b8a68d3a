"""Counting what a list costs."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(act: Callable[[], object]) -> int:
    """How many queries `act` makes the second time, when caches are warm."""
    act()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
