"""The year's list as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import date

from core.units import AreaUnit, from_m2, yuan_to_wan
from officefiles.writing import CellKind, LedgerColumn, LedgerLayout, LedgerValue, write_ledger
from projects.models import AnnualListEntry, AnnualListEntryQuerySet, AnnualListVersion
from projects.selectors.annual import area_within
from projects.selectors.list_kinds import list_names

COLUMNS = (
    LedgerColumn(("序号",), CellKind.INTEGER, 6),
    LedgerColumn(("编号",), CellKind.CENTRED, 16),
    LedgerColumn(("项目名称",), CellKind.TEXT, 36),
    LedgerColumn(("县市",), CellKind.CENTRED, 12),
    LedgerColumn(("项目代码",), CellKind.CENTRED, 26),
    LedgerColumn(("清单类别",), CellKind.CENTRED, 12),
    LedgerColumn(("项目类别",), CellKind.CENTRED, 9),
    LedgerColumn(("审批轨道",), CellKind.CENTRED, 12),
    LedgerColumn(("建设单位",), CellKind.TEXT, 24),
    LedgerColumn(("总投资（万元）",), CellKind.MONEY, total=True),
    LedgerColumn(("用地面积（公顷）", "总面积"), CellKind.HA, total=True),
    LedgerColumn(("用地面积（公顷）", "耕地"), CellKind.HA, total=True),
    LedgerColumn(("用地面积（公顷）", "新增建设用地"), CellKind.HA, total=True),
    LedgerColumn(("指标来源",), CellKind.CENTRED, 18),
    LedgerColumn(("计划开工",), CellKind.CENTRED, 14),
    LedgerColumn(("计划竣工",), CellKind.CENTRED, 14),
    LedgerColumn(("列入版本",), CellKind.INTEGER, 9),
    LedgerColumn(("列入理由",), CellKind.TEXT, 24),
)


def annual_workbook(
    entries: AnnualListEntryQuerySet, *, version: AnnualListVersion | None, year: int, today: date
) -> bytes:
    """The given entries in their order, sums at the foot; read in batches.

    Args:
        entries: as `projects.selectors.annual.with_parts` brings them: of a project across
            several counties each reader adds up what counts for them.
    """
    state = f"第{version.number}版，{version.published_on} 发布" if version else "尚未发布"
    layout = LedgerLayout(
        title=f"{year}年度建设项目用地清单",
        subtitle=f"{state}　　导出日期：{today:%Y年%m月%d日}　　单位：公顷、万元",
        columns=COLUMNS,
        sheet_name=f"{year}年度清单",
        freeze_columns=3,
    )
    file = io.BytesIO()
    write_ledger(file, layout=layout, rows=_rows(entries.select_related("organisation", "joined_in")))
    return file.getvalue()


def _rows(entries: AnnualListEntryQuerySet) -> Iterator[tuple[LedgerValue, ...]]:
    lists = list_names()
    for number, entry in enumerate(entries.iterator(chunk_size=500), start=1):
        yield (number, *_cells(entry, lists))


def _cells(entry: AnnualListEntry, lists: Mapping[str, str]) -> tuple[LedgerValue, ...]:
    yuan = entry.investment_yuan
    return (
        entry.number,
        entry.name,
        _units(entry),
        entry.code,
        lists.get(entry.list_category, ""),
        entry.get_priority_class_display(),
        entry.get_track_display(),
        entry.owner_unit,
        None if yuan is None else yuan_to_wan(yuan, 6).normalize(),
        *(_hectares(area_within(entry, name)) for name in ("total_m2", "arable_m2", "new_construction_m2")),
        entry.get_route_display(),
        entry.planned_start,
        entry.planned_finish,
        entry.joined_in.number,
        entry.join_reason,
    )


def _units(entry: AnnualListEntry) -> str:
    shares = entry.shares.all()
    return "、".join(share.organisation.short_name for share in shares) or entry.organisation.short_name


def _hectares(m2: int | None) -> LedgerValue:
    return None if m2 is None else from_m2(m2, AreaUnit.HA)
