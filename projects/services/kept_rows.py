"""The rows of a large file's preview: kept as computed, and computed anew where a choice was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from accounts.models import User
from accounts.rights import Right, allowed
from core.bulk import copy_in
from core.json_text import json_text
from officefiles.headings import Column
from officefiles.tables import Preamble
from projects.models import DraftRow, ImportDraft, ListDownload, Project
from projects.rules.list_reading import ListReading
from projects.rules.row_json import row_as_json, row_of_json
from projects.selectors.baselines import BaseRow, RoundTrip, choices_of
from projects.selectors.list_kinds import list_words
from projects.selectors.previews import Preview, PreviewRow, preview

_JSON = ("problems", "changes", "cells", "reading")
_SHOWN = ("verdict", "total_m2", "project_id", "is_fine", "problems", "changes", "cells")
_COLUMNS = ("draft_id", "row", "name", "unit_name", *_SHOWN, "reading")


def keep_rows(*, draft: ImportDraft, found: Preview) -> None:
    """Keep every row of a preview in place of those kept before, behind the draft's lock."""
    draft.preview_rows.all().delete()
    copy_in(DraftRow, _COLUMNS, _lines(draft, found))


def _lines(draft: ImportDraft, found: Preview) -> Iterator[list[object]]:
    readings = _readings(found)
    for row in found.rows:
        values = {
            "draft_id": draft.pk,
            "row": row.row,
            "name": row.name,
            "unit_name": row.unit_name[:60],
            "reading": readings.get(row.row),
            **_shown(row),
        }
        yield [_column(key, values[key]) for key in _COLUMNS]


def _column(key: str, value: object) -> object:
    return json_text(value) if key in _JSON and value is not None else value


def _readings(found: Preview) -> dict[int, dict[str, Any]]:
    """What the file says in the rows of which a choice may make something else, by row."""
    trip, of_file = found.round_trip, {row.row: row for row in found.reading.rows}
    if trip is None:
        return {}
    times = Counter(row.project.pk for row in found.rows if row.project is not None)
    return {
        row.row: {"row": row_as_json(of_file[row.row]), "base": asdict(trip.rows[row.project.pk])}
        for row in found.rows
        if row.is_round_trip and row.project is not None and (row.has_choices or times[row.project.pk] > 1)
    }


def _shown(row: PreviewRow) -> dict[str, Any]:
    """What is shown of a row, and changes with a choice."""
    return {
        "verdict": row.verdict.value,
        "total_m2": row.total_m2,
        "project_id": row.project.pk if row.project else None,
        "is_fine": row.is_fine,
        "problems": [problem.as_dict() for problem in row.problems],
        "changes": [
            {"label": change.label, "before": change.before, "after": change.after} for change in row.changes
        ],
        "cells": [cell.as_dict() for cell in row.cells],
    }


def judge_again(*, draft: ImportDraft, projects: Collection[int], actor: User, today: date) -> None:
    """Put the rows of some projects as confirming would find them now, after a choice among their cells.

    An error that lay in a value of the file goes with that value and comes back with it. At most
    eleven queries, however many rows.
    """
    rows = list(draft.preview_rows.filter(project_id__in=projects, reading__isnull=False))
    if not rows:
        return
    now = {row.row: row for row in _judged(draft, rows, actor, today).rows}
    for kept in rows:
        for name, value in _shown(now[kept.row]).items():
            setattr(kept, name, value)
    fields = [name.removesuffix("_id") for name in _SHOWN]
    draft.preview_rows.bulk_update(rows, fields, batch_size=500)


def _judged(draft: ImportDraft, rows: Collection[DraftRow], actor: User, today: date) -> Preview:
    bases = {row.project_id: BaseRow(**row.reading["base"]) for row in rows if row.project_id and row.reading}
    facts, download = draft.preview, draft.download_id
    assert facts is not None  # kept with the rows
    assert download is not None  # a choice is between what was downloaded and what came back
    return preview(
        reading=_reading_of(facts, rows, today),
        filename=draft.filename,
        organisation=draft.organisation,
        visible=Project.objects.visible_to(actor),
        round_trip=RoundTrip(
            download=ListDownload.objects.defer("rows").get(pk=download),
            rows=bases,
            names={},
            choices=choices_of(draft),
            is_office=allowed(actor, Right.EDIT_PROJECT),
        ),
    )


def _reading_of(facts: Mapping[str, Any], rows: Collection[DraftRow], today: date) -> ListReading:
    """The kept rows as if the file held only them."""
    return ListReading(
        sheet=facts["sheet"],
        header_row=facts["header_row"],
        preamble=Preamble(),
        columns=tuple(Column(index, (), key) for index, key in facts["columns"]),
        rows=tuple(row_of_json(row.reading["row"]) for row in rows if row.reading),
        problems=(),
        missing=(),
        totals_skipped=(),
        words=list_words(on=today),
    )
