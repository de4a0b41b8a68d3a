"""What an address asks of the list of promises: which, in which order. Page and workbook read the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from accounts.models import User
from deadlines.models import DeadlineQuerySet
from desk.deadline_filters import DeadlineFilter
from desk.deadline_rows import deadline_rows
from ui.pagination import chosen_order

ORDERS = {
    "lamp": ("lamp_rank", "due_on"),
    "due": ("due_on",),
    "unit": ("scope_organisation__code", "lamp_rank", "due_on"),
    "project": ("project_name", "lamp_rank"),
    "started": ("started_on",),
}
DEFAULT_ORDER = "lamp"


@dataclass(frozen=True, slots=True)
class DeadlineQuestion:
    """The list as asked for. `rows` are not sorted: `order` says how."""

    filterset: DeadlineFilter
    order: tuple[str, ...]

    @property
    def rows(self) -> DeadlineQuerySet:
        found: DeadlineQuerySet = self.filterset.qs
        return found


def read_deadlines(parameters: QueryDict, *, actor: User, today: date) -> DeadlineQuestion:
    """The promises that these parameters ask for, with the actor's sight of this moment."""
    rows = deadline_rows(actor=actor, today=today)
    return DeadlineQuestion(
        filterset=DeadlineFilter(parameters, queryset=rows, actor=actor, today=today),
        order=chosen_order(parameters.get("sort"), ORDERS, default=DEFAULT_ORDER),
    )
