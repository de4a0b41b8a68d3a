"""The orders of the project list, each made of parts that an index holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db.models import Q

from accounts.models import User
from projects.selectors.lists import lamp_segments, reporting_units
from ui.pagination import Segment, turned

DEFAULT = "lamp"


def list_order(sort: str | None, *, actor: User, today: date) -> list[Segment]:
    """The segments of `sort` ("area", "-area"); an unknown one means by lamp. At most two queries."""
    word = _word(sort)
    return ORDERS[word.removeprefix("-")](actor, today, word.startswith("-"))


def is_by_lamp(sort: str | None) -> bool:
    """Whether that order is the one by lamp, in either direction: by days alone."""
    return _word(sort).removeprefix("-") == DEFAULT


def _word(sort: str | None) -> str:
    return sort if sort and sort.removeprefix("-") in ORDERS else DEFAULT


def _by_lamp(actor: User, today: date, is_descending: bool) -> list[Segment]:
    segments = lamp_segments(today)
    return turned(segments) if is_descending else segments


def _by_unit(actor: User, today: date, is_descending: bool) -> list[Segment]:
    """Unit after unit in the order of their codes, the newest first in each."""
    units = sorted(reporting_units(actor=actor), key=lambda unit: unit.code)
    segments = [Segment(unit.code, Q(organisation=unit.pk), ("-pk",)) for unit in units]
    others = Segment("others", ~Q(organisation__in=[unit.pk for unit in units]), ("-pk",))
    return [*(reversed(segments) if is_descending else segments), others]


def _by_field(field: str, *, blanks: bool = False) -> Callable[[User, date, bool], list[Segment]]:
    """By one field. Where it may be blank, the blank ones come last in both directions."""

    def segments(actor: User, today: date, is_descending: bool) -> list[Segment]:
        order = (f"-{field}" if is_descending else field,)
        if not blanks:
            return [Segment("all", Q(), order)]
        is_blank = Q(**{f"{field}__isnull": True})
        return [Segment("stated", ~is_blank, order), Segment("blank", is_blank, ("-pk",))]

    return segments


ORDERS: dict[str, Callable[[User, date, bool], list[Segment]]] = {
    "lamp": _by_lamp,
    "number": _by_field("number", blanks=True),
    "name": _by_field("name"),
    "unit": _by_unit,
    "area": _by_field("land__total_m2", blanks=True),
    "updated": _by_field("updated_at"),
}
