"""Excel files of the list: the current filter, the template, an upload with its mistakes marked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import TypeVar

from accounts.models import Organisation
from core.units import AreaUnit, from_m2, yuan_to_wan
from deadlines.rules import Unit
from officefiles.writing import (
    CellKind,
    CellMark,
    LedgerColumn,
    LedgerLayout,
    LedgerValue,
    mark_errors,
    write_ledger,
    write_prefilled,
    write_template,
)
from projects.models import ImportDraft, ListDownload, Project, ProjectQuerySet
from projects.rules.directory import OrganisationEntry
from projects.rules.prefilled import TakenRow, prefilled_list, prefilled_rows
from projects.rules.template import list_template
from projects.selectors.lists import ProjectRow, units_of_prefecture, with_clocks
from projects.selectors.previews import Preview

T = TypeVar("T")

AT_ONCE = 500
_COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("状态",), CellKind.CENTRED, 9),
    LedgerColumn(("编号",), CellKind.CENTRED, 16),
    LedgerColumn(("项目代码",), CellKind.CENTRED, 26),
    LedgerColumn(("项目名称",), CellKind.TEXT, 34),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("清单类别",), CellKind.CENTRED, 12),
    LedgerColumn(("项目类别",), CellKind.CENTRED, 9),
    LedgerColumn(("审批轨道",), CellKind.CENTRED, 12),
    LedgerColumn(("行业",), CellKind.CENTRED, 10),
    LedgerColumn(("建设单位",), CellKind.TEXT, 24),
    LedgerColumn(("总投资（万元）",), CellKind.MONEY, total=True),
    LedgerColumn(("用地面积（公顷）", "总面积"), CellKind.HA, total=True),
    LedgerColumn(("用地面积（公顷）", "农用地"), CellKind.HA, total=True),
    LedgerColumn(("用地面积（公顷）", "耕地"), CellKind.HA, total=True),
    LedgerColumn(("用地面积（公顷）", "永久基本农田"), CellKind.HA, total=True),
    LedgerColumn(("用地面积（公顷）", "新增建设用地"), CellKind.HA, total=True),
    LedgerColumn(("当前环节", "环节"), CellKind.TEXT, 18),
    LedgerColumn(("当前环节", "已计"), CellKind.INTEGER),
    LedgerColumn(("当前环节", "时限"), CellKind.INTEGER),
    LedgerColumn(("当前环节", "单位"), CellKind.CENTRED, 9),
    LedgerColumn(("当前环节", "暂停"), CellKind.INTEGER),
    LedgerColumn(("当前环节", "到期日"), CellKind.DATE),
    LedgerColumn(("责任人",), CellKind.TEXT, 18),
    LedgerColumn(("计划开工",), CellKind.CENTRED, 14),
    LedgerColumn(("备注",), CellKind.TEXT, 30),
)
_UNIT_WORDS = {Unit.WORKING_DAY: "工作日", Unit.CALENDAR_DAY: "日"}


def list_workbook(projects: ProjectQuerySet, *, scope: str, today: date) -> bytes:
    """The given projects in their order as a formatted workbook, totals recomputed.

    Reads them in batches, with a fixed number of queries for each.
    """
    layout = LedgerLayout(
        title="用地保障项目清单",
        subtitle=f"填报单位：{scope}　　导出日期：{today:%Y年%m月%d日}　　单位：公顷、万元",
        columns=_COLUMNS,
        sheet_name="项目清单",
        freeze_columns=5,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(projects, today))
    return file.getvalue()


def _rows(projects: ProjectQuerySet, today: date) -> Iterator[list[LedgerValue]]:
    number = 0
    for batch in _batches(projects.iterator(chunk_size=AT_ONCE)):
        for row in with_clocks(batch, today=today):
            number += 1
            yield [number, *_values(row)]


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, AT_ONCE)):
        yield batch


def _values(row: ProjectRow) -> list[LedgerValue]:
    project, line = row.project, row.line
    land = getattr(project, "land", None)
    is_adopted = project.status == Project.Status.ADOPTED
    areas = ("total_m2", "agri_m2", "arable_m2", "pbf_m2", "new_construction_m2")
    yuan = project.investment_yuan
    return [
        row.word if is_adopted else project.get_status_display(),
        project.number,
        project.code,
        project.name,
        project.organisation.short_name,
        project.get_list_category_display(),
        project.get_priority_class_display(),
        project.get_track_display(),
        project.industry,
        project.owner_unit,
        None if yuan is None else yuan_to_wan(yuan, 6).normalize(),
        *(_hectares(getattr(land, name, None)) for name in areas),
        row.stage,
        line.used if line else None,
        line.allowed if line else None,
        _UNIT_WORDS.get(line.counted_in, "") if line else None,
        line.paused or None if line else None,
        line.due if line and not line.is_paused else None,
        row.holder,
        project.planned_start,
        project.remark,
    ]


def _hectares(m2: int | None) -> LedgerValue:
    return None if m2 is None else from_m2(m2, AreaUnit.HA)


def template_workbook(*, organisation: Organisation, today: date) -> bytes:
    """An empty list to fill in, for one unit; its own county stands locked. Two queries."""
    units = [
        OrganisationEntry(unit.code, unit.name, unit.short_name, unit.kind)
        for unit in units_of_prefecture(organisation)
    ]
    own = next((unit for unit in units if unit.code == organisation.code), None)
    return write_template(list_template(units=units, own_unit=own, today=today))


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
    """The workbook of a list that was taken along, as it was then: the same bytes each time. Two queries."""
    units = Organisation.objects.filter(code__in={row["cells"].get("unit", "") for row in download.rows})
    unit_names = dict(units.values_list("code", "short_name"))
    area_unit = AreaUnit(download.area_unit)
    spec = prefilled_list(
        key=download.key,
        title=download.title,
        unit_name=download.organisation.short_name,
        columns=download.columns,
        area_unit=area_unit,
        row_count=download.row_count,
        day=download.created_on,
    )
    taken = (
        TakenRow(row["id"], row["cells"], row["told"], frozenset(row["locked"])) for row in download.rows
    )
    rows = prefilled_rows(taken, columns=download.columns, area_unit=area_unit, unit_names=unit_names)
    return write_prefilled(spec, rows)
