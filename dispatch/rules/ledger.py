"""The weekly ledger: its columns, a project's row, sums. From values alone.

Cells are what is frozen: text, whole m², whole numbers, decimals and days as ISO text. An empty
cell is None; the file writes a stroke. Columns: domain.md 6.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.units import round_half_up
from deadlines.rules import Lamp, worst
from dispatch.rules.periods import Period

Cell = str | int | None


class ColumnKind(StrEnum):
    """What a cell holds and how it is shown."""

    NUMBER = "number"
    TEXT = "text"
    NAME = "name"
    AREA = "area"
    MONEY = "money"
    STEP = "step"
    DAY = "day"
    COUNT = "count"
    LAMP = "lamp"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `group` stands above columns beside each other that share it."""

    key: str
    label: str
    kind: ColumnKind = ColumnKind.TEXT
    group: str = ""


# Key, heading, step code. One rule of the office fills them: the day it ended, else its state.
PRELIMINARY = (
    ("A02", "选址论证"),
    ("A03", "用地预审"),
    ("A04", "立项"),
    ("A05", "可研"),
    ("A06", "初设"),
    ("A07", "环评"),
    ("A08", "水保"),
    ("A09", "林地"),
    ("A10", "压矿"),
    ("A11", "节地"),
)
REQUISITION = (
    ("Z01", "预公告"),
    ("Z03", "稳评"),
    ("Z05", "方案公告"),
    ("Z08", "协议签约"),
    ("Z09", "社保"),
)
SUPPLY = (("X01", "用地许可"), ("X03", "工程许可"))
# A project's land is supplied in one of these ways; the first two end it, by decision or by contract.
SUPPLY_STEPS = ("G02", "G04", "G03", "G05")
SUPPLIED = ("G02", "G04")
COUNTY_REQUEST, PREFECTURE_REVIEW, APPROVAL = "B01", "B02", "B03"

AREAS = (
    ("total_m2", "用地总面积"),
    ("agri_m2", "农用地"),
    ("arable_m2", "耕地"),
    ("pbf_m2", "其中永农"),
    ("forest_m2", "林地"),
    ("new_construction_m2", "新增建设用地"),
)

COLUMNS: tuple[Column, ...] = (
    Column("position", "序号", ColumnKind.NUMBER),
    Column("name", "项目名称", ColumnKind.NAME),
    Column("code", "项目代码"),
    Column("unit", "县市"),
    Column("list_category", "清单类别"),
    Column("priority_class", "项目类别"),
    Column("track", "审批轨道"),
    Column("owner_unit", "建设单位"),
    Column("investment", "总投资（万元）", ColumnKind.MONEY),
    *(Column(key, label, ColumnKind.AREA, "用地面积（公顷）") for key, label in AREAS),
    *(Column(code, label, ColumnKind.STEP, "前置手续") for code, label in PRELIMINARY),
    *(Column(code, label, ColumnKind.STEP, "征收") for code, label in REQUISITION),
    Column(COUNTY_REQUEST, "县请示", ColumnKind.STEP, "报批"),
    Column("B02_accepted", "州受理", ColumnKind.STEP, "报批"),
    Column(PREFECTURE_REVIEW, "州批（转报）", ColumnKind.STEP, "报批"),
    Column("approval_no", "批复文号", ColumnKind.TEXT, "报批"),
    Column(APPROVAL, "批复日期", ColumnKind.STEP, "报批"),
    Column("supply", "供地", ColumnKind.STEP, "供地和许可"),
    *(Column(code, label, ColumnKind.STEP, "供地和许可") for code, label in SUPPLY),
    Column("stage", "当前环节"),
    Column("due_on", "环节到期日", ColumnKind.DAY),
    Column("remaining", "剩余工作日", ColumnKind.COUNT),
    Column("lamp", "灯号", ColumnKind.LAMP),
    Column("problem", "主要问题"),
    Column("coordination", "需协调事项"),
    Column("holder_unit", "责任单位"),
    Column("holder", "责任人"),
    Column("next_step", "下步措施及完成时限"),
    Column("progress", "本周进展"),
    Column("remark", "备注"),
)
FREEZE_COLUMNS = 2
AREA_KEYS = tuple(key for key, _ in AREAS)


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What a project's ledger row needs of one step."""

    code: str
    label: str
    status: str
    status_label: str
    accepted_on: date | None
    closed_on: date | None
    doc_no: str = ""


@dataclass(frozen=True, slots=True)
class OpenDeadline:
    """One running promise of a project as it was read on the day of the ledger.

    `remaining` and `overdue` count in `unit`: 个工作日, or 天 for limits in days.
    """

    label: str
    stage: str
    lamp: Lamp
    is_validity: bool
    due_on: date | None
    remaining: int | None
    overdue: int
    unit: str
    holder_unit: str
    holder: str
    pause_kind: str = ""
    paused_from: date | None = None
    next_step: str = ""
    expected_end_on: date | None = None


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What a ledger row says about a project. Areas in m², investment in yuan."""

    pk: int
    unit_code: str
    unit: str
    name: str
    code: str
    list_category: str
    priority_class: str
    track: str
    owner_unit: str
    investment_yuan: Decimal | None
    areas: Mapping[str, int | None]
    remark: str
    steps: Mapping[str, StepFacts] = field(default_factory=dict)
    deadlines: Sequence[OpenDeadline] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One frozen row: whose, which project, and its cells in the order of the columns."""

    unit_code: str
    project_id: int
    cells: tuple[Cell, ...]


def ledger_row(facts: ProjectFacts, *, position: int, week: Period) -> Row:
    """The row of one project in the ledger of `week`."""
    current = current_deadline(facts.deadlines)
    values: dict[str, Cell] = {
        "position": position,
        "name": facts.name,
        "code": facts.code,
        "unit": facts.unit,
        "list_category": facts.list_category,
        "priority_class": facts.priority_class,
        "track": facts.track,
        "owner_unit": facts.owner_unit,
        "investment": _wan(facts.investment_yuan),
        **{key: facts.areas.get(key) for key in AREA_KEYS},
        **_step_values(facts.steps),
        "lamp": lamp_of_project(facts).value,
        "progress": _progress(facts.steps, week),
        "remark": facts.remark,
        **_current_values(current, facts),
        "problem": _problems(facts.deadlines),
        "coordination": _coordination(facts.deadlines),
        "next_step": _next_steps(facts.deadlines),
    }
    return Row(
        facts.unit_code,
        facts.pk,
        tuple(values[column.key] or _zero(values[column.key]) for column in COLUMNS),
    )


def _zero(value: Cell) -> Cell:
    """Nothing becomes None; the number 0 stays."""
    return value if isinstance(value, int) else None


def current_deadline(deadlines: Iterable[OpenDeadline]) -> OpenDeadline | None:
    """What holds the project up: the worst lamp, then the earliest due date. Validities do not."""
    running = [deadline for deadline in deadlines if not deadline.is_validity]
    return min(running, key=_urgency, default=None)


def _urgency(deadline: OpenDeadline) -> tuple[int, date]:
    return _WORST_FIRST[deadline.lamp], deadline.due_on or date.max


_WORST_FIRST = {
    lamp: rank
    for rank, lamp in enumerate((Lamp.RED, Lamp.AMBER, Lamp.PAUSE, Lamp.GREEN, Lamp.IDLE, Lamp.DONE))
}


def lamp_of_project(facts: ProjectFacts) -> Lamp:
    """The worst of its open promises; without any, done when every step is, else grey."""
    if facts.deadlines:
        return worst(deadline.lamp for deadline in facts.deadlines)
    states = {step.status for step in facts.steps.values()} - {"NOT_INVOLVED"}
    return Lamp.DONE if states == {"DONE"} else Lamp.IDLE


def _current_values(current: OpenDeadline | None, facts: ProjectFacts) -> dict[str, Cell]:
    if current is None:
        done = lamp_of_project(facts) is Lamp.DONE
        empty: dict[str, Cell] = dict.fromkeys(("due_on", "remaining", "holder_unit", "holder"))
        return {"stage": "全部办结" if done else "未启动或待下一步", **empty}
    return {
        "stage": current.label,
        "due_on": _iso(current.due_on),
        "remaining": current.remaining,
        "holder_unit": current.holder_unit,
        "holder": current.holder,
    }


def _step_values(steps: Mapping[str, StepFacts]) -> dict[str, Cell]:
    codes = [code for code, _ in (*PRELIMINARY, *REQUISITION, *SUPPLY)]
    values = {
        code: _step_cell(steps.get(code)) for code in (*codes, COUNTY_REQUEST, PREFECTURE_REVIEW, APPROVAL)
    }
    review, approval = steps.get(PREFECTURE_REVIEW), steps.get(APPROVAL)
    values["B02_accepted"] = _accepted_cell(review)
    values["approval_no"] = approval.doc_no if approval else None
    values["supply"] = _step_cell(_supply(steps))
    return values


def _supply(steps: Mapping[str, StepFacts]) -> StepFacts | None:
    """The step that says how far the land's supply is: what ended it, else what has begun, else what is to
    come. A way that nobody has set aside yet hides none that was taken."""
    ways = [steps[code] for code in SUPPLY_STEPS if code in steps and steps[code].status != "NOT_INVOLVED"]
    ended = [step for step in ways if step.status == "DONE" and step.code in SUPPLIED]
    begun = [step for step in ways if step.status not in ("NOT_STARTED", "DONE")]
    to_come = [step for step in ways if step.status != "DONE"]
    return next(iter([*ended, *begun, *to_come, *ways]), None)


def _accepted_cell(step: StepFacts | None) -> Cell:
    """The day it was accepted, else that it was not; what a project does not need says so."""
    if step is None:
        return None
    return _iso(step.accepted_on) or (step.status_label if step.status == "NOT_INVOLVED" else "未受理")


def _step_cell(step: StepFacts | None) -> Cell:
    """The day it was done, else its state in words; None where the project has no such step."""
    if step is None:
        return None
    return _iso(step.closed_on) if step.status == "DONE" else step.status_label


def _progress(steps: Mapping[str, StepFacts], week: Period) -> str:
    """What happened to the project within the week, in the order of days."""
    events: list[tuple[date, str]] = []
    for step in steps.values():
        if step.accepted_on and week.first <= step.accepted_on <= week.last:
            events.append((step.accepted_on, f"受理{step.label}"))
        if step.closed_on and week.first <= step.closed_on <= week.last:
            events.append((step.closed_on, f"{step.status_label}{step.label}"))
    return "；".join(f"{day.month}.{day.day}{what}" for day, what in sorted(events))


def _problems(deadlines: Iterable[OpenDeadline]) -> str:
    late = [d for d in deadlines if d.overdue]
    return "；".join(f"{d.label}超期 {d.overdue} {d.unit}" for d in late)


def _coordination(deadlines: Iterable[OpenDeadline]) -> str:
    paused = [d for d in deadlines if d.pause_kind and d.paused_from]
    return "；".join(f"{d.label}因{d.pause_kind}暂停（{_short(d.paused_from)}起）" for d in paused)


def _next_steps(deadlines: Iterable[OpenDeadline]) -> str:
    planned = [d for d in deadlines if d.next_step]
    return "；".join(
        f"{d.next_step}（{_short(d.expected_end_on)}前）" if d.expected_end_on else d.next_step
        for d in planned
    )


def _short(day: date | None) -> str:
    return f"{day.month}.{day.day}" if day else ""


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _wan(yuan: Decimal | None) -> str | None:
    """元 in 万元 as text, so that no figure passes through a float."""
    return None if yuan is None else str(round_half_up(yuan / 10_000, 2))


# --- sums -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over rows, in m², with how many projects show which lamp."""

    count: int
    areas: dict[str, int]
    lamps: dict[str, int]


_INDEX = {column.key: index for index, column in enumerate(COLUMNS)}


def cell_of(row: Row, key: str) -> Cell:
    """One cell of a row by its column's key."""
    return row.cells[_INDEX[key]]


def sums_of(rows: Iterable[Row]) -> Sums:
    """Add up whole m²; whoever shows a sum converts it afterwards, never the other way round.

    A project across counties has a row in each, with that county's own areas: its areas add up,
    the project itself and its lamp count once. Source: domain.md 11.
    """
    areas, lamps = dict.fromkeys(AREA_KEYS, 0), dict.fromkeys((lamp.value for lamp in Lamp), 0)
    counted: set[int] = set()
    for row in rows:
        for key in AREA_KEYS:
            value = row.cells[_INDEX[key]]
            areas[key] += value if isinstance(value, int) else 0
        if row.project_id not in counted:
            counted.add(row.project_id)
            lamps[str(row.cells[_INDEX["lamp"]])] += 1
    return Sums(len(counted), areas, lamps)


def renumbered(rows: Iterable[Row]) -> list[Row]:
    """The rows with positions from 1, for a ledger cut out of a larger one."""
    return [
        Row(row.unit_code, row.project_id, (position, *row.cells[1:]))
        for position, row in enumerate(rows, start=1)
    ]
