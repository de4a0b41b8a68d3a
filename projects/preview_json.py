"""A preview as JSON: the same for `import_projects --json` and the API."""

from __future__ import annotations

from typing import Any

from projects.selectors.previews import Preview, PreviewRow


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
    }
