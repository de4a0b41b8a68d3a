"""The project list's template: which columns a county fills in, and what it may type there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from core.units import AreaUnit
from officefiles.template_specs import Entry, TemplateColumn, TemplateSpec, TemplateValue
from projects.rules.choices import Vocabulary
from projects.rules.directory import OrganisationEntry
from projects.rules.list_reading import LIST_NAME, TEMPLATE_VERSION

_COUNTY_WORDS: Final = "县市"
_AREAS: Final = (
    ("用地总面积", True),
    ("农用地", False),
    ("耕地", False),
    ("永久基本农田", False),
    ("林地", False),
    ("建设用地", False),
    ("未利用地", False),
    ("新增建设用地", False),
)
_STEPS: Final = (
    "选址论证",
    "用地预审",
    "立项",
    "可研批复",
    "初设批复",
    "环评批复",
    "水保批复",
    "林地手续",
    "拟征地公告时间",
    "县政府请示时间",
)


def list_template(
    *,
    units: Sequence[OrganisationEntry],
    own_unit: OrganisationEntry | None,
    today: date,
    choices: Vocabulary,
    area_unit: AreaUnit = AreaUnit.MU,
    filled: Sequence[Sequence[TemplateValue]] = (),
) -> TemplateSpec:
    """The template for one reporting unit, or for the bureau when `own_unit` is None.

    A unit's own name stands locked in the county column. `filled` gives rows that are there
    already, in the order of the columns. Whatever is typed into an untouched copy of this
    template is read by `read_list` without a remark.
    """
    who = own_unit.short_name if own_unit else ""
    columns = tuple(_columns(own_unit, area_unit))
    return TemplateSpec(
        kind=LIST_NAME,
        version=TEMPLATE_VERSION,
        title=f"{who}{today.year}年度建设项目用地清单",
        subtitle=f"填报单位：{who or '　　　　'}　　填报时间：{today.year}年{today.month}月{today.day}日"
        f"　　单位：{area_unit.label}、万元",
        columns=columns,
        words=_words(units, own_unit, choices),
        today=today,
        filled=filled,
        freeze_columns=2,
    )


def _words(
    units: Sequence[OrganisationEntry], own_unit: OrganisationEntry | None, choices: Vocabulary
) -> dict[str, list[str]]:
    counties = [own_unit.short_name] if own_unit else [unit.short_name for unit in units]
    return {
        "清单类别": choices["list_category"].offered,
        "项目类别": choices["priority_class"].offered,
        "审批轨道": choices["track"].offered,
        _COUNTY_WORDS: counties,
    }


def _columns(own_unit: OrganisationEntry | None, area_unit: AreaUnit) -> list[TemplateColumn]:
    county = (
        TemplateColumn("县市", Entry.LOCKED, 12, fixed=own_unit.short_name)
        if own_unit
        else TemplateColumn("县市", Entry.CHOICE, 14, words=_COUNTY_WORDS, required=True)
    )
    return [
        TemplateColumn("序号", Entry.SERIAL, 6),
        TemplateColumn(
            "项目名称",
            width=34,
            required=True,
            hint="与立项批复一致；同一项目只写一行，跨县项目各县按本县面积填写。",
        ),
        TemplateColumn(
            "项目代码",
            width=27,
            unique=True,
            hint="投资项目统一代码，如 2601-522725-02-05-198702；尚未取得可不填。",
        ),
        county,
        TemplateColumn("清单类别", Entry.CHOICE, 16, words="清单类别"),
        TemplateColumn(
            "项目类别", Entry.CHOICE, 10, words="项目类别", hint="急需、重点、一般、预备，按紧急程度。"
        ),
        TemplateColumn("审批轨道", Entry.CHOICE, 14, words="审批轨道", hint="不确定可不填，由州局核定。"),
        TemplateColumn("建设单位", width=26),
        TemplateColumn("所属行业", width=12),
        TemplateColumn("总投资（万元）", Entry.MONEY, 14),
        *(
            TemplateColumn(f"{name}（{area_unit.label}）", Entry.AREA, 13, required=required)
            for name, required in _AREAS
        ),
        TemplateColumn("面积校验", Entry.FORMULA, 18, formula=_check_formula()),
        TemplateColumn("计划开工时间", width=16, hint="可以写 2026-09-30、2026年9月、2026年第四季度或待定。"),
        TemplateColumn("计划竣工时间", width=16, hint="写法同计划开工时间。"),
        *(
            TemplateColumn(
                name, Entry.PAST_DATE, 13, hint="已办结填日期，否则写未办理、办理中或不涉及；日期不晚于今天。"
            )
            for name in _STEPS
        ),
        TemplateColumn("主要问题", width=28),
        TemplateColumn("备注", width=24),
    ]


def _check_formula() -> str:
    """农用地 and the other parts against the whole; `K` is 用地总面积, `L` to `R` its parts."""
    return (
        '=IF(COUNT(K{row}:R{row})=0,"",IF(L{row}>K{row},"农用地大于总面积",IF(M{row}>K{row},"耕地大于总面积",'
        'IF(AND(COUNT(L{row})=1,M{row}>L{row}),"耕地大于农用地",'
        "IF(AND(COUNT(L{row},P{row},Q{row})=3,ABS(K{row}-L{row}-P{row}-Q{row})>0.02),"
        '"地类之和不等于总面积","")))))'
    )
