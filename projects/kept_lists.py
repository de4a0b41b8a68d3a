"""The lists that keep views and workbooks. One `register(...)` in the app that shows a list.

Saved views, the export page, its job and the API then work for that list by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from projects.models import ListName
from ui.pagination import CappedCount


@dataclass(frozen=True, slots=True)
class Asked:
    """What a workbook of a list would hold: how many rows, which columns, the ticked rows if any."""

    count: CappedCount
    headings: Sequence[str]
    ids: Sequence[int] = ()


class Read(Protocol):
    """What an address asks of the list, with the actor's sight of this moment."""

    def __call__(self, parameters: QueryDict, *, actor: User, today: date) -> Asked: ...


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list. `page` and `export_page` are names of addresses, `kind` is that of its export jobs."""

    name: ListName
    page: str
    export_page: str
    kind: str
    unit: str
    read: Read

    def address(self, query: str, *, view: int | None = None) -> str:
        """The list's page with a query; `view` says by which saved view one came."""
        words = "&".join(filter(None, [query, f"view={view}" if view else ""]))
        return reverse(self.page) + (f"?{words}" if words else "")


_lists: dict[str, KeptList] = {}


def register(kept: KeptList) -> None:
    """Offer a list; a second registration replaces the first."""
    _lists[kept.name.value] = kept


def list_called(slug: str) -> KeptList:
    """
    Raises:
        KeyError: no list of that name.
    """
    return _lists[slug]
