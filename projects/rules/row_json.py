"""A row as it was read from a file, as JSON and back: kept with the preview of a large file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from projects.rules.facts import Entered, LandAreas, ListRow, Problem, ProjectFacts, ReportedFact, Severity


def row_as_json(row: ListRow) -> dict[str, Any]:
    """All of the row. Days and sums are left for the encoder to write as text (`default=str`)."""
    return {**asdict(row), "blank": sorted(row.blank)}


def row_of_json(kept: Mapping[str, Any]) -> ListRow:
    """The very row that `row_as_json` was given."""
    problems = ({**problem, "severity": Severity(problem["severity"])} for problem in kept["problems"])
    return ListRow(
        **{
            **kept,
            "facts": _facts(kept["facts"]),
            "problems": tuple(Problem(**problem) for problem in problems),
            "blank": frozenset(kept["blank"]),
        }
    )


def _facts(kept: Mapping[str, Any]) -> ProjectFacts:
    money, entered = kept["investment_yuan"], kept["land"]["entered"]
    return ProjectFacts(
        **{
            **kept,
            "investment_yuan": None if money is None else Decimal(money),
            "planned_start_on": _day(kept["planned_start_on"]),
            "planned_finish_on": _day(kept["planned_finish_on"]),
            "land": LandAreas(
                **{**kept["land"], "entered": {key: Entered(**typed) for key, typed in entered.items()}}
            ),
            "reported": {
                key: ReportedFact(**{**fact, "on": _day(fact["on"])})
                for key, fact in kept["reported"].items()
            },
        }
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
