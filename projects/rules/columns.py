"""The columns of a project list: our template's, the weekly ledger's and what counties call them.

Source: domain.md 6.2 (a real ledger), 6.3 (our ledger), 6.4 (the template).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from officefiles.headings import ColumnSpec, Measure


class Kind(StrEnum):
    """How the cells of a column are read."""

    NAME = "name"
    CODE = "code"
    UNIT = "unit"
    TEXT = "text"
    CHOICE = "choice"
    MONEY = "money"
    AREA = "area"
    GRAIN = "grain"  # whole kilograms
    PLANNED = "planned"
    EVENT = "event"  # a recorded date or a word such as 未受理
    STATE = "state"  # words, dates welcome
    NOTE = "note"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class ListColumn:
    spec: ColumnSpec
    kind: Kind
    step: str = ""
    longest: int = 2_000

    @property
    def key(self) -> str:
        return self.spec.key


def _column(
    key: str, kind: Kind, label: str, *synonyms: str, step: str = "", longest: int = 2_000, fill: bool = False
) -> ListColumn:
    measure = {Kind.AREA: Measure.AREA, Kind.MONEY: Measure.MONEY}.get(kind, Measure.NONE)
    spec = ColumnSpec(
        key=key,
        label=label,
        synonyms=synonyms,
        measure=measure,
        required=key in ("name", "total_m2"),
        fill_down=fill,
    )
    return ListColumn(spec, kind, step, longest)


_BASICS = (
    _column("serial", Kind.IGNORED, "序号", "顺序号", "编号", "序列"),
    _column(
        "code",
        Kind.CODE,
        "项目代码",
        "项目统一代码",
        "投资项目代码",
        "投资项目统一代码",
        "项目编码",
        "统一项目代码",
        "在线平台代码",
        "投资项目在线审批监管平台代码",
        longest=40,
    ),
    _column("name", Kind.NAME, "项目名称", "工程名称", "建设项目名称", "用地项目名称", "项目", longest=200),
    _column(
        "unit",
        Kind.UNIT,
        "县市",
        "所在县",
        "所在县市",
        "县",
        "市县",
        "县市区",
        "区县",
        "所在区县",
        "所属县市",
        "所属县",
        "所在县市区",
        "行政区",
        "行政区划",
        "所属区县",
        "项目所在地",
        "项目所在县",
        "县名",
        fill=True,
    ),
    _column("list_category", Kind.CHOICE, "清单类别", "清单类型", "项目清单类别", "重点项目类别", fill=True),
    _column("priority_class", Kind.CHOICE, "项目类别", "优先级", "保障类别", "排序类别", "紧急程度"),
    _column("level", Kind.CHOICE, "级别", "项目级别"),
    _column("track", Kind.CHOICE, "审批轨道", "轨道", "申报类型", "报批类型", "报批方式", "用地报批方式"),
    _column(
        "owner_unit",
        Kind.TEXT,
        "建设单位",
        "业主单位",
        "项目业主",
        "项目单位",
        "用地单位",
        "建设主体",
        "申请单位",
        longest=200,
        fill=True,
    ),
    _column(
        "industry", Kind.TEXT, "所属行业", "行业", "行业类别", "用途分类", "行业分类", "项目行业", longest=40
    ),
    _column(
        "investment_yuan",
        Kind.MONEY,
        "总投资",
        "投资总额",
        "总投资额",
        "计划总投资",
        "项目总投资",
        "估算总投资",
        "投资额",
        "投资",
    ),
    _column(
        "planned_start",
        Kind.PLANNED,
        "计划开工时间",
        "计划开工",
        "拟开工",
        "拟开工时间",
        "开工时间",
        "预计开工时间",
        "计划开工日期",
        "预计开工",
        "计划动工时间",
        longest=40,
    ),
    _column(
        "planned_finish",
        Kind.PLANNED,
        "计划竣工时间",
        "计划竣工",
        "拟竣工",
        "竣工时间",
        "计划完工时间",
        "预计竣工时间",
        "计划建成时间",
        "计划竣工日期",
        longest=40,
    ),
    _column("remark", Kind.TEXT, "备注", "备注说明", "其他说明"),
)

_AREAS = (
    _column(
        "total_m2",
        Kind.AREA,
        "用地总面积",
        "总面积",
        "拟用地面积",
        "用地面积",
        "总用地面积",
        "用地面积/总面积",
        "拟用地总面积",
        "项目用地面积",
        "占地面积",
        "用地规模",
        "用地面积/合计",
        "用地面积/小计",
    ),
    _column("agri_m2", Kind.AREA, "农用地", "农用地面积", "农用地/小计", "农用地/合计"),
    _column(
        "arable_m2", Kind.AREA, "耕地", "耕地面积", "占用耕地", "占用耕地面积", "农用地/耕地", "耕地/小计"
    ),
    _column("paddy_m2", Kind.AREA, "水田", "水田面积"),
    _column("irrigated_m2", Kind.AREA, "水浇地", "水浇地面积"),
    _column("dry_m2", Kind.AREA, "旱地", "旱地面积"),
    _column(
        "pbf_m2",
        Kind.AREA,
        "永久基本农田",
        "永农",
        "其中永农",
        "占用永久基本农田",
        "占用永久基本农田/面积",
        "永久基本农田面积",
        "占用永农",
        "占用永农面积",
        "永农面积",
        "基本农田",
    ),
    _column("orchard_m2", Kind.AREA, "园地", "园地面积"),
    _column("forest_m2", Kind.AREA, "林地", "林地面积", "占用林地", "占用林地/面积", "农用地/林地"),
    _column(
        "forest_forestry_m2",
        Kind.AREA,
        "林业口径林地",
        "林地林业口径",
        "林地（林业口径）",
        "林业一张图林地",
        "林地/林业口径",
    ),
    _column("grass_m2", Kind.AREA, "草地", "草地面积"),
    _column("other_agri_m2", Kind.AREA, "其他农用地", "其他农用地面积"),
    _column("construction_m2", Kind.AREA, "建设用地", "存量建设用地", "建设用地面积"),
    _column("unused_m2", Kind.AREA, "未利用地", "未利用地面积"),
    _column("new_construction_m2", Kind.AREA, "新增建设用地", "新增建设用地面积", "用地面积/新增建设用地"),
    _column("requisition_m2", Kind.AREA, "征收面积", "征地面积", "拟征收面积", "拟征地面积", "征收土地面积"),
    _column(
        "eco_redline_m2",
        Kind.AREA,
        "生态保护红线",
        "占用生态红线",
        "占用生态红线/面积",
        "占用生态保护红线",
        "占用生态保护红线/面积",
        "生态保护红线内",
    ),
    _column(
        "reserve_m2",
        Kind.AREA,
        "自然保护地",
        "占用自然保护区",
        "占用自然保护区/面积",
        "占用自然保护地",
        "占用自然保护地/面积",
        "自然保护地内",
    ),
    _column("state_m2", Kind.AREA, "国有土地", "国有", "国有土地面积", "权属/国有", "其中国有"),
    _column("collective_m2", Kind.AREA, "集体土地", "集体", "集体土地面积", "权属/集体", "其中集体"),
    _column("in_ugb_m2", Kind.AREA, "城镇开发边界内", "开发边界内", "城镇开发边界/内"),
    _column("out_ugb_m2", Kind.AREA, "城镇开发边界外", "开发边界外", "城镇开发边界/外"),
    _column("advance_m2", Kind.AREA, "先行用地", "先行用地面积"),
    _column("temp_m2", Kind.AREA, "临时用地", "临时用地面积"),
    _column("supp_area_m2", Kind.AREA, "补充耕地", "补充耕地面积", "补充耕地数量", "补充耕地/数量"),
    _column("supp_paddy_m2", Kind.AREA, "补充水田", "补充水田面积", "补充耕地/水田"),
    _column("supp_grain_kg", Kind.GRAIN, "补充粮食产能", "粮食产能", "补充耕地产能", "补充耕地/产能"),
)

_STEPS = (
    _column("site_study", Kind.EVENT, "选址论证", "前置手续/选址论证", "选址论证报告", step="A02"),
    _column(
        "prereview",
        Kind.EVENT,
        "用地预审",
        "前置手续/预审",
        "预审",
        "是否通过预审",
        "是否通过用地预审",
        step="A03",
    ),
    _column("project_approval", Kind.EVENT, "立项", "前置手续/立项", "是否立项", "立项批复", step="A04"),
    _column(
        "feasibility",
        Kind.EVENT,
        "可研批复",
        "前置手续/可研",
        "可研",
        "是否取得可研批复",
        "可研报告批复",
        step="A05",
    ),
    _column(
        "design",
        Kind.EVENT,
        "初设批复",
        "前置手续/初设",
        "初设",
        "是否取得初设批复",
        "初步设计批复",
        step="A06",
    ),
    _column("environment", Kind.EVENT, "环评批复", "前置手续/环评", "环评", "是否取得环评批复", step="A07"),
    _column("water_soil", Kind.EVENT, "水保批复", "前置手续/水保", "水保", "是否取得水保批复", step="A08"),
    _column(
        "forest_permit",
        Kind.EVENT,
        "林地手续",
        "前置手续/林地",
        "是否取得林地手续",
        "占用林地/是否取得林地手续",
        "使用林地批复",
        "林地批复",
        step="A09",
    ),
    _column("mineral", Kind.EVENT, "压矿", "前置手续/压矿", "压覆矿查询", "压覆矿产", step="A10"),
    _column("land_saving", Kind.EVENT, "节地评价", "前置手续/节地", "节地", step="A11"),
    _column(
        "pbf_replacement",
        Kind.EVENT,
        "永农补划",
        "是否完成补划",
        "占用永久基本农田/是否完成补划",
        "占用永久基本农田/是否完成",
        step="A13",
    ),
    _column(
        "prenotice",
        Kind.EVENT,
        "拟征地公告时间",
        "征收/预公告",
        "预公告",
        "征收预公告",
        "拟征地公告",
        "发布拟征地公告时间",
        "征地预公告时间",
        step="Z01",
    ),
    _column("stability_risk", Kind.EVENT, "稳评", "征收/稳评", "社会稳定风险评估", step="Z03"),
    _column(
        "plan_notice",
        Kind.EVENT,
        "方案公告",
        "征收/方案公告",
        "征地补偿安置公告",
        "补偿安置方案公告",
        step="Z05",
    ),
    _column("signing_rate", Kind.STATE, "协议签约率", "征收/协议签约率", "签约率", step="Z08"),
    _column("social_security", Kind.EVENT, "社保", "征收/社保", "社保落实", "社保资金", step="Z09"),
    _column(
        "county_request",
        Kind.EVENT,
        "县政府请示时间",
        "报批/县请示",
        "县请示",
        "区县政府请示用地时间",
        "区县请示",
        "县级请示时间",
        step="B01",
    ),
    _column(
        "accepted",
        Kind.EVENT,
        "州局受理时间",
        "报批/州受理",
        "州受理",
        "市局受理",
        "市局受理时间",
        "受理时间",
        "农转用和征收市局受理时间",
        step="B02",
    ),
    _column(
        "countersigning", Kind.STATE, "会签情况", "会签", "未完成会签的处室", "未完成会签的科室", step="B02"
    ),
    _column(
        "approved",
        Kind.EVENT,
        "批复时间",
        "报批/州批转报",
        "州批转报",
        "批复",
        "农转用和征收批复时间",
        "用地批复时间",
        step="B03",
    ),
    _column("approval_number", Kind.STATE, "批复文号及日期", "报批/批复文号及日期", "批复文号", step="B03"),
    _column("collected", Kind.EVENT, "取件时间", "批件取件时间", step="B04"),
    _column("supply", Kind.EVENT, "供地", "供地时间", "供地情况", step="G04"),
    _column("land_permit", Kind.EVENT, "用地许可", "建设用地规划许可", "建设用地规划许可证", step="X01"),
    _column("works_permit", Kind.EVENT, "工程许可", "建设工程规划许可", "建设工程规划许可证", step="X03"),
)

_NOTES = (
    _column("nature", Kind.NOTE, "建设性质"),
    _column("years", Kind.NOTE, "建设起止年限", "建设年限", "建设工期"),
    _column(
        "content",
        Kind.NOTE,
        "主要建设内容及规模",
        "主要建设内容",
        "建设内容",
        "建设规模及内容",
        "建设内容及规模",
    ),
    _column("approval_level", Kind.NOTE, "审批级次", "批准级次", "审批级别"),
    _column("year_goal", Kind.NOTE, "年度工作目标", "年度目标"),
    _column("lead_unit", Kind.NOTE, "牵头单位", "牵头部门"),
    _column("involves_new", Kind.NOTE, "是否涉及新增建设用地", "是否涉及新增建设用地（使用集体土地）"),
    _column(
        "obstacle", Kind.NOTE, "难点卡点问题", "主要问题", "存在问题", "存在的问题", "难点问题", "卡点问题"
    ),
    _column("coordination", Kind.NOTE, "需协调事项", "需协调解决事项", "需要协调的事项"),
    _column("responsible_unit", Kind.NOTE, "责任单位", "责任部门"),
    _column("responsible_post", Kind.NOTE, "责任人", "责任岗位", "联系人"),
    _column("next_step", Kind.NOTE, "下步措施及完成时限", "下步措施", "下一步措施", "下一步工作"),
    # 2026.5.6—2026.5.20 专家评审（评审通知文号）；several are divided by a semicolon.
    _column("pauses", Kind.NOTE, "暂停计时情况", "暂停计时", "暂停情况", "停止计时", "计时暂停"),
    _column("progress", Kind.NOTE, "本周进展", "工作进展", "进展情况", "目前进展"),
)

# Columns of our own ledger that the product computes: recognised, never imported.
_COMPUTED = (
    _column("row_key", Kind.IGNORED, "行标识"),
    _column("number", Kind.IGNORED, "项目编号", "系统编号"),
    _column("status", Kind.IGNORED, "清单状态"),
    _column("current_step", Kind.IGNORED, "当前环节"),
    _column("due_on", Kind.IGNORED, "环节到期日", "到期日"),
    _column("days_left", Kind.IGNORED, "剩余工作日"),
    _column("lamp", Kind.IGNORED, "灯号", "预警灯号"),
    _column("check", Kind.IGNORED, "面积校验", "校验"),
)

LIST_COLUMNS: tuple[ListColumn, ...] = (*_BASICS, *_AREAS, *_STEPS, *_NOTES, *_COMPUTED)
SPECS: tuple[ColumnSpec, ...] = tuple(column.spec for column in LIST_COLUMNS)
BY_KEY: dict[str, ListColumn] = {column.key: column for column in LIST_COLUMNS}
# What a list is expected to say; where a file lacks one of these columns, the reader is told.
EXPECTED: frozenset[str] = frozenset(
    {
        "code",
        "unit",
        "list_category",
        "priority_class",
        "owner_unit",
        "investment_yuan",
        "agri_m2",
        "arable_m2",
        "pbf_m2",
        "new_construction_m2",
        "planned_start",
    }
)
