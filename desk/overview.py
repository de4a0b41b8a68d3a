"""The dashboard: figures, and the address of the rows behind each.

The figures come from what the database keeps current (dispatch.selectors.tallies); the address of
each is the same narrowing applied to the rows themselves. Tests compare them cell by cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from approvals.models import LandDocumentArea
from approvals.rules import COUNTS_AS_LAND
from core.units import AreaUnit, format_area
from deadlines.models import Deadline
from deadlines.rules import Lamp
from desk.deadline_filters import of_projects, week_name
from desk.deadline_groups import HEADQUARTERS, OTHER, UnitGroup, groups_beside, unit_groups
from desk.deadline_rows import DeadlineRow, deadline_rows, read_rows, stages_on
from dispatch.goals_shown import Shown, shown
from dispatch.models import Round, RoundKind
from dispatch.rules.periods import Period
from dispatch.rules.reporting import Standing
from dispatch.selectors.rounds import reports_of
from dispatch.selectors.tallies import WEEKS, WHOLE, Cell, Frozen, Narrowing, Tallies, WeekCount, read_tallies
from dispatch.selectors.targets import running_campaigns
from quotas import selectors as quotas
from quotas.bars import Bar, bars_of
from ui.charts import Chart, Series
from ui.heat import Heat, HeatCell, HeatRow
from ui.lamps import LAMP_WORDS
from ui.parts import Kpi

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

    @property
    def period(self) -> Period:
        return Period.parse(self.week)


@dataclass(frozen=True, slots=True)
class Overview:
    """The page. With `frozen` the figures are those of that round; lists and gauges are not shown."""

    today: date
    week: str
    frozen: Frozen | None
    kpis: Sequence[Kpi]
    heat: Heat
    validity: Kpi
    urgent: Sequence[DeadlineRow]
    urgent_total: int
    urgent_url: str
    chart: Chart
    weeks: Sequence[WeekRow]
    pools: Sequence[Bar]
    goals: Sequence[Shown]


def overview(*, actor: User, today: date, asked: Narrowing = WHOLE, frozen: Frozen | None = None) -> Overview:
    """Everything the page shows, in a fixed number of queries whatever the number of projects."""
    day = frozen.taken_on if frozen else today
    address = _Address(asked, frozen, actor)
    tallies = read_tallies(actor=actor, today=day, asked=asked, frozen=frozen)
    units = [unit for unit in unit_groups(actor=actor) if asked.unit in ("", unit.code)]
    columns = _columns(day)
    groups = _groups(tallies.cells, units, columns)
    weeks = [_week(row, address) for row in tallies.weeks]
    lamps = Counter[str]()
    for group in groups:
        lamps[group.lamp] += group.number
    return Overview(
        today=day,
        week=Period.of(day).label,
        frozen=frozen,
        kpis=_kpis(actor, day, tallies, lamps, address),
        heat=_heat(units, columns, groups, address),
        validity=Kpi(
            "有效期预警",
            tallies.validity,
            "件",
            url=address(role=Deadline.Role.VALIDITY.value, lamp=[*WARNING]),
        ),
        urgent=[] if frozen else _urgent(actor, today, asked, units),
        urgent_total=lamps[Lamp.RED.value] + lamps[Lamp.AMBER.value],
        urgent_url=address(lamp=[*WARNING]),
        chart=_chart(weeks),
        weeks=weeks,
        pools=[] if frozen else _pools(actor, today),
        goals=[]
        if frozen
        else shown(running_campaigns(actor=actor, today=today), AreaUnit.WANMU, actor=actor),
    )


def rows_at(**filters: str | list[str]) -> str:
    """The address of the work list with these filters."""
    return f"{reverse('desk:deadlines')}?{urlencode(filters, doseq=True)}"


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a figure leads: the work list, narrowed as the page is; of a frozen round, its ledgers."""

    asked: Narrowing
    frozen: Frozen | None
    actor: User

    def __call__(self, **filters: str | list[str]) -> str:
        return self._at(reverse("desk:deadlines"), **filters)

    def projects(self, **filters: str) -> str:
        """A county's figures count what it leads; its list also shows what it has a share of."""
        own = self.actor.reporting_unit
        leads = {"unit": own.code} if own is not None else {}
        return self._at(reverse("projects:list"), **leads, **filters)

    def _at(self, page: str, **filters: str | list[str]) -> str:
        if self.frozen is not None:
            return reverse("dispatch:ledgers")
        asked = {"unit": self.asked.unit, "year": str(self.asked.year or ""), "level": self.asked.level}
        chosen = {name: value for name, value in {**asked, **filters}.items() if value}
        return f"{page}?{urlencode(chosen, doseq=True)}" if chosen else page


def _urgent(actor: User, today: date, asked: Narrowing, units: Sequence[UnitGroup]) -> list[DeadlineRow]:
    rows = deadline_rows(actor=actor, today=today).open().exclude(role=Deadline.Role.VALIDITY)
    if asked.unit:
        rows = rows.filter(scope_organisation_id__in=[pk for unit in units for pk in unit.ids])
    rows = of_projects(rows, year=asked.year, level=asked.level).filter(Q(lamp__in=WARNING))
    worst = rows.order_by(F("lamp_rank"), F("due_on").asc(nulls_last=True), "pk")[:URGENT_ROWS]
    return read_rows(worst, today=today)


def _pools(actor: User, today: date) -> list[Bar]:
    gauges = quotas.pool_gauges(actor=actor, today=today)
    return bars_of(gauges, holder=quotas.pool_holder(), year=today.year)


@dataclass(frozen=True, slots=True)
class _Column:
    """A stage of the catalogue, or a group of what lies outside it: shown where there is any."""

    code: str
    label: str
    stages: Sequence[str]
    is_always_shown: bool


def _columns(day: date) -> list[_Column]:
    stages = stages_on(day)
    return [
        *(_Column(stage, stage, (stage,), is_always_shown=True) for stage in stages),
        *(_Column(row.code, row.label, row.stages, is_always_shown=False) for row in groups_beside(stages)),
    ]


def _groups(cells: Sequence[Cell], units: Sequence[UnitGroup], columns: Sequence[_Column]) -> list[Cell]:
    """Each cell in its row and column; what has none counts as other."""
    row_of = {code: unit.code for unit in units for code in unit.codes}
    column_of = {stage: column.code for column in columns for stage in column.stages}
    return [
        Cell(
            unit=row_of.get(cell.unit, OTHER),
            stage=column_of.get(cell.stage, OTHER),
            lamp=cell.lamp,
            number=cell.number,
        )
        for cell in cells
    ]


def _heat(
    units: Sequence[UnitGroup], stages: Sequence[_Column], groups: Sequence[Cell], address: _Address
) -> Heat:
    counts: Counter[tuple[str, str]] = Counter()
    reds: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for key in ((group.unit, group.stage), (group.unit, ""), ("", group.stage), ("", "")):
            counts[key] += group.number
            if group.lamp == Lamp.RED.value:
                reds[key] += group.number
    rows = [(unit.code, unit.label) for unit in units if unit.code != HEADQUARTERS or counts[unit.code, ""]]
    columns = [
        (stage.code, stage.label) for stage in stages if stage.is_always_shown or counts["", stage.code]
    ]
    # What lies in no row or column is shown where there is any, so that sums agree.
    if counts[OTHER, ""]:
        rows.append((OTHER, OTHER_WORD))
    if counts["", OTHER]:
        columns.append((OTHER, OTHER_WORD))

    def cell(unit: str, stage: str, label: str) -> HeatCell:
        filters = {name: value for name, value in (("unit", unit), ("stage", stage)) if value}
        return HeatCell(count=counts[unit, stage], red=reds[unit, stage], url=address(**filters), label=label)

    return Heat(
        caption="各县市在各环节的在办事项及其中逾期",
        corner="县市",
        columns=[label for _, label in columns],
        rows=[
            HeatRow(
                label=name,
                cells=[cell(code, stage, f"{name}{label}在办") for stage, label in columns],
                total=cell(code, "", f"{name}合计在办"),
                url=address(unit=code),
            )
            for code, name in rows
        ],
        totals=[cell("", stage, f"{label}合计在办") for stage, label in columns],
        total=cell("", "", "全部在办"),
        all_label="合计",
    )


def _kpis(
    actor: User, today: date, tallies: Tallies, lamps: Mapping[str, int], address: _Address
) -> list[Kpi]:
    change = lamps[Lamp.RED.value] - tallies.weeks[-2].late
    paused = "依法暂停，不计时限" if lamps[Lamp.PAUSE.value] else "没有暂停的事项"

    def of_lamp(lamp: Lamp, note: str) -> Kpi:
        url = address(lamp=lamp.value)
        return Kpi(LAMP_WORDS[lamp.value], lamps[lamp.value], "项", note, url, lamp.value)

    return [
        Kpi("在办项目", tallies.adopted, "个", f"待审核 {tallies.waiting} 个", address.projects()),
        of_lamp(Lamp.RED, f"较上周末 {change:+d}" if change else "与上周末持平"),
        of_lamp(Lamp.AMBER, "临近到期，尚未逾期"),
        of_lamp(Lamp.PAUSE, paused),
        _approved(actor, today, address),
        _reported(actor, today, address.asked.unit),
    ]


def _reported(actor: User, today: date, unit: str) -> Kpi:
    """Who has reported in the week's round that runs or ran last. Two queries."""
    weeks = Round.objects.filter(kind=RoundKind.WEEK, opened_at__isnull=False, opened_at__date__lte=today)
    running = weeks.order_by("-year", "-number").first()
    if running is None:
        return Kpi("本周按时报送", "–", "", "报送尚未开始", reverse("dispatch:rounds"))
    asked_of = reports_of(actor=actor, round_=running, today=today)
    rows = [row for row in asked_of if unit in ("", row.report.organisation.code)]
    missing = [row.report.organisation.short_name for row in rows if row.report.reported_on is None]
    in_time = sum(1 for row in rows if row.standing is Standing.ON_TIME)
    note = f"{'、'.join(missing)}未报" if missing else "全部已报"
    page = reverse("dispatch:round", args=[running.pk])
    return Kpi(f"第 {running.number} 周按时报送", f"{in_time} / {len(rows)}", "县区", note, page)


def _approved(actor: User, today: date, address: _Address) -> Kpi:
    """获批建设用地 of the year, up to the day. One query. Source: S0-24."""
    asked = address.asked
    year = asked.year or today.year
    first, last = date(year, 1, 1), min(today, date(year, 12, 31))
    standing = Q(document__revoked_on__isnull=True) | Q(document__revoked_on__gt=last)
    areas = LandDocumentArea.objects.visible_to(actor).filter(
        standing, document__decided_on__range=(first, last), document__kind__in=COUNTS_AS_LAND
    )
    if asked.unit:
        areas = areas.filter(project__organisation__code=asked.unit)
    m2 = areas.aggregate(sum=Sum("approved_total_m2"))["sum"] or 0
    query: dict[str, Any] = {"counted": "land", "first": first, "last": last}
    if asked.unit:
        query["unit"] = asked.unit
    return Kpi(
        f"{year} 年获批用地",
        format_area(m2, AreaUnit.HA, 2),
        "公顷",
        f"{format_area(m2, AreaUnit.MU)} 亩" + ("，不分级别" if asked.level else ""),
        f"{reverse('approvals:documents')}?{urlencode(query)}",
    )


def _week(row: WeekCount, address: _Address) -> WeekRow:
    week = week_name(row.first)
    return WeekRow(
        week=week,
        accepted=row.started,
        decided=row.met,
        late=row.late,
        accepted_url=address(started=week),
        decided_url=address(closed=week),
        late_url=address(late_on=row.last.isoformat()),
    )


def _chart(weeks: Sequence[WeekRow]) -> Chart:
    last = weeks[-1]
    return Chart(
        categories=[f"{row.period.number}周" for row in weeks],
        series=[
            Series("受理", [row.accepted for row in weeks]),
            Series("办结", [row.decided for row in weeks], colour="second"),
            Series("期末逾期", [row.late for row in weeks], kind="line", colour="red"),
        ],
        summary=(
            f"近 {WEEKS} 周受理、办结和期末逾期；第 {last.period.number} 周受理 {last.accepted}、"
            f"办结 {last.decided}、逾期 {last.late}"
        ),
        unit="项",
    )
