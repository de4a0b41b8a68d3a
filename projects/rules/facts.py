"""What a row of a project list says, as values. No Django, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class Verdict(StrEnum):
    """What an import would do with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at.

    Attributes:
        cell: `I7`; `7` where the row lacks the column; the header's cell for a whole column.
        field: the column's heading as printed in the file.
        value: as entered.
        suggestion: what to do, or what was probably meant; may be empty.
    """

    cell: str
    field: str
    value: str
    message: str
    suggestion: str
    severity: Severity
    row: int | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def as_dict(self) -> dict[str, str]:
        """The form of `import_projects --json` and of the API."""
        return {
            "cell": self.cell,
            "field": self.field,
            "value": self.value,
            "message": self.message,
            "suggestion": self.suggestion,
            "severity": self.severity.value,
        }


@dataclass(frozen=True, slots=True)
class Entered:
    """A figure as it was typed. `unit` is a value of `core.units.AreaUnit`."""

    value: str
    unit: str

    def as_dict(self) -> dict[str, str]:
        return {"value": self.value, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class LandAreas:
    """Areas by class (domain.md 1.4) in whole m². None: not stated. Names as in `LandUse`.

    `supp_grain_kg` is the one figure that is no area: whole kilograms.
    """

    total_m2: int | None = None
    agri_m2: int | None = None
    arable_m2: int | None = None
    paddy_m2: int | None = None
    irrigated_m2: int | None = None
    dry_m2: int | None = None
    pbf_m2: int | None = None
    orchard_m2: int | None = None
    forest_m2: int | None = None
    forest_forestry_m2: int | None = None
    grass_m2: int | None = None
    other_agri_m2: int | None = None
    construction_m2: int | None = None
    unused_m2: int | None = None
    new_construction_m2: int | None = None
    requisition_m2: int | None = None
    state_m2: int | None = None
    collective_m2: int | None = None
    in_ugb_m2: int | None = None
    out_ugb_m2: int | None = None
    eco_redline_m2: int | None = None
    reserve_m2: int | None = None
    advance_m2: int | None = None
    temp_m2: int | None = None
    supp_area_m2: int | None = None
    supp_paddy_m2: int | None = None
    supp_grain_kg: int | None = None
    entered: Mapping[str, Entered] = field(default_factory=dict)

    def get(self, key: str) -> int | None:
        """By field name, e.g. `arable_m2`."""
        area: int | None = getattr(self, key)
        return area

    def stated(self) -> Iterator[tuple[str, int]]:
        """Field name and m² of the areas that were given."""
        return ((key, area) for key, area in zip(AREA_KEYS, _AREAS(self), strict=True) if area is not None)

    def figures(self) -> Iterator[tuple[str, int]]:
        """As `stated`, with the grain."""
        figures = zip(FIGURE_KEYS, _FIGURES(self), strict=True)
        return ((key, value) for key, value in figures if value is not None)


FIGURE_KEYS = tuple(item.name for item in fields(LandAreas) if item.name != "entered")
AREA_KEYS = tuple(key for key in FIGURE_KEYS if key.endswith("_m2"))
_AREAS = attrgetter(*AREA_KEYS)
_FIGURES = attrgetter(*FIGURE_KEYS)


@dataclass(frozen=True, slots=True)
class ReportedFact:
    """What a ledger column says of a step or a matter.

    Attributes:
        label: the column's name.
        step: code of the step type (`A05`), "" for a remark.
        text: as entered.
        on: the day, where an exact one was given.
        status: done | not_done | in_progress | not_involved | undecided | "".
    """

    label: str
    step: str
    text: str
    on: date | None = None
    status: str = ""

    def as_dict(self) -> dict[str, str | None]:
        return {
            "label": self.label,
            "step": self.step,
            "text": self.text,
            "on": self.on.isoformat() if self.on else None,
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project as a row states it. "" and None: not stated. Names as in `Project`.

    `planned_start` and `planned_finish` are as entered; `…_on` is the last day of the period
    they name, for comparing, and None for words.
    """

    name: str = ""
    code: str = ""
    unit_code: str = ""
    owner_unit: str = ""
    industry: str = ""
    list_category: str = ""
    priority_class: str = ""
    track: str = ""
    level: str = ""
    investment_yuan: Decimal | None = None
    planned_start: str = ""
    planned_start_on: date | None = None
    planned_finish: str = ""
    planned_finish_on: date | None = None
    remark: str = ""
    land: LandAreas = field(default_factory=LandAreas)
    reported: Mapping[str, ReportedFact] = field(default_factory=dict)

    def reported_facts(self) -> dict[str, dict[str, str | None]]:
        """`reported` for `Project.reported_facts`."""
        return {key: fact.as_dict() for key, fact in self.reported.items()}


@dataclass(frozen=True, slots=True)
class ListRow:
    """A data row of the list. Facts are there for error rows as well, as far as readable.

    Attributes:
        key: what a row of a workbook printed with content is known by, else "".
        told: what stands in the columns that the product computes, by key; for such a workbook.
        blank: keys of the columns whose cell is empty; for such a workbook.
    """

    row: int
    facts: ProjectFacts
    unit_name: str
    problems: tuple[Problem, ...]
    key: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    blank: frozenset[str] = frozenset()

    @property
    def verdict(self) -> Verdict:
        """ERROR or NEW; `compare` says more for rows without errors."""
        return Verdict.ERROR if any(problem.is_error for problem in self.problems) else Verdict.NEW

    @property
    def name(self) -> str:
        return self.facts.name
