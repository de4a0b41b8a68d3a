"""Which conditions of 七个一 apply, and every version of them."""

from __future__ import annotations

from datetime import date

from dispatch.models import PanelCondition
from dispatch.rules.panels import Measure


def conditions_on(day: date) -> dict[Measure, int]:
    """The least of each measure in force on a day. One query."""
    rows = PanelCondition.objects.filter(effective_from__lte=day).order_by("effective_from")
    return {Measure(row.measure): row.least for row in rows}


def condition_versions() -> list[PanelCondition]:
    """Every version, by panel and measure as the page shows them, the newest first. One query."""
    places = {measure.value: place for place, measure in enumerate(Measure)}
    rows = PanelCondition.objects.select_related("entered_by").order_by("-effective_from")
    return sorted(rows, key=lambda row: places[row.measure])
