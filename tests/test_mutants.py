"""What `tests.mutants` breaks stands where it looks for it: a place that moved away would end its run."""

from __future__ import annotations

from tests.mutants import MUTANTS, ROOT


def test_every_place_that_is_broken_is_there_with_its_tests() -> None:
    moved = [one.name for one in MUTANTS if one.old not in (ROOT / one.file).read_text(encoding="utf-8")]
    tests = {test for one in MUTANTS for test in one.tests}

    assert moved == []
    assert {test for test in tests if not (ROOT / test).exists()} == set()
