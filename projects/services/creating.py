"""A project typed into a form goes the way of a workbook: one row, read, compared, handed in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from core.units import AreaUnit
from projects.land_refusals import ProjectNotNew, RowRefused
from projects.models import Project
from projects.rules.columns import BY_KEY, Kind
from projects.rules.facts import Verdict
from projects.selectors.previews import PreviewRow, draft_preview
from projects.services import importing

FILENAME = "网页填报.csv"


@transaction.atomic
def create_project(
    *, actor: User, cells: Mapping[str, str], area_unit: AreaUnit, today: date, now: datetime
) -> Project:
    """Hand in one project as if it stood in a workbook of one row; it waits for its answer like any other.

    Args:
        cells: what was typed, by column key of `projects.rules.columns`; blank ones are left out.
            `unit` is the county's name, needed where the actor hands in for several.
        area_unit: of every area among the cells.

    Raises:
        RowRefused: what an import would refuse; facts["fields"] maps column keys to sentences.
        ProjectNotNew: the project is on the list already, or conflicts with one that is.
        NoReportingOrganisation: the account belongs to no unit.
    """
    require(actor, Right.SUBMIT_LIST)
    stated = {key: value.strip() for key, value in cells.items() if value.strip()}
    headings = {key: _heading(key, area_unit) for key in stated}
    draft = importing.stage_upload(
        actor=actor, filename=FILENAME, content=_csv(stated, headings), today=today, now=now
    )
    _, found = draft_preview(actor=actor, draft_id=draft.pk, today=today)
    [row] = found.rows
    keys = {heading: key for key, heading in headings.items()}
    _check_row(row, keys)
    submission = importing.confirm_whole(actor=actor, draft_id=draft.pk, today=today)
    written = submission.rows.select_related("project").get()
    assert written.project is not None
    return written.project


def _heading(key: str, unit: AreaUnit) -> str:
    column = BY_KEY[key]
    if column.kind is Kind.AREA:
        return f"{column.spec.label}（{unit.label}）"
    return f"{column.spec.label}（万元）" if column.kind is Kind.MONEY else column.spec.label


def _csv(cells: Mapping[str, str], headings: Mapping[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([headings[key] for key in cells])
    writer.writerow([cells[key] for key in cells])
    return out.getvalue().encode()


def _check_row(row: PreviewRow, keys: Mapping[str, str]) -> None:
    errors: dict[str, list[str]] = {}
    for problem in row.problems:
        if problem.is_error:
            words = f"{problem.message}；{problem.suggestion}" if problem.suggestion else problem.message
            errors.setdefault(keys.get(problem.field, ""), []).append(f"{words}。")
    if row.verdict in (Verdict.ERROR, Verdict.CONFLICT):
        words = " ".join(sentence for found in errors.values() for sentence in found)
        refusal = RowRefused if row.verdict is Verdict.ERROR else ProjectNotNew
        raise refusal(words or "填报内容有误，请核对后重新提交。", fields=errors)
    if row.verdict is not Verdict.NEW:
        raise ProjectNotNew(
            f"“{row.name}”已经在册，不能重复新建；请在该项目上修改。",
            project_id=row.project.pk if row.project else None,
        )
