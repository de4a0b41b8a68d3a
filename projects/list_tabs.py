"""The row of tabs above a list: the whole of it, saved views, ready-made ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from django.http import QueryDict

from projects.list_question import COLUMNS, asked_columns, filters_of, kept_query
from projects.selectors.habits import Habits
from ui.parts import Tab

WHOLE = "view=all"
Ready = Sequence[tuple[str, str]]  # (label, query); the first one is the whole list


def list_tabs(parameters: QueryDict, habits: Habits, *, ready: Ready) -> tuple[Tab, ...]:
    """The whole list, saved views, ready-made ones; the one whose words are in force is active."""
    now = kept_query(parameters)
    filters = filters_of(now)
    tabs = [
        Tab(label, f"?{words or WHOLE}", None, is_active=filters == _filters_in(words))
        for label, words in ready
    ]
    saved = [
        Tab(view.name, f"?{_with_view(view.query, view.pk)}", None, is_active=bool(now) and view.query == now)
        for view in habits.views
    ]
    if any(tab.is_active for tab in saved):
        tabs = [Tab(tab.label, tab.url) for tab in tabs]
    return (tabs[0], *saved, *tabs[1:])


def kept_parameters(parameters: QueryDict, habits: Habits) -> list[tuple[str, str]]:
    """What a new filter leaves as it is: the columns, and that the whole list was asked for."""
    columns = ",".join(asked_columns(parameters))
    kept = [(COLUMNS, columns)] if columns else []
    return [*kept, ("view", "all")] if habits.default else kept


def parameters_of(query: str) -> tuple[tuple[str, str], ...]:
    """A query string as hidden fields of a form."""
    return tuple((name, value) for name, values in QueryDict(query).lists() for value in values)


@cache
def _filters_in(words: str) -> str:
    """Of a ready-made view: read once a process."""
    return filters_of(kept_query(QueryDict(words)))


def _with_view(query: str, pk: int) -> str:
    return f"{query}&view={pk}" if query else f"view={pk}"
