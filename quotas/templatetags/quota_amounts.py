"""Amounts of quota in templates: 公顷 for land, 公斤 for grain."""

from __future__ import annotations

from decimal import Decimal

from django import template

from quotas import rules

register = template.Library()


@register.filter
def amount_of(amount: int | None, instrument: str) -> str:
    """`12.3456 公顷` or `1,200 公斤`; nothing is a dash."""
    return "–" if amount is None else rules.shown(rules.Instrument(instrument), amount)


@register.filter
def instrument_label(instrument: str) -> str:
    return rules.Instrument(instrument).label


@register.filter
def yuan(amount: Decimal | int | None) -> str:
    """`9,120,000.00`; nothing is a dash."""
    return "–" if amount is None else f"{amount:,.2f}"
