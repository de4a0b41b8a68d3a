"""The order of the tests themselves."""

from __future__ import annotations

import pytest

from tests.turns import dealt


def turn(test: str) -> int:
    return {"w": 0, "b": 1, "s": 2}[test[0]]


def test_each_worker_s_part_begins_with_its_share_of_the_long_tests():
    tests = [*(f"s{n}" for n in range(12)), *(f"b{n}" for n in range(4)), "w0", "w1"]

    found = dealt(tests, turn=turn, workers=3)

    assert found[:6] == ["w0", "b1", "s0", "s1", "s2", "s3"]
    assert found[6:12] == ["w1", "b2", "s4", "s5", "s6", "s7"]
    assert found[12:] == ["b0", "b3", "s8", "s9", "s10", "s11"]


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "tests", [[], ["w0"], ["s0", "s1"], ["w0", "w1", "b0", "b1", "b2"], ["s0", "w0", "s1"]]
)
def test_no_test_is_lost_or_run_twice(tests, workers):
    assert sorted(dealt(tests, turn=turn, workers=workers)) == sorted(tests)


def test_one_worker_alone_runs_the_long_ones_first():
    assert dealt(["s0", "b0", "s1", "w0"], turn=turn, workers=1) == ["w0", "b0", "s0", "s1"]
