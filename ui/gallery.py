"""What the gallery shows: each component in each state, with figures from nobody's project."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms

from core.errors import DomainError
from ui.charts import Chart, Series
from ui.forms import OfficeForm
from ui.heat import Heat, HeatCell, HeatRow
from ui.lamps import LAMP_WORDS
from ui.parts import (
    Action,
    Change,
    Crumb,
    Fact,
    FileLink,
    HistoryEntry,
    Kpi,
    NavigationGroup,
    NavigationItem,
    Now,
    OfficeDay,
    StepRow,
    Tab,
)

TODAY = date(2026, 11, 22)
ROWS_LINK = "?lamp=red"
UNIT_NAME = "独山县自然资源局"


@dataclass(frozen=True, slots=True)
class Square:
    day: date
    kind: str
    number: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of the sample list."""

    lamp: str
    code: str
    name: str
    county: str
    step: str
    used: int
    limit: int
    area_m2: int
    changed_on: date


@dataclass(frozen=True, slots=True)
class Pool:
    name: str
    lamp: str
    unit: str
    total: str
    used: str
    held: str
    left: str
    used_percent: str
    held_percent: str
    occupied_percent: str
    mark_percent: str = "80"
    url: str = ""
    used_url: str = ""


class SampleForm(OfficeForm):
    """One field of each kind."""

    name = forms.CharField(label="项目名称", help_text="与立项文件一致，不写简称。")
    area = forms.DecimalField(label="拟用地面积（公顷）", min_value=0, decimal_places=4)
    county = forms.ChoiceField(label="县（市）", choices=[("", "请选择"), ("522726", "独山县")])
    received_on = forms.DateField(label="收到日期")
    reason = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    track = forms.ChoiceField(
        label="审批轨道", choices=[("single", "单独选址"), ("batch", "批次")], widget=forms.RadioSelect
    )
    evidence = forms.FileField(label="依据文件", required=False)
    is_complete = forms.BooleanField(label="材料齐全", required=False)


class SampleFilter(forms.Form):
    """A list's filters."""

    q = forms.CharField(label="关键词", required=False)
    county = forms.ChoiceField(label="县（市）", choices=[("", "全部"), ("522726", "独山县")], required=False)
    step = forms.ChoiceField(label="当前环节", choices=[("", "全部")], required=False)
    lamp = forms.MultipleChoiceField(
        label="灯号",
        choices=[(key, word) for key, word in LAMP_WORDS.items() if key not in ("idle", "done")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def refused_form() -> SampleForm:
    """The sample form as it comes back after a refusal."""
    form = SampleForm(data={"refused-name": "独山县城北污水处理厂", "refused-area": "-3.2"}, prefix="refused")
    form.refuse(DomainError("该步骤已办结，不能再登记暂停；如需更正，先撤销办结。"))
    return form


def day_sheet() -> list[Square]:
    """A short stretch: day 0, eleven counted, two paused, then beyond the limit of five."""
    kinds = "start counted counted counted off off paused paused counted counted over off off over over over"
    sheet, number = [], 0
    for offset, kind in enumerate(kinds.split()):
        number += kind in ("counted", "over")
        day = date(2026, 11, 3) + timedelta(days=offset)
        sheet.append(Square(day, kind, number if kind in ("counted", "over") else None))
    return sheet


def long_sheet() -> list[Square]:
    """A stretch that needs more than one row."""
    days = [date(2026, 8, 3) + timedelta(days=offset) for offset in range(80)]
    return [
        Square(day, "off" if day.weekday() > 4 else "counted" if day < date(2026, 9, 20) else "left")
        for day in days
    ]


def gallery_context() -> dict[str, Any]:
    """Everything that the gallery's template shows."""
    return {
        "navigation": _navigation(),
        "office_day": OfficeDay(date=TODAY, is_working=False),
        "unread_count": 7,
        "bureau_name": "黔南州自然资源局",
        "does_business": True,
        "lamps": list(LAMP_WORDS),
        "crumbs": [Crumb("项目库", "#"), Crumb("独山县", "#"), Crumb("522726-2026-0143")],
        "tabs": [
            Tab("全部在办", "#", "186"),
            Tab("红黄灯", "#", 39, is_active=True),
            Tab("本周到期", "#", 14),
            Tab("省重点以上", "#", "1000+"),
        ],
        "facts": _facts(),
        "kpis": _kpis(),
        "heat": _heat(),
        "pools": _pools(),
        "chart": _chart(),
        "rows": _rows(),
        "steps": _steps(),
        "now": _now(),
        "entries": _history(),
        "files": [
            FileLink("用地预审申请表.docx", "#", "州自然资源局", date(2026, 8, 24)),
            FileLink("勘测定界图.zip", "#", "第 2 版"),
        ],
        "sheet": day_sheet(),
        "long_sheet": long_sheet(),
        "form": SampleForm(),
        "refused": refused_form(),
        "wizard": ["上传文件", "匹配列", "预检", "确认导入"],
        "filter": SampleFilter({"lamp": ["red", "amber"]}, auto_id="filter_%s"),
    }


def _navigation() -> tuple[NavigationGroup, ...]:
    return (
        NavigationGroup(
            "总览",
            (
                NavigationItem("驾驶舱", "#", "layout-dashboard"),
                NavigationItem("我的待办", "#", "inbox", count=7),
            ),
        ),
        NavigationGroup(
            "项目",
            (
                NavigationItem("项目库", "#", "folder-kanban", is_active=True),
                NavigationItem("清单报送", "#", "file-up", count=3),
                NavigationItem("会商会议", "#", "users"),
            ),
        ),
        NavigationGroup(
            "系统",
            (
                NavigationItem("后台任务", "#", "list-checks"),
                NavigationItem("工作日历", "#", "calendar-days"),
                NavigationItem("配置管理", "#", "settings"),
            ),
        ),
    )


def _facts() -> list[Fact]:
    return [
        Fact("建设单位", "独山抽水蓄能有限公司"),
        Fact("拟用地总面积", "183.0700", "公顷", "2,746.05 亩"),
        Fact("其中 耕地", "38.2140", "公顷", "水田 6.1020"),
        Fact("永久基本农田", "0.0000", "公顷"),
        Fact("生态保护红线", "不涉及"),
        Fact("总投资", "86.40", "亿元"),
        Fact("责任科室", "用途管制科", note="包联 分管副局长"),
        Fact("计划开工", None),
    ]


def _kpis() -> list[Kpi]:
    return [
        Kpi("在办项目", 190, "个", "较上周 +4", "#"),
        Kpi("红灯逾期", 6, "个", "较上周 −1", ROWS_LINK, "red"),
        Kpi("黄灯预警", 27, "个", "较上周 +5", "?lamp=amber", "amber"),
        Kpi("暂停计时", 19, "个", "征求意见 7 · 踏勘 4", "?lamp=pause", "pause"),
        Kpi("年内获批用地", "590.26", "公顷", "8,853.9 亩 · 完成年度 78.4%", "#"),
        Kpi("本周按时报送", "10 / 12", "县市", "三都县、荔波县未报"),
    ]


def _heat() -> Heat:
    columns = ["选址论证", "用地预审", "立项", "初步设计", "征地前期", "组卷报件", "供地"]
    counties = {
        "都匀市": [0, 1, 2, 0, 3, 3, 0],
        "福泉市": [2, 2, 3, 2, 2, 6, 0],
        "独山县": [0, 0, 0, 0, 8, 4, 1],
        "三都县": [1, 0, 5, 2, 1, 0, 2],
    }
    rows = []
    for county, counts in counties.items():
        cells = [
            HeatCell(count, int(count > 5), ROWS_LINK, f"{county}{column}在办")
            for column, count in zip(columns, counts, strict=True)
        ]
        rows.append(HeatRow(county, cells, _sum(cells), ROWS_LINK))
    totals = [_sum([row.cells[i] for row in rows]) for i in range(len(columns))]
    return Heat("各县市在各环节的在办项目数及其中逾期数", "县市", columns, rows, totals, _sum(totals))


def _sum(cells: list[HeatCell]) -> HeatCell:
    return HeatCell(sum(cell.count for cell in cells), sum(cell.red for cell in cells))


def _pools() -> list[Pool]:
    return [
        Pool(
            "城镇开发边界新增规模",
            "green",
            "公顷",
            "1,260.0",
            "702.6",
            "148.3",
            "409.1",
            "55.76",
            "11.77",
            "67.5",
        ),
        Pool(
            "耕地占补平衡 · 数量", "amber", "亩", "8,600", "5,120", "2,260", "1,220", "59.53", "26.28", "85.8"
        ),
        Pool(
            "年度新增建设用地计划", "red", "公顷", "486.0", "401.8", "58.6", "25.6", "82.67", "12.06", "94.7"
        ),
    ]


def _chart() -> Chart:
    weeks = [f"第 {number} 周" for number in range(40, 48)]
    return Chart(
        categories=weeks,
        series=[
            Series("受理", [14, 18, 16, 21, 12, 19, 25, 21]),
            Series("办结", [9, 12, 15, 11, 16, 14, 21, 24], colour="second"),
            Series("逾期", [8, 9, 11, 12, 15, 16, 13, 12], kind="line", colour="red"),
        ],
        summary="近 8 周受理、办结柱状图与逾期折线；第 47 周受理 21、办结 24、逾期 12",
        unit="项",
    )


def _rows() -> list[ListRow]:
    names = [
        "抽水蓄能电站",
        "S215 改扩建",
        "县人民医院整体搬迁",
        "110kV 送出线路",
        "农产品冷链物流园",
        "污水处理厂提标",
    ]
    clocks = [
        ("red", 23, 20),
        ("red", 4, 2),
        ("amber", 9, 10),
        ("pause", 13, 20),
        ("green", 3, 30),
        ("done", 8, 10),
    ]
    return [
        ListRow(
            lamp,
            f"522726-2026-{143 + i:04}",
            f"独山县{names[i]}",
            "独山县",
            "农转用报件组卷",
            used,
            limit,
            317_310 * (i + 1),
            TODAY - timedelta(days=i),
        )
        for i, (lamp, used, limit) in enumerate(clocks)
    ]


def _steps() -> list[StepRow]:
    start, end = date(2026, 8, 3), date(2026, 8, 24)
    return [
        StepRow(
            "done",
            1,
            "选址论证联审",
            "州自然资源局 空间规划科",
            "办结",
            "已计 10 / 10 个工作日，暂停 3 不计",
            result="同意",
            started_on=start,
            ended_on=end,
            squares=long_sheet()[:20],
            note="征求林业、生态环境等 6 部门意见，林业局逾期未反馈视为同意",
        ),
        StepRow(
            "pause",
            2,
            "使用林地审核同意",
            "州林业局",
            "暂停计时中",
            "已计 13 / 20 个工作日，暂停 18 不计",
            started_on=start,
            squares=day_sheet()[:10],
        ),
        StepRow(
            "amber",
            3,
            "征地前期程序",
            "独山县人民政府",
            "剩 3 个工作日",
            "已计 27 / 30 个工作日",
            started_on=start,
            squares=long_sheet(),
            url="#",
        ),
        StepRow(
            "red",
            4,
            "农转用报件组卷",
            UNIT_NAME,
            "超 6 个工作日",
            "已计 11 / 5 个工作日，暂停 2 不计",
            started_on=date(2026, 11, 3),
            squares=day_sheet(),
            note="缺：补充耕地方案、社保资金预存凭证",
        ),
        StepRow("green", 5, "压覆矿产查询", UNIT_NAME, "正常", "已计 2 / 10 个工作日", started_on=start),
        StepRow("idle", 6, "供地", UNIT_NAME, "未启动", "时限 10 个工作日"),
    ]


def _now() -> Now:
    return Now(
        lamp="red",
        name="农转用报件组卷",
        used=11,
        limit=5,
        over=6,
        paused=2,
        holder=f"责任单位 {UNIT_NAME} · 耕保股经办",
        missing=["补充耕地方案", "被征地农民社保资金预存凭证"],
        actions=[Action("发督办函", "#", is_primary=True), Action("上传材料", "#")],
    )


def _history() -> list[HistoryEntry]:
    at = datetime(2026, 11, 19, 8, 42, tzinfo=UTC)
    return [
        HistoryEntry(at, "用途管制科经办", "转督办", [Change("预警状态", "提醒", "督办")]),
        HistoryEntry(at, "系统", "自动提醒", [Change("剩余工作日", "1", "0（已超期）")], "到期日 2026-11-19"),
        HistoryEntry(at, "县级经办", "补录", [Change("耕地面积", "", "38.2140 公顷")]),
    ]
