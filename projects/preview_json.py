"""A preview as JSON: the same for `import_projects --json` and the API."""

from __future__ import annotations

from typing import Any

from projects.models import ImportDraft
from projects.selectors.previews import Preview, PreviewRow
from projects.selectors.shown import ShownPreview


def preview_json(preview: Preview) -> dict[str, Any]:
    """Top level: file, sheet, organisation (code), summary, problems of the file, rows.

    Source: rulings.md, Import.
    """
    return {
        "file": preview.filename,
        "sheet": preview.reading.sheet,
        "organisation": preview.organisation.code,
        "summary": preview.summary,
        "problems": [problem.as_dict() for problem in preview.file_problems],
        "rows": [_row(row) for row in preview.rows],
    }


def _row(row: PreviewRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "name": row.name,
        "code": row.facts.code,
        "county": row.unit_name or None,
        "verdict": row.verdict.value,
        "total_m2": row.total_m2,
        "arable_m2": row.facts.land.arable_m2,
        "problems": [problem.as_dict() for problem in row.problems],
        "changes": [
            {"field": change.field, "label": change.label, "before": change.before, "after": change.after}
            for change in row.changes
        ],
        "cells": [cell.as_dict() for cell in row.cells],
    }


def kept_preview_json(draft: ImportDraft, shown: ShownPreview) -> dict[str, Any]:
    """The same for a large file whose preview was kept, with as many rows as `shown` has."""
    return {
        "file": draft.filename,
        "sheet": shown.sheet,
        "organisation": draft.organisation.code,
        "summary": dict(shown.summary),
        "problems": list(shown.problems),
        "rows": [
            {
                "row": row.row,
                "name": row.name,
                "county": row.unit_name or None,
                "verdict": row.verdict,
                "total_m2": row.total_m2,
                "problems": row.problems,
                "changes": row.changes,
                "cells": row.cells,
            }
            for row in shown.rows
        ],
    }
