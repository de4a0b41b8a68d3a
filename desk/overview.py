"""The first leadership overview: figures, and the address of the rows behind each.

Every figure is counted from `Deadline` (or the project list), and its address is the same
filter applied to the same rows; a test compares them cell by cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Organisation, User
from core.units import AreaUnit, format_area
from deadlines.models import Deadline
from deadlines.rules import Lamp
from desk.deadline_filters import late_on, week_name
from desk.deadline_rows import (
    OTHER,
    DeadlineRow,
    deadline_rows,
    obligations,
    read_rows,
    reporting_units,
    stages_on,
)
from projects.models import Project
from quotas import selectors as quotas
from quotas.bars import Bar, bars_of
from ui.charts import Chart, Series
from ui.heat import Heat, HeatCell, HeatRow
from ui.lamps import LAMP_WORDS
from ui.parts import Kpi

WEEKS = 12
URGENT_ROWS = 8
OTHER_WORD = "其他"
WARNING = (Lamp.RED.value, Lamp.AMBER.value)


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week of the chart with the addresses behind its figures."""

    week: str
    accepted: int
    decided: int
    late: int
    accepted_url: str
    decided_url: str
    late_url: str


@dataclass(frozen=True, slots=True)
class Overview:
    today: date
    week: str
    kpis: Sequence[Kpi]
    heat: Heat
    urgent: Sequence[DeadlineRow]
    urgent_total: int
    urgent_url: str
    chart: Chart
    weeks: Sequence[WeekRow]
    pools: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class _Group:
    """Open obligations of one unit and stage, by lamp."""

    unit: str
    stage: str
    lamp: str
    number: int


def overview(*, actor: User, today: date) -> Overview:
    """Everything the page shows, in a fixed number of queries whatever the number of projects."""
    units = list(reporting_units(actor=actor))
    stages = stages_on(today)
    groups = _groups(actor, today, {unit.code for unit in units}, set(stages))
    weeks = _weeks(actor, today)
    lamps = Counter[str]()
    for group in groups:
        lamps[group.lamp] += group.number
    urgent = (
        deadline_rows(actor=actor, today=today)
        .open()
        .exclude(role=Deadline.Role.VALIDITY)
        .filter(Q(lamp__in=WARNING))
        .order_by(F("lamp_rank"), F("due_on").asc(nulls_last=True), "pk")[:URGENT_ROWS]
    )
    return Overview(
        today=today,
        week=week_name(today),
        kpis=_kpis(actor, today, lamps, weeks),
        heat=_heat(units, stages, groups),
        urgent=read_rows(urgent, today=today),
        urgent_total=lamps[Lamp.RED.value] + lamps[Lamp.AMBER.value],
        urgent_url=rows_at(lamp=["red", "amber"]),
        chart=_chart(weeks),
        weeks=weeks,
        pools=_pools(actor, today),
    )


def _pools(actor: User, today: date) -> list[Bar]:
    gauges = quotas.pool_gauges(actor=actor, today=today)
    return bars_of(gauges, holder=quotas.pool_holder(), year=today.year)


def rows_at(**filters: str | list[str]) -> str:
    """The address of the work list with these filters."""
    return f"{reverse('desk:deadlines')}?{urlencode(filters, doseq=True)}"


def _groups(actor: User, today: date, units: set[str], stages: set[str]) -> list[_Group]:
    """One query: open obligations by unit, stage and lamp; what is not listed counts as other."""
    counted = (
        obligations(actor=actor, today=today)
        .open()
        .order_by()
        .values_list("scope_organisation__code", "stage", F("lamp"))
        .annotate(number=Count("pk"))
    )
    return [
        _Group(
            unit=code if code in units else OTHER,
            stage=stage if stage in stages else OTHER,
            lamp=lamp,
            number=number,
        )
        for code, stage, lamp, number in counted
    ]


def _heat(units: Sequence[Organisation], stages: Sequence[str], groups: Sequence[_Group]) -> Heat:
    counts: Counter[tuple[str, str]] = Counter()
    reds: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for key in ((group.unit, group.stage), (group.unit, ""), ("", group.stage), ("", "")):
            counts[key] += group.number
            if group.lamp == Lamp.RED.value:
                reds[key] += group.number
    rows = [(unit.code, unit.short_name) for unit in units]
    columns = [(stage, stage) for stage in stages]
    # What lies outside the listed units or stages is shown where there is any, so that sums agree.
    if counts[OTHER, ""]:
        rows.append((OTHER, OTHER_WORD))
    if counts["", OTHER]:
        columns.append((OTHER, OTHER_WORD))

    def cell(unit: str, stage: str, label: str) -> HeatCell:
        filters = {name: value for name, value in (("unit", unit), ("stage", stage)) if value}
        return HeatCell(count=counts[unit, stage], red=reds[unit, stage], url=rows_at(**filters), label=label)

    return Heat(
        caption="各县市在各环节的在办事项及其中逾期",
        corner="县市",
        columns=[label for _, label in columns],
        rows=[
            HeatRow(
                label=name,
                cells=[cell(code, stage, f"{name}{label}在办") for stage, label in columns],
                total=cell(code, "", f"{name}合计在办"),
                url=rows_at(unit=code),
            )
            for code, name in rows
        ],
        totals=[cell("", stage, f"{label}合计在办") for stage, label in columns],
        total=cell("", "", "全部在办"),
        all_label="合计",
    )


def _kpis(actor: User, today: date, lamps: Mapping[str, int], weeks: Sequence[WeekRow]) -> list[Kpi]:
    listed = Project.objects.visible_to(actor).aggregate(
        adopted=Count("pk", filter=Q(status=Project.Status.ADOPTED)),
        waiting=Count("pk", filter=Q(status=Project.Status.SUBMITTED)),
        area=Sum("land__total_m2", filter=Q(status=Project.Status.ADOPTED)),
    )
    area = listed["area"] or 0
    validity = (
        Deadline.objects.visible_to(actor)
        .filter(role=Deadline.Role.VALIDITY)
        .open()
        .with_lamp(today)
        .filter(Q(lamp__in=WARNING))
        .count()
    )
    projects = reverse("projects:list")
    change = lamps[Lamp.RED.value] - weeks[-2].late
    return [
        Kpi("在办项目", listed["adopted"], "个", f"待审核 {listed['waiting']} 个", projects),
        _lamp_kpi(Lamp.RED, lamps, f"较上周末 {change:+d}" if change else "与上周末持平"),
        _lamp_kpi(Lamp.AMBER, lamps, "临近到期，尚未逾期"),
        _lamp_kpi(Lamp.PAUSE, lamps, "依法暂停，不计时限"),
        Kpi(
            "有效期预警",
            validity,
            "件",
            "批复等临近或已过有效期",
            rows_at(role=Deadline.Role.VALIDITY.value, lamp=["red", "amber"]),
        ),
        Kpi(
            "用地总面积",
            format_area(area, AreaUnit.HA, 2),
            "公顷",
            f"{format_area(area, AreaUnit.MU)} 亩",
            projects,
        ),
    ]


def _lamp_kpi(lamp: Lamp, lamps: Mapping[str, int], note: str) -> Kpi:
    return Kpi(LAMP_WORDS[lamp.value], lamps[lamp.value], "项", note, rows_at(lamp=lamp.value), lamp.value)


def _weeks(actor: User, today: date) -> list[WeekRow]:
    """The last twelve weeks with this one; two queries."""
    this_monday = today - timedelta(days=today.weekday())
    mondays = [this_monday - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    spans = [(monday, min(monday + timedelta(days=6), today)) for monday in mondays]
    counted = obligations(actor=actor, today=today).aggregate(
        **{
            f"{name}{place}": Count("pk", filter=condition)
            for place, (first, last) in enumerate(spans)
            for name, condition in (
                ("accepted", Q(started_on__range=(first, last))),
                ("decided", Q(state=Deadline.State.MET, stopped_on__range=(first, last))),
                ("late", late_on(last)),
            )
        }
    )
    return [
        WeekRow(
            week=week_name(first),
            accepted=counted[f"accepted{place}"],
            decided=counted[f"decided{place}"],
            late=counted[f"late{place}"],
            accepted_url=rows_at(started=week_name(first)),
            decided_url=rows_at(closed=week_name(first)),
            late_url=rows_at(late_on=last.isoformat()),
        )
        for place, (first, last) in enumerate(spans)
    ]


def _chart(weeks: Sequence[WeekRow]) -> Chart:
    last = weeks[-1]
    return Chart(
        categories=[f"{int(row.week[-2:])}周" for row in weeks],
        series=[
            Series("受理", [row.accepted for row in weeks]),
            Series("办结", [row.decided for row in weeks], colour="second"),
            Series("期末逾期", [row.late for row in weeks], kind="line", colour="red"),
        ],
        summary=(
            f"近 {WEEKS} 周受理、办结和期末逾期；第 {int(last.week[-2:])} 周受理 {last.accepted}、"
            f"办结 {last.decided}、逾期 {last.late}"
        ),
        unit="项",
    )
