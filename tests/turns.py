"""In which order tests run, so that no worker is left alone with a long one at the end.

xdist gives each worker an equal part of the list, in its order; who has done his part takes the latter half
of the longest one that is left, but never a worker's last two tests. So each part begins with its share of
the long tests, and ends with many short ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
SHORT = 2


def dealt(tests: Sequence[T], *, turn: Callable[[T], int], workers: int) -> list[T]:
    """All tests, part after part; those of a turn below SHORT are dealt out, the others stay in a row.

    Args:
        turn: of a test; what has a lower one begins a part.
        workers: how many parts the list is going to be cut into.
    """
    long = sorted((test for test in tests if turn(test) < SHORT), key=turn)
    short = [test for test in tests if turn(test) >= SHORT]
    found: list[T] = []
    for worker in range(workers):
        part = long[worker::workers]
        room = max(0, (len(tests) - len(found)) // (workers - worker) - len(part))
        part += short[:room]
        del short[:room]
        found += part
    return found + short
