"""The workbook of a decomposition of tasks: read row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Organisation, OrganisationAlias, User
from duties.rules.tree import TreeRow
from officefiles.headings import ColumnSpec
from officefiles.reading import read_workbook
from officefiles.tables import find_in_workbook
from officefiles.values import as_entered, clean_text, parse_date

SPECS = (
    ColumnSpec("number", "编号", ("任务编号", "任务序号"), required=True),
    ColumnSpec("title", "任务", ("任务内容", "工作任务", "重点任务"), required=True),
    ColumnSpec("requirement", "完成标准", ("目标要求", "工作要求")),
    ColumnSpec("holder", "责任单位", ("牵头单位", "主办单位"), required=True),
    ColumnSpec("leader", "分管领导", ("责任领导",), required=True),
    ColumnSpec("office", "主办科室", ("责任科室",), required=True),
    ColumnSpec("person", "具体负责人", ("责任人", "负责人"), required=True),
    ColumnSpec("due_on", "完成时限", ("时限", "完成时间"), required=True),
)
CALLED = "任务分解表"


def read_book(content: bytes, *, filename: str, actor: User) -> list[TreeRow]:
    """The rows of a workbook, in their order. Three queries.

    Raises:
        WorkbookRefused: the file cannot be read, or has no such table.
    """
    table = find_in_workbook(read_workbook(content, filename=filename), SPECS, called=CALLED)
    units = _units(actor)
    return [_row(row.number, row.values, units) for row in table.data_rows()]


def _units(actor: User) -> dict[str, str]:
    """Names, short names and aliases of units in the actor's scope → codes."""
    path = actor.scope.path if actor.scope is not None else "-"
    found: dict[str, str] = {}
    for alias in OrganisationAlias.objects.filter(organisation__path__startswith=path).select_related(
        "organisation"
    ):
        found[alias.alias] = alias.organisation.code
    for unit in Organisation.objects.filter(path__startswith=path, is_active=True):
        found[unit.short_name] = found[unit.name] = unit.code
    return found


def _row(number: int, values: Any, units: dict[str, str]) -> TreeRow:
    holder = clean_text(values["holder"])
    return TreeRow(
        row=number,
        number=as_entered(values["number"]).strip().replace("－", "-").replace("-", "."),
        title=clean_text(values["title"]),
        requirement=clean_text(values.get("requirement")),
        holder=units.get(holder, ""),
        holder_name=holder,
        leader_name=clean_text(values["leader"])[:60],
        office_name=clean_text(values["office"])[:60],
        person_name=clean_text(values["person"])[:60],
        due_on=parse_date(values["due_on"]).on,
    )


def stored(row: TreeRow) -> dict[str, Any]:
    """A row as it is kept with its book."""
    return {name: getattr(row, name) for name in TreeRow.__dataclass_fields__}


def restored(kept: dict[str, Any]) -> TreeRow:
    """The opposite of `stored`, after the database has made text of the day."""
    day = kept["due_on"]
    return TreeRow(**{**kept, "due_on": date.fromisoformat(day) if isinstance(day, str) else day})
