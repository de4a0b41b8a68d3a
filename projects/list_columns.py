"""The columns of the project list, once for the screen, the workbook and the API.

A column of another app is one `register(...)` in that app's AppConfig.ready; the page, the chooser,
the export and the API then have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.db.models import Max
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import organisation_tree
from core import clock
from core.units import AreaUnit, format_area, from_m2, yuan_to_wan
from deadlines.rules import Unit
from officefiles.writing import CellKind, LedgerColumn, LedgerValue
from projects.models import Link, Project, Verification, project_url
from projects.selectors.list_kinds import list_names
from projects.selectors.lists import Facts, ListRow
from projects.selectors.whereabouts import current_stops
from ui.clock_bars import clock_bar_html
from ui.templatetags.landguard import NOTHING, lamp

Values = tuple[LedgerValue, ...]
Load = Callable[[Sequence[Facts]], Mapping[int, Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        sheet: its columns in a workbook; a clock takes several.
        values: what stands in them, from the row and what `load` found for its project (else None).
        cell: the same as HTML, escaped.
        reads: the names of the facts that it takes from the row, as `values` of a queryset takes them; no
            others are loaded. The key, the name and the status are there anyway.
        load: what the row does not carry, for a page of rows at once: one query, not one a row.
        sort: the key of its order in `projects.list_orders`, "" where it has none.
        phone: its label on a stacked card; "" leaves it out on phones.
    """

    key: str
    label: str
    sheet: tuple[LedgerColumn, ...]
    values: Callable[[ListRow, Any], Values]
    cell: Callable[[ListRow, Any], str]
    reads: tuple[str, ...] = ()
    load: Load | None = None
    sort: str = ""
    css: str = ""
    phone: str = ""
    is_default: bool = False


# Units, stages, people and the rows on top stand in one list after the other.
_MOST_KEPT = 16_384
_text = lru_cache(maxsize=_MOST_KEPT)(escape)  # Django's own asks first whether the text is lazy
_columns: dict[str, Column] = {}
FIXED = "name"  # a row without its name cannot be opened


def register(column: Column) -> None:
    """Add a column behind those that are there; a second registration replaces the first."""
    _columns[column.key] = column


def all_columns() -> list[Column]:
    return list(_columns.values())


def chosen_columns(keys: Iterable[str]) -> list[Column]:
    """The columns of these keys in their order, the name always among them; the usual ones for none.

    Unknown keys are left out: a bookmark outlives a column.
    """
    known = [_columns[key] for key in dict.fromkeys(keys) if key in _columns]
    if not known:
        return [column for column in _columns.values() if column.is_default]
    return known if any(column.key == FIXED for column in known) else [_columns[FIXED], *known]


def values_of(columns: Sequence[Column], rows: Sequence[ListRow]) -> list[list[Values]]:
    """What each row shows in each column, as numbers, dates and words. One query a loading column."""
    found = _loaded(columns, rows)
    return [[column.values(row, found[column.key].get(row.pk)) for column in columns] for row in rows]


def cells_of(columns: Sequence[Column], rows: Sequence[ListRow]) -> list[SafeString]:
    """The <td>s of each row, first the box that chooses it.

    Written here and not in a template: fifty rows of them are most of a page.
    """
    found = _loaded(columns, rows)
    parts = [
        (
            f'<td class="{column.css}"' + (f' data-label="{column.phone}">' if column.phone else ">"),
            column.cell,
            found[column.key].get,
        )
        for column in columns
    ]
    return [
        mark_safe(  # every cell is escaped by its column
            _box(pk := row.facts["pk"], row.facts["name"])
            + "".join([f"{head}{cell(row, loaded(pk))}</td>" for head, cell, loaded in parts])
        )
        for row in rows
    ]


def _box(pk: int, name: str) -> str:
    return (
        '<td class="lg-col-check"><input class="form-check-input row-box" type="checkbox" name="id"'
        f' value="{pk}" form="selection" data-lg-row aria-label="选择 {_text(name)}"></td>'
    )


def _loaded(columns: Sequence[Column], rows: Sequence[ListRow]) -> dict[str, Mapping[int, Any]]:
    facts = [row.facts for row in rows]
    return {column.key: column.load(facts) if column.load else {} for column in columns}


def facts_read(columns: Iterable[Column]) -> set[str]:
    """What these columns take from a row, as `selectors.facts_of` reads it."""
    return {name for column in columns for name in column.reads}


# --- ways to write a cell ----------------------------------------------------------------------------


def html_of(value: LedgerValue) -> str:
    """A value as the screen writes it; a dash for none."""
    if value is None or value == "":
        return NOTHING
    if type(value) is str:
        return _text(value)
    if isinstance(value, date):
        return f"<time>{value.isoformat()}</time>"
    return conditional_escape(str(value))


def plain(
    key: str,
    label: str,
    value: Callable[[ListRow, Any], LedgerValue],
    *,
    kind: CellKind = CellKind.TEXT,
    width: float | None = None,
    **more: Any,
) -> Column:
    """A column of one value, written as it is."""
    return Column(
        key=key,
        label=label,
        sheet=(LedgerColumn((label,), kind, width),),
        values=lambda row, found: (value(row, found),),
        cell=lambda row, found: html_of(value(row, found)),
        **more,
    )


def _field(key: str, label: str, name: str, **more: Any) -> Column:
    """A column of one field of the project."""
    return plain(key, label, lambda row, _: row.facts[name], reads=(name,), **more)


@lru_cache(maxsize=_MOST_KEPT)
def _in_hectares(m2: int) -> str:
    return format_area(m2, AreaUnit.HA)


def _area(key: str, name: str, field: str, **more: Any) -> Column:
    fact = f"land__{field}"

    def hectares(row: ListRow, found: Any) -> Values:
        area = row.facts[fact]
        return (None if area is None else from_m2(area, AreaUnit.HA),)

    def shown(row: ListRow, found: Any) -> str:
        area = row.facts[fact]
        return NOTHING if area is None else _in_hectares(area)

    heading = LedgerColumn(("用地面积（公顷）", name), CellKind.HA, total=True)
    more = {"css": "lg-num", "reads": (fact,), **more}
    return Column(key, f"{name}（公顷）", (heading,), hectares, shown, **more)


def _wan(row: ListRow) -> Decimal | None:
    yuan = row.facts["investment_yuan"]
    return None if yuan is None else yuan_to_wan(yuan, 6).normalize()


def _status(row: ListRow, found: Any) -> Values:
    status = row.facts["status"]
    return (row.word if status == Project.Status.ADOPTED else _STATUS[status],)


def _status_cell(row: ListRow, found: Any) -> str:
    status = row.facts["status"]
    if status == Project.Status.ADOPTED:
        return _LAMPS[row.lamp.value]
    return f'<span class="lg-tag">{escape(_STATUS[status])}</span>'


_STATUS = dict(Project.Status.choices)
_LAMPS = {name: lamp(name) for name in ("red", "amber", "pause", "green", "idle", "done")}


def _name_cell(row: ListRow, found: Any) -> str:
    return f'<a href="{project_url(row.facts["pk"])}">{_text(row.facts["name"])}</a>'


_UNITS = {Unit.WORKING_DAY: "工作日", Unit.CALENDAR_DAY: "日"}


def _clock(row: ListRow, found: Any) -> Values:
    line = row.line
    return (line.used, line.allowed, _UNITS.get(line.counted_in, "")) if line else (None, None, None)


def _clock_cell(row: ListRow, found: Any) -> str:
    line = row.line
    if line is None:
        return NOTHING
    unit = (
        "" if line.counted_in is Unit.WORKING_DAY else _UNITS[line.counted_in]
    )  # the title's are working days
    return clock_bar_html(row.lamp.value, used=line.used, limit=line.allowed, unit=unit)


def _updated_cell(row: ListRow, found: Any) -> str:
    day = clock.day_of(row.facts["updated_at"])
    return f'<time datetime="{day.isoformat()}">{day:%m-%d}</time>'


def _leaders(rows: Sequence[Facts]) -> Mapping[int, Any]:
    leads = Link.objects.active().filter(project__in=[row["pk"] for row in rows], kind=Link.Kind.LEAD_LEADER)
    return {link.project_id: str(link.post) for link in leads.select_related("post__organisation")}


def _file_cell(row: ListRow, stop: Any) -> str:
    if stop is None:
        return NOTHING
    return format_html(
        '{} {}<br><span class="lg-t-mute"><time datetime="{}">{}</time>起 · {}</span>',
        stop.get_level_display(),
        stop.office,
        stop.since_on.isoformat(),
        f"{stop.since_on:%m-%d}",
        stop.companion.label,
    )


def _file_values(row: ListRow, stop: Any) -> Values:
    return (None,) * 3 if stop is None else (str(stop), stop.since_on, stop.companion.label)


def _file_stops(rows: Sequence[Facts]) -> Mapping[int, Any]:
    return current_stops(row["pk"] for row in rows)


def _last_verified(rows: Sequence[Facts]) -> Mapping[int, Any]:
    found = Verification.objects.filter(project__in=[row["pk"] for row in rows])
    return dict(found.order_by().values_list("project_id").annotate(day=Max("verified_on")))


def _list_names(rows: Sequence[Facts]) -> Mapping[int, Any]:
    names = list_names()
    return {row["pk"]: names.get(row["list_category"], "") for row in rows}


def _unit_names(rows: Sequence[Facts]) -> Mapping[int, Any]:
    units = organisation_tree().by_pk
    return {row["pk"]: units[row["organisation_id"]].short_name for row in rows}


# Labels by value, once: Django's get_…_display builds the whole table for every cell.
_PRIORITY_CLASS = dict(Project.PriorityClass.choices)
_TRACK = dict(Project.Track.choices)
_CENTRED = CellKind.CENTRED
_WIDE = "lg-wide-only"
_CLOCK = "当前环节"

for _column in (
    Column(
        "lamp",
        "状态",
        (LedgerColumn(("状态",), _CENTRED, 9),),
        _status,
        _status_cell,
        sort="lamp",
        is_default=True,
    ),
    _field(
        "number",
        "编号",
        "number",
        kind=_CENTRED,
        width=16,
        sort="number",
        css=f"lg-code {_WIDE}",
        is_default=True,
    ),
    _field(
        "code",
        "项目代码",
        "code",
        kind=_CENTRED,
        width=26,
        css=f"lg-code {_WIDE}",
    ),
    Column(
        "name",
        "项目名称",
        (LedgerColumn(("项目名称",), CellKind.TEXT, 34),),
        lambda row, _: (row.facts["name"],),
        _name_cell,
        sort="name",
        css="lg-name",
        is_default=True,
    ),
    plain(
        "unit",
        "县市",
        lambda row, name: name,
        reads=("organisation_id",),
        load=_unit_names,
        kind=_CENTRED,
        width=12,
        sort="unit",
        phone="县市",
        is_default=True,
    ),
    plain(
        "category",
        "清单类别",
        lambda row, name: name,
        reads=("list_category",),
        load=_list_names,
        kind=_CENTRED,
        width=12,
        phone="类别",
        is_default=True,
    ),
    plain(
        "priority",
        "项目类别",
        lambda row, _: _PRIORITY_CLASS.get(row.facts["priority_class"], ""),
        reads=("priority_class",),
        kind=_CENTRED,
        css=_WIDE,
    ),
    plain(
        "track",
        "审批轨道",
        lambda row, _: _TRACK.get(row.facts["track"], ""),
        reads=("track",),
        kind=_CENTRED,
        width=12,
        css=_WIDE,
    ),
    _field(
        "industry",
        "行业",
        "industry",
        kind=_CENTRED,
        width=10,
        css=_WIDE,
        is_default=True,
    ),
    _field("owner", "建设单位", "owner_unit", width=24, css=_WIDE),
    Column(
        "investment",
        "总投资（万元）",
        (LedgerColumn(("总投资（万元）",), CellKind.MONEY, total=True),),
        lambda row, _: (_wan(row),),
        lambda row, _: (
            NOTHING
            if row.facts["investment_yuan"] is None
            else f"{yuan_to_wan(row.facts['investment_yuan']):,}"
        ),
        reads=("investment_yuan",),
        css=f"lg-num {_WIDE}",
    ),
    plain("stage", "当前环节", lambda row, _: row.stage, width=18, phone="环节", is_default=True),
    Column(
        "clock",
        "已计 / 时限（工作日）",
        (
            LedgerColumn((_CLOCK, "已计"), CellKind.INTEGER),
            LedgerColumn((_CLOCK, "时限"), CellKind.INTEGER),
            LedgerColumn((_CLOCK, "单位"), _CENTRED, 9),
        ),
        _clock,
        _clock_cell,
        css="lg-col-clock",
        is_default=True,
    ),
    plain(
        "paused",
        "暂停",
        lambda row, _: (row.line.paused or None) if row.line else None,
        kind=CellKind.INTEGER,
        css=f"lg-num {_WIDE}",
        is_default=True,
    ),
    plain(
        "due",
        "到期日",
        lambda row, _: row.line.due if row.line and not row.line.is_paused else None,
        kind=CellKind.DATE,
        css=_WIDE,
    ),
    _area("area", "用地", "total_m2", sort="area", phone="用地（公顷）", is_default=True),
    _area("agri", "农用地", "agri_m2", css=f"lg-num {_WIDE}"),
    _area("arable", "耕地", "arable_m2", css=f"lg-num {_WIDE}", is_default=True),
    _area("pbf", "永久基本农田", "pbf_m2", css=f"lg-num {_WIDE}"),
    _area("new", "新增建设用地", "new_construction_m2", css=f"lg-num {_WIDE}"),
    plain("holder", "责任人", lambda row, _: row.holder, width=18, phone="责任人", is_default=True),
    _field(
        "start",
        "计划开工",
        "planned_start",
        kind=_CENTRED,
        width=14,
        css=_WIDE,
    ),
    _field(
        "finish",
        "计划竣工",
        "planned_finish",
        kind=_CENTRED,
        width=14,
        css=_WIDE,
    ),
    plain("leader", "领办领导", lambda row, post: post, load=_leaders, width=18, css=_WIDE),
    Column(
        "file",
        "报件现在",
        (
            LedgerColumn(("报件现在", "所在"), CellKind.TEXT, 24),
            LedgerColumn(("报件现在", "到件"), CellKind.DATE),
            LedgerColumn(("报件现在", "跟办人"), _CENTRED, 10),
        ),
        _file_values,
        _file_cell,
        load=_file_stops,
        phone="报件现在",
    ),
    plain("verified", "最近核实", lambda row, day: day, kind=CellKind.DATE, load=_last_verified, css=_WIDE),
    Column(
        "updated",
        "更新",
        (LedgerColumn(("更新",), CellKind.DATE),),
        lambda row, _: (clock.day_of(row.facts["updated_at"]),),
        _updated_cell,
        reads=("updated_at",),
        sort="updated",
        css=_WIDE,
        is_default=True,
    ),
    _field("remark", "备注", "remark", width=30, css=_WIDE),
):
    register(_column)
