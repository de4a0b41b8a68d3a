"""The annual guarantee plan as an official document: what pages show, in the office's prose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from accounts.models import User
from accounts.selectors import prefecture_of
from core.units import AreaUnit, format_area
from officefiles.documents import Align, Column, OfficialDocument, office_day
from projects.models import PlanItem, Project
from projects.selectors import annual as lists
from projects.selectors import annual_plan as selectors
from projects.selectors.annual_plan import Balance

COLUMNS = (
    Column("序号", 0.5, Align.CENTRE),
    Column("项目名称", 2.4),
    Column("县市", 0.9, Align.CENTRE),
    Column("存在问题", 2.4),
    Column("保障措施", 2.6),
    Column("责任单位", 1.2, Align.CENTRE),
    Column("责任人", 0.9, Align.CENTRE),
    Column("完成时限", 1.1, Align.CENTRE),
)
_CLASSES = {**dict(Project.PriorityClass.choices), "": "未分类"}


def plan_document(*, actor: User, year: int, today: date) -> bytes:
    """The year's plan as it stands, for what `actor` sees. Eight queries, however many lines.

    Source: domain.md 7 (GB/T 9704), S2-18 项目、问题、措施、责任.
    """
    items = list(selectors.standing_items(actor=actor, year=year))
    state = lists.list_as_of(year=year, on=min(today, date(year, 12, 31)), actor=actor)
    found = selectors.balance(actor=actor, year=year, on=today, entries=state.entries)
    prefecture = prefecture_of(actor.organisation) if actor.organisation else None
    place = prefecture.name if prefecture else ""
    office = actor.organisation.name if actor.organisation else place
    document = OfficialDocument(title=f"{place}{year}年度建设项目用地要素保障工作方案", author=office)
    document.paragraph(
        "为强化建设项目用地要素保障，推动项目早开工、早建成、早达效，按照“要素跟着项目走”的要求，制定本方案。"
    )
    document.heading("一、总体情况")
    _situation(document, year, found, state.sums.projects, len({item.project_id for item in items}))
    document.heading("二、存在问题")
    _problems(document, items)
    document.heading("三、保障措施和责任")
    document.paragraph(
        "各责任单位按附表所列措施和时限抓好落实，每项明确责任人，问题解决后及时报办公室核销；"
        "项目增减和问题变化及时更新本方案。"
    )
    document.heading("四、工作要求")
    document.paragraph("实行月调度、月通报，推进缓慢的及时提醒督办；进展情况纳入年度考核。")
    document.attachments([f"{year}年度建设项目用地要素保障事项表"])
    document.sign(office, today, sealed=False)
    document.landscape()
    document.table(
        COLUMNS, [_cells(number, item) for number, item in enumerate(items, start=1)],
        caption=f"附件 {year}年度建设项目用地要素保障事项表",
    )  # fmt: skip
    return document.content(produced_on=today)


def _situation(document: OfficialDocument, year: int, found: Balance, listed: int, planned: int) -> None:
    mu = AreaUnit.MU
    document.paragraph(
        f"{year}年度清单共列入项目{listed}个，需使用年度新增建设用地计划指标"
        f"{format_area(found.demand_m2, mu)}亩；已下达计划指标{format_area(found.quota_m2, mu)}亩，"
        + (
            f"缺口{format_area(found.gap_m2, mu)}亩。"
            if found.gap_m2 > 0
            else f"结余{format_area(-found.gap_m2, mu)}亩。"
        )
    )
    if found.coverage:
        document.paragraph(
            "按急需、重点、一般、预备依次保障："
            + "；".join(
                f"{_CLASSES.get(row.priority_class, row.priority_class)}类需求"
                f"{format_area(row.demand_m2, mu)}亩，可保障{format_area(row.covered_m2, mu)}亩"
                for row in found.coverage
            )
            + "。"
        )
    document.paragraph(f"本方案纳入项目{planned}个。")


def _problems(document: OfficialDocument, items: Sequence[PlanItem]) -> None:
    open_items = [item for item in items if item.state == PlanItem.State.OPEN]
    solved = len(items) - len(open_items)
    units = sorted({item.project.organisation.short_name for item in open_items})
    document.paragraph(
        f"梳理问题{len(items)}项，已解决{solved}项，正在推进{len(open_items)}项"
        + (f"，涉及{'、'.join(units)}。" if units else "。")
    )


def _cells(number: int, item: PlanItem) -> list[str]:
    words = selectors.item_words(item)
    solved = f"\n已解决：{item.outcome}" if item.state == PlanItem.State.SOLVED else ""
    return [
        str(number),
        words["project"],
        words["unit"],
        words["problem"],
        words["measure"] + solved,
        words["responsible"],
        words["person"],
        office_day(item.limit_on),
    ]
