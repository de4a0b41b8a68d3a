"""Excel files of the list: the current filter, the template, an upload with its mistakes marked."""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation
from core.units import AreaUnit
from officefiles.writing import (
    CellMark,
    mark_errors,
    write_prefilled,
    write_template,
)
from projects.models import ImportDraft, ListDownload
from projects.rules.directory import OrganisationEntry
from projects.rules.prefilled import TakenRow, prefilled_list, prefilled_rows
from projects.rules.template import list_template
from projects.selectors.list_kinds import list_words
from projects.selectors.lists import units_of_prefecture
from projects.selectors.previews import Preview


def template_workbook(*, organisation: Organisation, today: date) -> bytes:
    """An empty list to fill in, for one unit; its own county stands locked. Three queries."""
    units = [
        OrganisationEntry(unit.code, unit.name, unit.short_name, unit.kind)
        for unit in units_of_prefecture(organisation)
    ]
    own = next((unit for unit in units if unit.code == organisation.code), None)
    return write_template(list_template(units=units, own_unit=own, today=today, choices=list_words(on=today)))


def marked_workbook(draft: ImportDraft, preview: Preview) -> bytes:
    """The draft's own workbook with every problem of the preview marked in its cell."""
    marks = [
        CellMark(
            cell=problem.cell,
            field=problem.field,
            value=problem.value,
            message=problem.message,
            suggestion=problem.suggestion,
            is_error=problem.is_error,
        )
        for problem in preview.problems
    ]
    return mark_errors(bytes(draft.content), marks, filename=draft.filename, sheet=preview.reading.sheet)


def prefilled_workbook(download: ListDownload) -> bytes:
    """The workbook of a list that was taken along, as it was then, in the words of today. Three queries."""
    units = Organisation.objects.filter(code__in={row["cells"].get("unit", "") for row in download.rows})
    unit_names = dict(units.values_list("code", "short_name"))
    area_unit, words = AreaUnit(download.area_unit), list_words(on=download.created_on)
    spec = prefilled_list(
        key=download.key,
        title=download.title,
        unit_name=download.organisation.short_name,
        columns=download.columns,
        area_unit=area_unit,
        row_count=download.row_count,
        day=download.created_on,
        choices=words,
    )
    taken = (
        TakenRow(row["id"], row["cells"], row["told"], frozenset(row["locked"])) for row in download.rows
    )
    rows = prefilled_rows(
        taken, columns=download.columns, area_unit=area_unit, unit_names=unit_names, choices=words
    )
    return write_prefilled(spec, rows)
