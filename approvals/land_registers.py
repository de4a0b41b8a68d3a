"""The units' registers as declared tables: their columns, key figures and filters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from accounts.models import User
from approvals import land_register_forms as forms
from approvals.models import FieldImprovement, LandPatrol, ReserveLand, ThreeBatchEntry
from approvals.services.land_registers import right_of
from core.units import AreaUnit, format_area, from_m2
from officefiles.writing import CellKind
from ui.parts import Kpi


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a line: its heading, how it is read, how its cell looks.

    shown: on the list, too, not on the line's own page and the sheet alone.
    """

    label: str
    read: Callable[[Any], Any]
    kind: CellKind = CellKind.TEXT
    shown: bool = True

    @property
    def is_number(self) -> bool:
        return self.kind in (CellKind.HA, CellKind.INTEGER)

    def cell(self, row: Any) -> Any:
        """The value for a sheet: areas in hectares, empty where nothing is known."""
        value = self.read(row)
        if self.kind is CellKind.HA:
            return "" if value is None else from_m2(value, AreaUnit.HA)
        return "" if value is None else value


@dataclass(frozen=True, slots=True, kw_only=True)
class LandRegister:
    """One register: of which rows, with which form, filters, columns and figures.

    name, names: of its addresses: approvals:<names>, approvals:<name>, approvals:<name>-edit.
    lamp: colour and word of a line.
    """

    name: str
    names: str
    title: str
    about: str
    model: type[Any]
    form: type[forms.EntryForm]
    filterset: type[forms.EntryFilterSet]
    fields: Sequence[Field]
    lamp: Callable[[Any], tuple[str, str]]
    kpis: Callable[[User, int], Sequence[Kpi]]
    links: tuple[str, ...] = ()

    @property
    def list_address(self) -> str:
        return reverse(f"approvals:{self.names}")

    @property
    def right(self) -> Any:
        return right_of(self.model)

    def rows(self, *, actor: User) -> QuerySet[Any]:
        """The lines the actor may see, with what a list shows. One query."""
        found: QuerySet[Any] = self.model.objects.visible_to(actor)
        return found.select_related("organisation", "entered_by", *self.links)


def _here(names: str, **asked: object) -> str:
    return f"{reverse(f'approvals:{names}')}?{urlencode(asked)}"


def _ha(m2: int | None) -> str:
    return format_area(m2 or 0, AreaUnit.HA)


def _unit(row: Any) -> str:
    return str(row.organisation.short_name)


def _batch_kpis(actor: User, year: int) -> list[Kpi]:
    """Each batch of the year: done of all. One query."""
    rows = ThreeBatchEntry.objects.visible_to(actor).filter(year=year).order_by()
    sums = rows.values_list("batch").annotate(
        every=Count("pk"), done=Count("pk", filter=Q(done_on__isnull=False))
    )
    counted = {batch: f"{done} / {every}" for batch, every, done in sums}
    return [
        Kpi(
            batch.label,
            counted.get(batch.value, "0 / 0"),
            "个",
            f"{year} 年，已完成 / 项目",
            _here("three-batches", batch=batch.value, year=year),
        )
        for batch in ThreeBatchEntry.Batch
    ]


def _batch_lamp(row: ThreeBatchEntry) -> tuple[str, str]:
    return ("done", "已完成") if row.done_on else ("amber", "推进中")


def _improvement_kpis(actor: User, year: int) -> list[Kpi]:
    """The year's projects, land, money, new farmland. One query."""
    sums = FieldImprovement.objects.visible_to(actor).filter(year=year).aggregate(
        number=Count("pk"), area=Sum("area_m2"), arable=Sum("new_arable_m2"), funds=Sum("funds_yuan"),
        accepted=Count("pk", filter=Q(stage=FieldImprovement.Stage.ACCEPTED)),
    )  # fmt: skip
    url = _here("field-improvements", year=year)
    return [
        Kpi(f"{year} 年项目", sums["number"], "个", "", url),
        Kpi("改造面积", _ha(sums["area"]), "公顷", f"{year} 年", url),
        Kpi("新增耕地", _ha(sums["arable"]), "公顷", f"{year} 年", url),
        Kpi("投资", f"{(sums['funds'] or 0) / 10_000:,.0f}", "万元", f"{year} 年", url),
        Kpi("已验收", sums["accepted"], "个", "", _here("field-improvements", year=year, stage="ACCEPTED")),
    ]


_STAGE_LAMPS = {"PLANNED": "idle", "RUNNING": "amber", "ACCEPTED": "done"}


def _reserve_kpis(actor: User, year: int) -> list[Kpi]:
    """Land under preparation, ready and supplied, and what it cost. One query."""
    supplied, finished = Q(supplied_on__isnull=False), Q(finished_on__isnull=False)
    sums = ReserveLand.objects.visible_to(actor).aggregate(
        number=Count("pk"), area=Sum("area_m2"), cost=Sum("cost_yuan"),
        building=Sum("area_m2", filter=~finished & ~supplied),
        ready=Sum("area_m2", filter=finished & ~supplied),
        supplied=Sum("supplied_m2"),
    )  # fmt: skip
    every = reverse("approvals:reserve-lands")
    return [
        Kpi("开发地块", sums["number"], "宗", f"共 {_ha(sums['area'])} 公顷", every),
        Kpi("前期开发费用", f"{(sums['cost'] or 0) / 10_000:,.0f}", "万元", "", every),
        Kpi("开发中", _ha(sums["building"]), "公顷", "", _here("reserve-lands", state="building")),
        Kpi("完工待供应", _ha(sums["ready"]), "公顷", "", _here("reserve-lands", state="finished")),
        Kpi("已供应", _ha(sums["supplied"]), "公顷", "按供应面积", _here("reserve-lands", state="supplied")),
    ]


def _reserve_lamp(row: ReserveLand) -> tuple[str, str]:
    if row.supplied_on:
        return "done", "已供应"
    return ("amber", "待供应") if row.finished_on else ("green", "开发中")


def _patrol_kpis(actor: User, year: int) -> list[Kpi]:
    """The year's patrols by level, tips, and what waits to be passed on. One query."""
    rows = LandPatrol.objects.visible_to(actor)
    this = Q(patrolled_on__year=year)
    nobody = Q(is_suspicious=True, case__isnull=True, problem__isnull=True)
    sums = rows.aggregate(
        tips=Count("pk", filter=this & Q(way=LandPatrol.Way.TIP)),
        waiting=Count("pk", filter=nobody),
        **{level.value: Count("pk", filter=this & Q(level=level)) for level in LandPatrol.Level},
    )
    return [
        *(
            Kpi(
                level.label,
                sums[level.value],
                "次",
                f"{year} 年",
                _here("land-patrols", level=level.value, year=year),
            )
            for level in LandPatrol.Level
        ),
        Kpi("信息员报告", sums["tips"], "次", f"{year} 年", _here("land-patrols", way="TIP", year=year)),
        Kpi(
            "发现未转办",
            sums["waiting"],
            "件",
            "转为案件或问题后清零",
            _here("land-patrols", state="waiting"),
            "red" if sums["waiting"] else "green",
        ),
    ]


def _patrol_lamp(row: LandPatrol) -> tuple[str, str]:
    if row.waits:
        return "red", "待转办"
    return ("done", "已转办") if row.is_suspicious else ("green", "正常")


THREE_BATCHES = LandRegister(
    name="three-batch",
    names="three-batches",
    title="三个一批",
    about="提前完工验收一批、年内审批推进一批、申报储备一批：目标、日期和进展",
    model=ThreeBatchEntry,
    form=forms.BatchForm,
    filterset=forms.BatchFilterSet,
    lamp=_batch_lamp,
    kpis=_batch_kpis,
    links=("project__organisation",),
    fields=(
        Field("项目", lambda row: row.project.name),
        Field("县市", _unit, CellKind.CENTRED),
        Field("批次", lambda row: row.get_batch_display(), CellKind.CENTRED),
        Field("年度", lambda row: row.year, CellKind.CENTRED),
        Field("目标", lambda row: row.goal),
        Field("目标日期", lambda row: row.target_on, CellKind.DATE),
        Field("进展", lambda row: row.progress),
        Field("完成日期", lambda row: row.done_on, CellKind.DATE),
        Field("说明", lambda row: row.note, shown=False),
    ),
)
FIELD_IMPROVEMENTS = LandRegister(
    name="field-improvement",
    names="field-improvements",
    title="中低产田改造",
    about="各部门实施的改造项目：面积、投资和新增耕地",
    model=FieldImprovement,
    form=forms.ImprovementForm,
    filterset=forms.ImprovementFilterSet,
    lamp=lambda row: (_STAGE_LAMPS[row.stage], row.get_stage_display()),
    kpis=_improvement_kpis,
    links=("consolidation",),
    fields=(
        Field("项目名称", lambda row: row.name),
        Field("县市", _unit, CellKind.CENTRED),
        Field("实施部门", lambda row: row.get_department_display(), CellKind.CENTRED),
        Field("年度", lambda row: row.year, CellKind.CENTRED),
        Field("改造面积（公顷）", lambda row: row.area_m2, CellKind.HA),
        Field("新增耕地（公顷）", lambda row: row.new_arable_m2, CellKind.HA),
        Field("投资（元）", lambda row: row.funds_yuan, CellKind.INTEGER),
        Field("开工日期", lambda row: row.started_on, CellKind.DATE, shown=False),
        Field("验收日期", lambda row: row.accepted_on, CellKind.DATE),
        Field("土地整治项目", lambda row: row.consolidation.name if row.consolidation else "", shown=False),
        Field("说明", lambda row: row.note, shown=False),
    ),
)
RESERVE_LANDS = LandRegister(
    name="reserve-land",
    names="reserve-lands",
    title="储备土地前期开发",
    about="储备地块供应前的场地平整和配套：面积、费用、内容和供应结果",
    model=ReserveLand,
    form=forms.ReserveForm,
    filterset=forms.ReserveFilterSet,
    lamp=_reserve_lamp,
    kpis=_reserve_kpis,
    fields=(
        Field("地块", lambda row: row.name),
        Field("县市", _unit, CellKind.CENTRED),
        Field("位置", lambda row: row.place),
        Field("面积（公顷）", lambda row: row.area_m2, CellKind.HA),
        Field("费用（元）", lambda row: row.cost_yuan, CellKind.INTEGER),
        Field("开发内容", lambda row: row.works, shown=False),
        Field("开工日期", lambda row: row.started_on, CellKind.DATE),
        Field("完工日期", lambda row: row.finished_on, CellKind.DATE),
        Field("供应日期", lambda row: row.supplied_on, CellKind.DATE),
        Field("供应面积（公顷）", lambda row: row.supplied_m2, CellKind.HA),
        Field("供应结果", lambda row: row.outcome, shown=False),
        Field("说明", lambda row: row.note, shown=False),
    ),
)
LAND_PATROLS = LandRegister(
    name="land-patrol",
    names="land-patrols",
    title="动态监测巡查",
    about="市、县、乡、村四级巡查和村信息员报告；发现疑似问题的转为案件或问题",
    model=LandPatrol,
    form=forms.PatrolForm,
    filterset=forms.PatrolFilterSet,
    lamp=_patrol_lamp,
    kpis=_patrol_kpis,
    links=("case", "problem"),
    fields=(
        Field("位置", lambda row: row.place),
        Field("县市", _unit, CellKind.CENTRED),
        Field("层级", lambda row: row.get_level_display(), CellKind.CENTRED),
        Field("方式", lambda row: row.get_way_display(), CellKind.CENTRED),
        Field("日期", lambda row: row.patrolled_on, CellKind.DATE),
        Field("巡查人（信息员）", lambda row: row.people),
        Field("情况", lambda row: row.facts),
        Field("案件", lambda row: str(row.case) if row.case else "", shown=False),
        Field("问题", lambda row: str(row.problem) if row.problem else "", shown=False),
        Field("说明", lambda row: row.note, shown=False),
    ),
)
REGISTERS = (THREE_BATCHES, FIELD_IMPROVEMENTS, RESERVE_LANDS, LAND_PATROLS)
