from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.rules import rest_before_retry


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 20), (3, 40), (7, 600), (1000, 600)])
def test_each_failure_doubles_the_rest_up_to_ten_minutes(attempts, seconds):
    assert rest_before_retry(attempts) == timedelta(seconds=seconds)
