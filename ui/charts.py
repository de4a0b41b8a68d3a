"""What a chart shows, once: for the picture (json_script) and for the table beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures.

    `kind`: bar, line, or points where the categories have no order that a line could follow.
    `colour`: primary, second, or a lamp's (red, amber, …).
    """

    name: str
    values: Sequence[int | Decimal]
    kind: str = "bar"
    colour: str = "primary"


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures over categories. `summary` says the conclusion in one sentence: it is the picture's label."""

    categories: Sequence[str]
    series: Sequence[Series]
    summary: str
    unit: str = ""

    @property
    def for_json(self) -> dict[str, Any]:
        """For json_script; Decimals leave as numbers, they are drawn, not reckoned with."""
        return {
            "categories": list(self.categories),
            "unit": self.unit,
            "series": [
                {**asdict(line), "values": [_number(value) for value in line.values]} for line in self.series
            ],
        }

    @property
    def rows(self) -> list[tuple[str, list[int | Decimal]]]:
        """The table's rows: a category and its figure in each series."""
        return [
            (category, [line.values[i] for line in self.series]) for i, category in enumerate(self.categories)
        ]


def _number(value: int | Decimal) -> int | float:
    return float(value) if isinstance(value, Decimal) else value
