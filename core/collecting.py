"""Python's search for cycles, put off while very many objects are made that hold none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()
_paused = 0


@contextmanager
def collection_paused() -> Iterator[None]:
    """No search for cycles meanwhile: it walks through every new object again and again.

    For seconds, and for rows and values only: what refers to itself stays in memory until the end.
    Several threads may be inside at once; the last one out switches it on again.
    """
    global _paused
    with _LOCK:
        _paused += 1
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            _paused -= 1
            if not _paused:
                gc.enable()
