"""Gauges of the pool as pages print them: in the reader's unit, each figure with its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from quotas.models import Movement
from quotas.rules import Instrument
from quotas.selectors.pools import Gauge
from quotas.units import Shown, Unit

__all__ = ["Bar", "bar_of", "bars_of"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A gauge as the component `ui/pool.html` prints it. Empty addresses: nothing lies behind."""

    name: str
    lamp: str
    unit: str
    total: str
    used: str
    held: str
    left: str
    used_percent: str
    held_percent: str
    occupied_percent: str
    mark_percent: str
    url: str = ""
    used_url: str = ""


def bars_of(gauges: list[Gauge], *, holder: str, year: int, shown: Shown = Shown.LARGE) -> list[Bar]:
    """Every gauge of a unit's pool (`holder`: its code); plan quota counts for `year` alone."""
    return [bar_of(gauge, Unit(gauge.instrument, shown), holder=holder, year=year) for gauge in gauges]


def bar_of(gauge: Gauge, unit: Unit, *, holder: str, year: int) -> Bar:
    """The gauge in the reader's unit; amber from the mark on, red with nothing left."""
    whole = gauge.total or 1
    lamp = "red" if gauge.is_empty else "amber" if gauge.is_warning else "green"
    held = gauge.held + gauge.frozen
    ledger = {"instrument": gauge.instrument.value, "holder": holder, "unit": unit.shown.value}
    if gauge.instrument is Instrument.ANNUAL_PLAN:
        ledger["period"] = f"{year}"
    return Bar(
        name=gauge.instrument.label,
        lamp=lamp if gauge.total else "idle",
        unit=unit.label,
        total=unit.print(gauge.total),
        used=unit.print(gauge.posted),
        held=unit.print(held),
        left=unit.print(gauge.left),
        used_percent=f"{gauge.posted * 100 / whole:.2f}",
        held_percent=f"{held * 100 / whole:.2f}",
        occupied_percent=f"{gauge.occupied_percent}",
        mark_percent=f"{gauge.warning_percent}",
        url=_ledger(ledger) if gauge.total else "",
        used_url=_ledger(ledger | {"kind": Movement.Kind.TRANSFER_IN.value}) if gauge.posted else "",
    )


def _ledger(filters: dict[str, str]) -> str:
    return f"{reverse('quotas:ledger')}?{urlencode(filters)}"
