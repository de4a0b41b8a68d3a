"""Amounts of quota in the reader's unit."""

from __future__ import annotations

from django import template

from quotas.rules import Instrument
from quotas.units import Shown, Unit
from quotas.words import in_book, shown

register = template.Library()


@register.filter
def in_unit(amount: int | None, unit: Unit) -> str:
    """An amount in m² or kg, printed in `unit`; None and 0 as a dash."""
    return unit.print(amount) if amount else "–"


@register.filter
def quota(amount: int, instrument: str) -> str:
    """1.2345 公顷, 31,111 公斤: the amount with its usual unit."""
    return shown(instrument, amount)


@register.filter
def printed(amount: int, instrument: str) -> str:
    """The bare figure in hectares or kilograms."""
    large = Instrument(instrument).is_land
    return Unit(Instrument(instrument), Shown.LARGE if large else Shown.SMALL).print(amount)


@register.filter
def of_book(amount: int, book: str) -> str:
    """An amount of a county's book with its unit."""
    return in_book(book, amount)
