"""The kinds of list: their words for the reader, their choices for forms and filters."""

from __future__ import annotations

from datetime import date

from projects.models import ListKind, ListScope
from projects.rules.choices import KindOfList, Vocabulary, vocabulary


def list_words(*, on: date) -> Vocabulary:
    """What the columns with choices may say on a day; kinds not in use then are read, not offered.

    One query.
    """
    return vocabulary(
        KindOfList(kind.code, kind.name, tuple(kind.words), is_retired=not kind.is_in_use(on))
        for kind in ListKind.objects.all()
    )


def kinds_to_choose(*, on: date, now: str = "") -> list[tuple[str, str]]:
    """Code and name of the kinds in use on a day, and of the one that stands there `now`. One query."""
    rows = ListKind.objects.all()
    return [(row.code, row.name) for row in rows if row.is_in_use(on) or row.code == now]


def list_scopes() -> dict[str, ListScope]:
    """What each kind of list counts as, by its code. One query."""
    return {code: ListScope(scope) for code, scope in ListKind.objects.values_list("code", "counts_as")}
