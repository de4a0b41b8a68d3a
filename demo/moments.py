"""Moments of the demo's days."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone


def at(day: date, hour: int) -> datetime:
    """That hour of a day, on the office's clock."""
    return datetime.combine(day, time(hour), timezone.get_default_timezone())


def noon(day: date) -> datetime:
    return at(day, 12)
