"""What an address asks of the project list: which rows, in which order, in which columns.

The page, the export, bulk actions and saved views all read the same words, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from accounts.models import User
from projects import selectors
from projects.filters import Offers, ProjectFilterSet
from projects.list_columns import Column, chosen_columns, facts_read
from projects.list_orders import is_by_lamp, list_order
from projects.models import ProjectQuerySet
from ui.pagination import Segment

COLUMNS = "cols"
MOST_CHOSEN = 200
# Words of an address that say where one stands and not what is asked.
_TRANSIENT = ("cursor", "view", "id", "action", "scope", "csrfmiddlewaretoken")


@dataclass(frozen=True, slots=True)
class Reader:
    """As much of a request as a filterset looks at, for work without one."""

    user: User


@dataclass(frozen=True, slots=True)
class Question:
    """A list as asked for. `rows` are not sorted: `order` says how, part by part."""

    filterset: ProjectFilterSet
    columns: list[Column]
    order: list[Segment]
    is_by_lamp: bool
    filters: str  # what chooses rows, as `filters_of` says it

    @property
    def is_whole(self) -> bool:
        """Nothing is filtered but by status."""
        return not self.filters

    @property
    def rows(self) -> ProjectQuerySet:
        found: ProjectQuerySet = self.filterset.qs
        return found

    @property
    def at_most(self) -> int | None:
        """How many rows there can be, where what is searched for named them; else None."""
        _ = self.filterset.qs  # looks the words up
        return self.filterset.at_most

    @property
    def reads(self) -> set[str]:
        """The facts that its columns show and that its order goes by."""
        sorted_by = {
            word.removeprefix("-") for segment in self.order for word in (*segment.order, segment.last)
        }
        return facts_read(self.columns) | sorted_by


def read_question(
    parameters: QueryDict, *, actor: User, today: date, offers: Offers | None = None
) -> Question:
    """The list that these parameters ask for, with the actor's sight of this moment."""
    rows = selectors.project_list(actor=actor)
    return Question(
        filterset=ProjectFilterSet(parameters, queryset=rows, request=Reader(actor), offers=offers),
        columns=chosen_columns(asked_columns(parameters)),
        order=list_order(parameters.get("sort"), actor=actor, today=today),
        is_by_lamp=is_by_lamp(parameters.get("sort")),
        filters=filters_of(kept_query(parameters)),
    )


def asked_columns(parameters: QueryDict) -> list[str]:
    """`cols=a,b` and `cols=a&cols=b` say the same."""
    return [key for words in parameters.getlist(COLUMNS) for key in words.split(",") if key]


def chosen_ids(parameters: QueryDict) -> list[int]:
    """The rows that were ticked: at most as many as a page can hold."""
    ids = [int(pk) for pk in parameters.getlist("id") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return ids[:MOST_CHOSEN]


def chosen_rows(ids: Sequence[int], *, actor: User) -> ProjectQuerySet:
    """Those of the ticked rows that the actor may see now."""
    rows: ProjectQuerySet = selectors.project_list(actor=actor).filter(pk__in=ids)
    return rows


def kept_query(parameters: QueryDict) -> str:
    """The address's question in one form: no blanks, no cursor, columns as one word, always sorted.

    Two addresses that ask the same give the same words; this is what a saved view keeps.
    """
    kept = QueryDict(mutable=True)
    for name in sorted(parameters):
        values = [value for value in parameters.getlist(name) if value]
        if name == COLUMNS:
            values = [",".join(asked_columns(parameters))] if asked_columns(parameters) else []
        if values and name not in _TRANSIENT:
            kept.setlist(name, values)
    return kept.urlencode(safe=",")


def filters_of(query: str) -> str:
    """Of a kept query what chooses rows: without order and columns."""
    kept = QueryDict(query, mutable=True)
    for name in ("sort", COLUMNS):
        kept.pop(name, None)
    return kept.urlencode()


def ordered_ids(question: Question) -> list[int]:
    """The ids of all rows in their order; one query a segment, for work on the whole list."""
    found: list[int] = []
    for segment in question.order:
        part = question.rows.filter(segment.condition).order_by(*segment.order, _last(segment))
        found += part.values_list("pk", flat=True)
    return found


def _last(segment: Segment) -> str:
    return f"-{segment.last}" if segment.order[0].startswith("-") else segment.last


def facts_in(ids: Sequence[int], *, columns: Sequence[Column], actor: User) -> list[selectors.Facts]:
    """What these columns read of rows of the list, by id and in the given order; one query. What is gone
    meanwhile is left out."""
    found = selectors.facts_of(chosen_rows(ids, actor=actor), reads=facts_read(columns))
    facts = {row["pk"]: row for row in found}
    return [facts[pk] for pk in ids if pk in facts]
