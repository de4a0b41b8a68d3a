"""How long is too long without a word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from projects.rules.staleness import Staleness, Thresholds, read_freshness

TODAY = date(2026, 11, 20)
LIMITS = Thresholds(amber_after_days=7, red_after_days=14)


def days_ago(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("verified", "changed", "state", "days"),
    [
        (0, None, Staleness.FRESH, 0),
        (7, None, Staleness.FRESH, 7),
        (8, None, Staleness.DOUBTFUL, 8),
        (14, 30, Staleness.DOUBTFUL, 14),
        (15, 30, Staleness.STALE, 15),
        (30, 3, Staleness.FRESH, 3),
        (None, None, Staleness.STALE, None),
        (-1, None, Staleness.FRESH, 0),
    ],
)
def test_the_later_of_both_days_counts(verified, changed, state, days):
    found = read_freshness(
        verified_on=days_ago(verified), changed_on=days_ago(changed), today=TODAY, thresholds=LIMITS
    )

    assert (found.state, found.days) == (state, days)


def test_the_words_name_the_days():
    found = read_freshness(verified_on=days_ago(9), changed_on=None, today=TODAY, thresholds=LIMITS)

    assert found.words == "久未核实（9 天无动态）"
