"""Amounts as the office writes them."""

from __future__ import annotations

from decimal import Decimal

from core.units import AreaUnit, format_area
from quotas import rules


def shown(instrument: str, amount: int) -> str:
    """1.2345 公顷, or 31,111 公斤."""
    if rules.Instrument(instrument).is_land:
        return f"{format_area(amount, AreaUnit.HA)} 公顷"
    return f"{amount:,} 公斤"


def in_book(book: str, amount: int) -> str:
    """1.2345 公顷 of plan space, or 12,345.60 元 of the fund (kept in 分)."""
    if book == "FUND":
        return f"{Decimal(amount) / 100:,.2f} 元"
    return f"{format_area(amount, AreaUnit.HA)} 公顷"
