"""The search for cycles, put off while rows are made."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from core.collecting import collection_paused


def test_the_last_one_out_switches_it_on_again_whatever_happened_inside():
    entered, leave = Event(), Event()

    def stay() -> None:
        with collection_paused():
            entered.set()
            leave.wait(10)

    with ThreadPoolExecutor(max_workers=1) as pool:
        other = pool.submit(stay)
        assert entered.wait(10)
        assert not gc.isenabled()
        with pytest.raises(ValueError, match="a broken row"), collection_paused():
            raise ValueError("a broken row")
        still_off = not gc.isenabled()
        leave.set()
        other.result(timeout=10)

    assert still_off
    assert gc.isenabled()
    with collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled()
