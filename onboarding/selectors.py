"""Old figures beside new ones: what the ledger says, counted in its cells, and what the database has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from accounts.models import Organisation, Rollout, User
from approvals.models import Decision, Step
from core.units import AreaUnit, format_area
from deadlines.models import CalendarYear
from onboarding.models import BroughtRow
from onboarding.rules import CELL_WORDS, Cell, Said, StoredStep, agrees, cell_of, stored_words
from onboarding.rules.stated import BESIDE, NUMBER
from projects.models import BringingIn, LandUse
from projects.rules.columns import BY_KEY
from quotas.models import Booking, Movement, OpeningDraft

OUT = "out"


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell of a row that the database has otherwise. `key` is the column's."""

    key: str
    label: str
    stated: str
    stored: str


@dataclass(frozen=True, slots=True)
class RowReading:
    """A row of the ledger beside its project."""

    row: BroughtRow
    areas: Mapping[str, int]
    cells: Mapping[str, Cell]
    stored: Mapping[str, Cell]
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A column of areas in m²: as printed in the total row (None: not printed), counted, stored."""

    key: str
    label: str
    printed: int | None
    counted: int
    stored: int

    @property
    def difference(self) -> int:
        return self.stored - self.counted

    @property
    def misprint(self) -> int | None:
        """How far the printed total is from the cells it stands for; a metre is rounding."""
        if self.printed is None or abs(self.printed - self.counted) <= 100:
            return None
        return self.printed - self.counted


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One county: rows and projects, total area as printed in its subtotal, counted, stored."""

    unit: Organisation | None
    rows: int
    projects: int
    total: AreaLine
    differing: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """A column of a step: how many rows say done and under way, and how many steps are."""

    key: str
    label: str
    done: int
    stored_done: int
    running: int
    stored_running: int
    differing: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The whole comparison. `differing_rows` is what a signature has to answer for."""

    rows: int
    projects: int
    areas: Sequence[AreaLine]
    units: Sequence[UnitLine]
    steps: Sequence[StepLine]
    differing_rows: int
    noted_rows: int


def bringing_list(*, actor: User) -> QuerySet[BringingIn]:
    """The ledgers that the actor may see, newest first, without their files."""
    rows = BringingIn.objects.visible_to(actor).defer("content")
    return rows.select_related("uploaded_by", "taken_by", "signed_by", "organisation").order_by("-id")


def row_readings(bringing: BringingIn) -> list[RowReading]:
    """Every row of the ledger beside what the database has of its project. Four queries."""
    rows = list(BroughtRow.objects.filter(bringing=bringing).select_related("unit").order_by("row"))
    ids = [row.project_id for row in rows if row.project_id is not None]
    lands = {land.project_id: land for land in LandUse.objects.filter(project__in=ids)}
    codes = {BY_KEY[key].step for row in rows for key in row.cells if key in BY_KEY}
    steps: dict[int, dict[str, StoredStep]] = defaultdict(dict)
    approvals: dict[int, int] = {}
    wanted = Step.objects.filter(project__in=ids, code__in=codes).order_by("round")
    for pk, project_id, code, status, began_on, ended_on in wanted.values_list(
        "pk", "project_id", "code", "status", "accepted_on", "closed_on"
    ):
        steps[project_id][code] = StoredStep(status, began_on, ended_on)
        if code == BY_KEY[NUMBER].step:
            approvals[pk] = project_id
    decisions = Decision.objects.filter(step__in=list(approvals)).values_list("step_id", "doc_no")
    numbers = {approvals[step_id]: doc_no for step_id, doc_no in decisions}
    return [_read(row, lands, steps, numbers) for row in rows]


def _read(
    row: BroughtRow,
    lands: Mapping[int, LandUse],
    steps: Mapping[int, Mapping[str, StoredStep]],
    numbers: Mapping[int, str],
) -> RowReading:
    cells = {key: _cell(value) for key, value in row.cells.items() if key in BY_KEY}
    if row.project_id is None:
        out = Difference(OUT, "项目", row.name, "未导入")
        return RowReading(row, {}, cells, {}, [out])
    land = lands.get(row.project_id)
    areas = {key: (getattr(land, key) or 0) if land is not None else 0 for key in row.areas}
    own = steps.get(row.project_id, {})
    stored = {
        key: cell_of(key, own[BY_KEY[key].step])
        for key in cells
        if key not in BESIDE and BY_KEY[key].step in own
    }
    found = [
        Difference(key, BY_KEY[key].spec.label, _hectares(stated), _hectares(areas[key]))
        for key, stated in row.areas.items()
        if stated != areas[key]
    ]
    for key, cell in stored.items():
        if not agrees(cells[key], cell):
            found.append(Difference(key, BY_KEY[key].spec.label, cells[key].text, stored_words(cell)))
    said = cells.get(NUMBER)
    if said is not None and said.doc_no and said.doc_no != numbers.get(row.project_id, ""):
        found.append(
            Difference(NUMBER, BY_KEY[NUMBER].spec.label, said.doc_no, numbers.get(row.project_id, ""))
        )
    return RowReading(row, areas, cells, stored, found)


def _cell(value: Mapping[str, object]) -> Cell:
    on = value.get("on")
    return Cell(
        said=Said(str(value["said"])),
        on=date.fromisoformat(str(on)) if on else None,
        is_dated=bool(value.get("is_dated")),
        doc_no=str(value.get("doc_no") or ""),
        text=str(value.get("text") or ""),
    )


def _hectares(m2: int) -> str:
    return f"{format_area(m2, AreaUnit.HA)} 公顷"


def cell_words(cell: Cell) -> str:
    """What a cell of the ledger says, as it was written where it was."""
    return cell.text or CELL_WORDS[cell.said]


def reconciliation(bringing: BringingIn) -> Reconciliation:
    """The ledger's figures and the database's, by column, by county, by step. Four queries."""
    readings = row_readings(bringing)
    totals = [total for total in bringing.totals if isinstance(total, dict)]
    whole: Mapping[str, int] = next((total["areas"] for total in totals if not total["unit"]), {})
    keys = _in_order({key for reading in readings for key in reading.row.areas})
    return Reconciliation(
        rows=len(readings),
        projects=sum(1 for reading in readings if reading.row.project_id is not None),
        areas=[_area_line(key, readings, whole.get(key)) for key in keys],
        units=_unit_lines(readings, {total["unit"]: total["areas"] for total in totals if total["unit"]}),
        steps=_step_lines(readings),
        differing_rows=sum(1 for reading in readings if reading.differences),
        noted_rows=sum(1 for reading in readings if reading.row.notes),
    )


def _in_order(keys: Iterable[str]) -> list[str]:
    order = list(BY_KEY)
    return sorted(keys, key=order.index)


def _area_line(key: str, readings: Sequence[RowReading], printed: int | None) -> AreaLine:
    return AreaLine(
        key=key,
        label=BY_KEY[key].spec.label,
        printed=printed,
        counted=sum(reading.row.areas.get(key, 0) for reading in readings),
        stored=sum(reading.areas.get(key, 0) for reading in readings),
    )


def _unit_lines(readings: Sequence[RowReading], printed: Mapping[str, Mapping[str, int]]) -> list[UnitLine]:
    groups: dict[Organisation | None, list[RowReading]] = defaultdict(list)
    for reading in readings:
        groups[reading.row.unit].append(reading)
    return [
        UnitLine(
            unit=unit,
            rows=len(group),
            projects=sum(1 for reading in group if reading.row.project_id is not None),
            total=_area_line(
                "total_m2", group, printed.get(unit.code, {}).get("total_m2") if unit is not None else None
            ),
            differing=sum(1 for reading in group if reading.differences),
        )
        for unit, group in sorted(groups.items(), key=lambda pair: pair[0].code if pair[0] else "~")
    ]


def _step_lines(readings: Sequence[RowReading]) -> list[StepLine]:
    keys = _in_order({key for reading in readings for key in reading.cells if key not in BESIDE})

    def number(key: str, pick: Callable[[RowReading], Mapping[str, Cell]], said: Said) -> int:
        return sum(1 for r in readings if (cell := pick(r).get(key)) is not None and cell.said is said)

    return [
        StepLine(
            key=key,
            label=BY_KEY[key].spec.label,
            done=number(key, lambda r: r.cells, Said.DONE),
            stored_done=number(key, lambda r: r.stored, Said.DONE),
            running=number(key, lambda r: r.cells, Said.RUNNING),
            stored_running=number(key, lambda r: r.stored, Said.RUNNING),
            differing=sum(1 for r in readings if any(d.key == key for d in r.differences)),
        )
        for key in keys
    ]


def chosen_rows(
    bringing: BringingIn, *, unit: str = "", column: str = "", kind: str = ""
) -> list[RowReading]:
    """The rows behind a figure of the comparison, in the order of the file. Four queries.

    Args:
        unit: code of a county; "-" for rows without one.
        column: key of a column; rows that state something there.
        kind: "differing", "noted" or "out"; "" is every row.
    """
    found = []
    for reading in row_readings(bringing):
        code = reading.row.unit.code if reading.row.unit is not None else "-"
        if unit and code != unit:
            continue
        if column and kind != "differing" and column not in {*reading.row.areas, *reading.cells}:
            continue
        keys = {difference.key for difference in reading.differences}
        if kind == "differing" and not (keys & {column, OUT} if column else keys):
            continue
        if (kind == "noted" and not reading.row.notes) or (kind == "out" and OUT not in keys):
            continue
        found.append(reading)
    return found


def column_label(key: str) -> str:
    """The words of a column; "" for none."""
    return BY_KEY[key].spec.label if key in BY_KEY else ""


def verdicts(bringing: BringingIn) -> list[tuple[str, int]]:
    """How many rows can come in, are there already, are wrong. One query."""
    counts = dict(
        BroughtRow.objects.filter(bringing=bringing)
        .order_by()
        .values_list("verdict")
        .annotate(number=Count("pk"))
    )
    return [(label, counts.get(value, 0)) for value, label in BroughtRow.Verdict.choices]


@dataclass(frozen=True, slots=True)
class Preparation:
    """One thing that a bureau brings in before it starts. `lamp`: done or idle."""

    label: str
    url: str
    lamp: str
    words: str


def preparation(*, actor: User, today: date) -> list[Preparation]:
    """People, calendar, ledgers, opening balances: how far each is. Five queries."""
    people = User.objects.visible_to(actor).filter(is_active=True).count()
    years = set(CalendarYear.objects.filter(year__gte=today.year).values_list("year", flat=True))
    states = list(BringingIn.objects.visible_to(actor).values_list("state", flat=True))
    taken = sum(1 for state in states if state in (BringingIn.State.TAKEN, BringingIn.State.SIGNED))
    signed = states.count(BringingIn.State.SIGNED)
    openings = Booking.objects.visible_to(actor).filter(kind=Booking.Kind.OPENING).count()
    return [
        Preparation("单位和用户", "accounts:organisations", _lamp(people > 1), f"在用账号 {people} 个"),
        Preparation(
            "工作日历", "deadlines:calendar", _lamp(today.year in years), f"已有 {len(years)} 个年度"
        ),
        Preparation(
            "在办台账", "onboarding:upload", _lamp(bool(signed)), f"已导入 {taken} 份，已签认 {signed} 份"
        ),
        Preparation("指标期初余额", "quotas:opening", _lamp(bool(openings)), f"已登记 {openings} 笔"),
    ]


def _lamp(is_done: bool) -> str:
    return "done" if is_done else "idle"


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """Opening balances of one instrument in one county by owner: as in the workbook, and in the books."""

    instrument: str
    words: str
    stated: int
    stored: int
    booking_id: int

    @property
    def difference(self) -> int:
        return self.stored - self.stated


def opening_lines(*, actor: User) -> list[OpeningLine]:
    """Every line of the opening workbooks that were taken, beside what its booking moved. Two queries.

    A booking that was reversed moved nothing.
    """
    bookings = Booking.objects.visible_to(actor).filter(kind=Booking.Kind.OPENING)
    drafts = list(OpeningDraft.objects.filter(booking__in=bookings).select_related("booking").order_by("pk"))
    keys = [draft.booking.key for draft in drafts if draft.booking is not None]
    moved: dict[tuple[object, ...], int] = defaultdict(int)
    standing = Movement.objects.filter(run_key__in=keys, reversed_by__isnull=True)
    for run_key, instrument, place, holder, owner, period, amount in standing.values_list(
        "run_key",
        "instrument",
        "target__place",
        "target__holder_id",
        "target__owner_id",
        "target__period",
        "amount",
    ):
        moved[run_key, instrument, place, holder, owner, period] += amount
    return [
        OpeningLine(
            instrument=row["instrument"],
            words=" · ".join(row["words"]),
            stated=row["amount"],
            stored=moved[
                draft.booking.key,
                row["instrument"],
                row["place"],
                row["holder"],
                row["owner"],
                row["period"],
            ],
            booking_id=draft.booking.pk,
        )
        for draft in drafts
        if draft.booking is not None
        for row in draft.rows
    ]


@dataclass(frozen=True, slots=True)
class RolloutLine:
    """A county or park and its stage; without a row it works with the system as a matter of course."""

    unit: Organisation
    rollout: Rollout | None
    lamp: str
    words: str


def rollout_lines(*, actor: User, today: date) -> list[RolloutLine]:
    """Every county and park of the prefecture. One query."""
    units = Organisation.objects.visible_to(actor).reporting_units().select_related("rollout__decided_by")
    return [_rollout_line(unit, today) for unit in units]


def _rollout_line(unit: Organisation, today: date) -> RolloutLine:
    row: Rollout | None = getattr(unit, "rollout", None)
    if row is None:
        return RolloutLine(unit, None, "done", "已启用")
    if row.stage == Rollout.Stage.NONE:
        return RolloutLine(unit, row, "idle", "未启用")
    if row.stage == Rollout.Stage.LIVE and row.live_from is not None and row.live_from <= today:
        return RolloutLine(unit, row, "done", "已启用")
    return RolloutLine(unit, row, "amber", "试运行，只看")
