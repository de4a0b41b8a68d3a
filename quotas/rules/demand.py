"""What a project asks of each instrument, from its land (domain.md 1.4, 3.1)."""

from __future__ import annotations

from dataclasses import dataclass

from quotas.rules.instruments import Instrument

BATCH = "batch"
NO_REQUISITION = "no_requisition"


@dataclass(frozen=True, slots=True)
class Land:
    """The figures of a project's land that quota is counted from: m², grain in kg; None: not stated."""

    track: str = ""
    new_construction_m2: int | None = None
    out_ugb_m2: int | None = None
    arable_m2: int | None = None
    paddy_m2: int | None = None
    supp_area_m2: int | None = None
    supp_paddy_m2: int | None = None
    supp_grain_kg: int | None = None


def demand_of(land: Land) -> dict[Instrument, int]:
    """How much of each instrument a project needs. Instruments it does not need are left out.

    Farmland: what is to be made up for, else the arable land and paddy taken. The year's plan:
    the new construction land. Boundary scale: what a batch lays outside the boundary, for a
    single site stands outside by its nature. Land that is state-owned already asks for nothing.

    Source: S4, annex 3, articles 3, 9, 15; S3, 先补后占.
    """
    if land.track == NO_REQUISITION:
        return {}
    asked = {
        Instrument.UGB_SCALE: land.out_ugb_m2 if land.track == BATCH else None,
        Instrument.FARMLAND_AREA: _first(land.supp_area_m2, land.arable_m2),
        Instrument.FARMLAND_PADDY: _first(land.supp_paddy_m2, land.paddy_m2),
        Instrument.FARMLAND_GRAIN: land.supp_grain_kg,
        Instrument.ANNUAL_PLAN: land.new_construction_m2,
    }
    return {instrument: amount for instrument, amount in asked.items() if amount}


def _first(stated: int | None, otherwise: int | None) -> int | None:
    return otherwise if stated is None else stated
