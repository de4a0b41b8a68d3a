"""A preview as it is shown: computed just now for a small file, kept row by row for a large one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from jobs.models import Job
from officefiles.headings import Column
from projects.models import DraftRow, ImportDraft
from projects.rules.columns import LIST_COLUMNS, Kind
from projects.rules.facts import Severity, Verdict
from projects.selectors.baselines import cell_label
from projects.selectors.previews import Preview, PreviewRow, seen_token

PREVIEW_JOB = "projects.preview"
MISSING_NAMED = 5
_WARNS = Q(problems__contains=[{"severity": Severity.WARNING.value}])


@dataclass(frozen=True, slots=True)
class UnknownHeading:
    """A column that was not recognised, and what it may have been meant for."""

    heading: str
    letters: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """Everything a preview's page says above and in its table; the same for both kinds of file.

    Attributes:
        problems: of the file as a whole, as dictionaries of `Problem`.
        unknown, free: headings that were not recognised; (key, label) of columns the file lacks.
        explained: headings whose meaning was said by hand, with the key and the label it is taken as.
        missing, missing_count: some names of downloaded projects that the file lacks; how many.
        rows: those to be shown; all of a small file.
        conflict_cells: cells changed on both sides, decided or not.
    """

    sheet: str
    header_row: int
    summary: Mapping[str, int]
    problems: Sequence[Mapping[str, str]]
    unknown: Sequence[UnknownHeading]
    free: Sequence[tuple[str, str]]
    explained: Sequence[tuple[str, str, str]]
    missing: Sequence[str]
    missing_count: int
    totals_skipped: int
    conflict_cells: int
    open_cells: int
    seen: str
    rows: Sequence[PreviewRow | DraftRow]

    @property
    def blocked(self) -> int:
        return self.summary["error"] + self.summary["conflict"]

    @property
    def importable(self) -> int:
        return self.summary["new"] + self.summary["changed"]

    @property
    def has_problems(self) -> bool:
        return bool(self.problems or self.blocked or self.summary["warning"])


def shown_preview(preview: Preview, draft: ImportDraft) -> ShownPreview:
    """A preview that was computed just now, with all its rows. No query."""
    facts = file_facts(preview, draft)
    return ShownPreview(
        **_of_the_file(facts),
        explained=_explained(draft),
        summary=preview.summary,
        conflict_cells=_conflict_cells(preview),
        open_cells=preview.open_cells,
        seen=preview.fingerprint,
        rows=preview.rows,
    )


def kept_preview(draft: ImportDraft, rows: Sequence[DraftRow]) -> ShownPreview:
    """A preview that was computed in the background, with the rows of one page. One query."""
    facts = draft.preview
    assert facts is not None  # the page shows progress until it is there
    kept = draft.preview_rows.aggregate(
        **{verdict.value: Count("pk", filter=Q(verdict=verdict.value)) for verdict in Verdict},
        open_cells=Count("pk", filter=Q(cells__contains=[{"is_open": True}])),
        warning=Count("pk", filter=_WARNS & ~Q(verdict=Verdict.ERROR.value)),
    )
    return ShownPreview(
        **_of_the_file(facts),
        explained=_explained(draft),
        summary={
            "total": facts["total"],
            "warning": kept["warning"],
            **{verdict.value: kept[verdict.value] for verdict in Verdict},
        },
        conflict_cells=facts["conflict_cells"],
        open_cells=kept["open_cells"],
        seen=seen_token(facts["sides"], draft.choices),
        rows=rows,
    )


def file_facts(preview: Preview, draft: ImportDraft) -> dict[str, Any]:
    """What is said of the file as a whole, as JSON: kept with a large draft."""
    missing = preview.missing
    return {
        "sheet": preview.reading.sheet,
        "header_row": preview.reading.header_row,
        "problems": [problem.as_dict() for problem in preview.file_problems],
        "unknown": [
            [column.heading, column.letters, _suggestion(column, preview)]
            for column in preview.reading.columns
            if column.key is None and column.twin_of is None
        ],
        "free": _free(preview.reading.keys),
        "missing": missing[:MISSING_NAMED],
        "missing_count": len(missing),
        "totals_skipped": len(preview.reading.totals_skipped),
        "total": len(preview.rows),
        "columns": [[column.index, column.key] for column in preview.reading.columns if column.key],
        "conflict_cells": _conflict_cells(preview),
        "sides": preview.sides,
    }


def _of_the_file(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{key: facts[key] for key in ("sheet", "header_row", "problems", "missing", "missing_count")},
        "totals_skipped": facts["totals_skipped"],
        "unknown": [UnknownHeading(*unknown) for unknown in facts["unknown"]],
        "free": [tuple(pair) for pair in facts["free"]],
    }


def _explained(draft: ImportDraft) -> list[tuple[str, str, str]]:
    return [(heading, key, cell_label(key)) for heading, key in draft.headings.items()]


def _conflict_cells(preview: Preview) -> int:
    return sum(cell.standing == "conflict" for row in preview.rows for cell in row.cells)


def _free(keys: Sequence[str]) -> list[list[str]]:
    """Columns that the file lacks, for the choice of what a heading means."""
    return [
        [column.key, column.spec.label]
        for column in LIST_COLUMNS
        if column.kind is not Kind.IGNORED and column.key not in keys
    ]


def _suggestion(column: Column, preview: Preview) -> str:
    """Key of the column that a heading resembles; else of the one that stood there when downloaded."""
    if column.suggestion:
        return next((c.key for c in LIST_COLUMNS if c.spec.label == column.suggestion), "")
    if preview.round_trip is None:
        return ""
    printed = preview.round_trip.download.columns
    stood_there = printed[column.index - 1] if column.index <= len(printed) else ""
    return "" if stood_there in preview.reading.keys else stood_there


def preview_job(draft: ImportDraft) -> Job | None:
    """The latest background job that looks through a large file. One query."""
    jobs = Job.objects.filter(kind=PREVIEW_JOB, key__startswith=f"preview:{draft.pk}:")
    return jobs.order_by("-pk").first()
