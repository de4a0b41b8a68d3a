"""Reading the list, one module a noun; the names other apps use stand here."""

from __future__ import annotations

from projects.selectors.lists import (
    Facts,
    ListRow,
    ProjectRow,
    facts_of,
    for_counting,
    lamp_conditions,
    lamp_segments,
    list_rows,
    project_list,
    reporting_units,
    total_area_m2,
    with_clocks,
    with_lamp_rank,
    working_days_ahead,
)
from projects.selectors.screening import Candidate, WaitingRow, proposed_track, waiting_list, with_proposals
from projects.selectors.submissions import submission_list, submission_rows, warnings_about

__all__ = [
    "Candidate",
    "Facts",
    "ListRow",
    "ProjectRow",
    "WaitingRow",
    "facts_of",
    "for_counting",
    "lamp_conditions",
    "lamp_segments",
    "list_rows",
    "project_list",
    "proposed_track",
    "reporting_units",
    "submission_list",
    "submission_rows",
    "total_area_m2",
    "waiting_list",
    "warnings_about",
    "with_clocks",
    "with_lamp_rank",
    "with_proposals",
    "working_days_ahead",
]
