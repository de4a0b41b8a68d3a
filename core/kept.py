"""What hardly ever changes and every page asks for, kept by each process under a version.

Units, kinds of lists, notices: a page used to read them anew, five to eight statements of which each
took longer to write than the database to answer. A function marked `kept` is asked once for each version
of the reference tables, with arguments once for each of them. The version is one row that the database
itself renews in every transaction that changes one of the watched tables (`core.migrations.watched`), so no
writer can forget it and no other process is behind: what is kept is as new as the statement that reads the
version.

Inside a transaction that has changed such a table the version is that transaction's own, another one
after each statement, and goes with it when it is rolled back. docs/decisions/0025 says why it is so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")
MOST_KEPT = 1024  # answers of one function to different arguments
# Every function that is kept, as it is without that: a test looks which tables each of them reads.
LOADERS: list[Callable[..., object]] = []

_VERSION = """
SELECT coalesce(nullif(current_setting('landguard.reference', true), ''), version::text) FROM core_reference
"""
_steady: ContextVar[list[str] | None] = ContextVar("landguard_reference_version", default=None)


def reference_version() -> str:
    """The version of the watched tables as this transaction sees them. One query, none where known."""
    known = _steady.get()
    if known:
        return known[0]
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        [version] = cursor.fetchone()
    if known is not None:
        known.append(version)
    return str(version)


@contextmanager
def steady() -> Iterator[None]:
    """Inside, the version is asked once: for a request that only reads, all of one page's parts agree."""
    token = _steady.set([])
    try:
        yield
    finally:
        _steady.reset(token)


def kept(load: Callable[P, T]) -> Callable[P, T]:
    """Keep the answers of `load`, which reads watched tables only, until one of them changes.

    Its arguments are values (ids, words), and all that an answer depends on: what of a person matters is
    handed over, not the person. The answers are shared by all that ask: nobody changes them.
    """
    held: list[tuple[str, dict[Any, T]]] = [("", {})]
    LOADERS.append(load)

    @wraps(load)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        version = reference_version()
        known, answers = held[0]
        asked = args, tuple(kwargs.items())
        if known == version and asked in answers:
            return answers[asked]
        # Read after its version: it may be newer than that, never older.
        found = load(*args, **kwargs)
        if known != version or len(answers) >= MOST_KEPT:
            answers = {}
            held[0] = version, answers
        answers[asked] = found
        return found

    return answer
