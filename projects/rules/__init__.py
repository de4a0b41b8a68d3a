"""What the law of the list says, from values alone: `read_list` and `compare`.

Import from here: `from projects.rules import read_list, compare, Directory, Verdict`.
"""

from __future__ import annotations

from projects.rules.choices import KindOfList, Vocabulary, vocabulary
from projects.rules.columns import BY_KEY, LIST_COLUMNS, SPECS
from projects.rules.comparing import OFFICE_OWNED, Change, Comparison, StoredProject, compare
from projects.rules.directory import Directory, OrganisationEntry, UnitMatch
from projects.rules.facts import (
    AREA_KEYS,
    Entered,
    LandAreas,
    ListRow,
    Problem,
    ProjectFacts,
    ReportedFact,
    Severity,
    Verdict,
)
from projects.rules.land_checks import AreaLimits, LandProblem, land_problems
from projects.rules.list_reading import LIST_NAME, TEMPLATE_VERSION, ListReading, read_list
from projects.rules.template import list_template

__all__ = [
    "AREA_KEYS",
    "BY_KEY",
    "LIST_COLUMNS",
    "LIST_NAME",
    "OFFICE_OWNED",
    "SPECS",
    "TEMPLATE_VERSION",
    "AreaLimits",
    "Change",
    "Comparison",
    "Directory",
    "Entered",
    "KindOfList",
    "LandAreas",
    "LandProblem",
    "ListReading",
    "ListRow",
    "OrganisationEntry",
    "Problem",
    "ProjectFacts",
    "ReportedFact",
    "Severity",
    "StoredProject",
    "UnitMatch",
    "Verdict",
    "Vocabulary",
    "compare",
    "land_problems",
    "list_template",
    "read_list",
    "vocabulary",
]
