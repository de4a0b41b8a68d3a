"""The kinds of list: their words for the reader, their choices for forms and filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.kept import kept
from projects.models import ListKind, ListScope
from projects.rules.choices import KindOfList, Vocabulary, vocabulary


@kept
def list_kinds() -> Sequence[ListKind]:
    """All kinds in their order, those no longer in use among them."""
    return tuple(ListKind.objects.all())


def list_names() -> dict[str, str]:
    """Code → name of all kinds in their order."""
    return {kind.code: kind.name for kind in list_kinds()}


def list_words(*, on: date) -> Vocabulary:
    """What the columns with choices may say on a day; kinds not in use then are read, not offered."""
    return vocabulary(
        KindOfList(kind.code, kind.name, tuple(kind.words), is_retired=not kind.is_in_use(on))
        for kind in list_kinds()
    )


def kinds_to_choose(*, on: date, now: str = "") -> list[tuple[str, str]]:
    """Code and name of the kinds in use on a day, and of the one that stands there `now`."""
    return [(row.code, row.name) for row in list_kinds() if row.is_in_use(on) or row.code == now]


def list_scopes() -> dict[str, ListScope]:
    """What each kind of list counts as, by its code."""
    return {kind.code: ListScope(kind.counts_as) for kind in list_kinds()}
