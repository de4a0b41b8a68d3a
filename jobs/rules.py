"""How long a failed job rests before its next attempt. Pure."""

from __future__ import annotations

from datetime import timedelta

FIRST_REST = timedelta(seconds=10)
LONGEST_REST = timedelta(minutes=10)


def rest_before_retry(attempts: int) -> timedelta:
    """10 s after the first failed attempt, twice as long after each further one, at most 10 min."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(FIRST_REST * (1 << doublings), LONGEST_REST)
