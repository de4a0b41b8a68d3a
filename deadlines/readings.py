"""A deadline's readings as plain values, for the API."""

from __future__ import annotations

from typing import Any

from deadlines.rules import DaySquare, DeadlineReading, Reading


def reading_facts(reading: DeadlineReading) -> dict[str, Any]:
    """Both lines by name; a line that does not exist is left out."""
    return {line.name.value: line_facts(line) for line in reading.lines}


def line_facts(reading: Reading) -> dict[str, Any]:
    """One line on one day; numbers are in `counted_in`."""
    return {
        "limit": reading.line.limit,
        "extension": reading.line.extension,
        "unit": reading.line.unit.value,
        "kind": reading.line.kind.value,
        "is_reference": reading.line.is_reference,
        "started_on": reading.start,
        "as_of": reading.as_of,
        "due_on": reading.due,
        "due_if_resumed_on": reading.due_if_resumed,
        "is_paused": reading.is_paused,
        "used": reading.used,
        "remaining": reading.remaining,
        "paused": reading.paused,
        "overdue": reading.overdue,
        "counted_in": reading.counted_in.value,
        "is_provisional": reading.is_provisional,
    }


def square_facts(square: DaySquare) -> dict[str, Any]:
    """One day of a sheet."""
    return {
        "day": square.day,
        "kind": square.kind.value,
        "number": square.number,
        "note": square.note,
        "is_due": square.is_due,
        "is_today": square.is_today,
        "is_provisional": square.is_provisional,
    }
