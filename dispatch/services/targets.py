"""Setting goals, taking in the table of who brings how much, and its thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from accounts.selectors import home_prefecture
from audit.services import record
from core.dated import SettingOutOfOrder, refuse_earlier
from core.units import AreaUnit
from dispatch.errors import TargetsRefused
from dispatch.models import Campaign, TargetDraft, TargetRow, TargetSetting, TargetTable
from dispatch.selectors.targets import setting_on
from dispatch.target_sheet import SheetTarget, TargetPreview, read_targets
from projects.services.archiving import is_archived


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """A goal as entered: areas in whole m², counts in pieces."""

    name: str
    first_on: date
    last_on: date
    measure: str
    floor: int
    stretch: int
    list_category: str = ""
    visits_each: int = 0
    basis: str = ""


@transaction.atomic
def set_campaign(*, actor: User, facts: CampaignFacts, campaign_id: int | None = None) -> Campaign:
    """A new goal, or with `campaign_id` a changed one; its history is kept.

    Raises:
        TargetsRefused: the period ends before it begins, or the stretch lies below the floor.
    """
    require(actor, Right.SET_TARGETS)
    if facts.last_on < facts.first_on:
        raise TargetsRefused("结束日期早于开始日期；请核对期间。")
    if facts.floor <= 0 or facts.stretch < facts.floor:
        raise TargetsRefused("保底须大于 0，冲刺不得低于保底；请核对两档数值。")
    values = {name: getattr(facts, name) for name in CampaignFacts.__slots__}
    if campaign_id is None:
        place = home_prefecture()
        row = Campaign.objects.create(prefecture=place, entered_by=actor, **values)
    else:
        row = Campaign.objects.visible_to(actor).select_for_update().get(pk=campaign_id)
        refuse_closed(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
    verb = "target.set" if campaign_id is None else "target.changed"
    record(actor=actor, verb=verb, subject=row, facts=values, scope_path=row.prefecture.path)
    return row


def stage_table(
    *, actor: User, campaign: Campaign, filename: str, content: bytes, today: date
) -> TargetDraft:
    """Keep an uploaded table until its owner has seen the preview. Nothing is stored.

    Raises:
        WorkbookRefused: the file cannot be read, or has no such table.
    """
    require(actor, Right.SET_TARGETS)
    refuse_closed(campaign)
    _read(content, filename, campaign, today)
    with transaction.atomic():
        TargetDraft.objects.visible_to(actor).delete()
        return TargetDraft.objects.create(
            owner=actor, campaign=campaign, filename=filename[:200], content=content
        )


def refuse_closed(campaign: Campaign) -> None:
    """A goal ends with its year: once that is archived it is read, not written. One query.

    Raises:
        TargetsRefused: the year in which it ends is archived.
    """
    year = campaign.last_on.year
    if is_archived(path=campaign.prefecture.path, year=year):
        raise TargetsRefused(
            f"“{campaign.name}”随 {year} 年度归档，只能查阅。确需修改，请先恢复该年度。", year=year
        )


def preview_of(draft: TargetDraft, *, today: date) -> TargetPreview:
    """What confirming would do, read anew."""
    return _read(bytes(draft.content), draft.filename, draft.campaign, today)


def _read(content: bytes, filename: str, campaign: Campaign, today: date) -> TargetPreview:
    tolerance = setting_on(today).tolerance
    return read_targets(content, filename=filename, tolerance=tolerance, within=campaign.prefecture.path)


@transaction.atomic
def import_table(*, actor: User, draft_id: int, today: date, has_seen_differences: bool) -> TargetTable:
    """Take a staged table in, whole or not at all; it becomes the campaign's table. Nothing is corrected.

    Raises:
        TargetsRefused: a row is wrong, or sums differ and nobody has said that they were looked at.
    """
    require(actor, Right.SET_TARGETS)
    draft = TargetDraft.objects.visible_to(actor).select_for_update().get(pk=draft_id)
    refuse_closed(draft.campaign)
    preview = preview_of(draft, today=today)
    if preview.problems:
        raise TargetsRefused(
            f"表中有 {len(preview.problems)} 处错误；请改正后重新上传。",
            cells=[problem.cell for problem in preview.problems],
        )
    off = [check for check in (*preview.sums, *preview.rows_off) if check.difference]
    if off and not has_seen_differences:
        raise TargetsRefused(
            f"有 {len(off)} 处合计与明细不一致；请核对后勾选“已核对差异”。",
            columns=[row.label for row in off],
        )
    printed = {key: f"{value}" for key, value in preview.printed.items()}
    table = _store(
        actor, draft.campaign, preview.targets, preview.unit, draft.filename, preview.title, printed
    )
    _tell(actor, table, {check.label: f"{check.difference}" for check in off})
    draft.delete()
    return table


@transaction.atomic
def enter_table(
    *, actor: User, campaign: Campaign, targets: Sequence[SheetTarget], unit: AreaUnit, title: str
) -> TargetTable:
    """A table that comes without a workbook; it has no printed totals."""
    require(actor, Right.SET_TARGETS)
    refuse_closed(campaign)
    table = _store(actor, campaign, targets, unit, title, title, {})
    _tell(actor, table, {})
    return table


def _tell(actor: User, table: TargetTable, differences: dict[str, str]) -> None:
    facts: dict[str, object] = {
        "file": table.filename,
        "rows": table.rows.count(),
        "differences": differences,
    }
    path = table.campaign.prefecture.path
    record(actor=actor, verb="target.imported", subject=table, facts=facts, scope_path=path)


def _store(
    actor: User,
    campaign: Campaign,
    targets: Sequence[SheetTarget],
    unit: AreaUnit,
    filename: str,
    title: str,
    printed: dict[str, str],
) -> TargetTable:
    table = TargetTable.objects.create(
        campaign=campaign,
        title=title,
        filename=filename[:200],
        unit=unit.value,
        printed=printed,
        entered_by=actor,
    )
    TargetRow.objects.bulk_create(
        TargetRow(
            table=table,
            position=position,
            leader=row.leader,
            office=row.office,
            area_name=row.area_name,
            organisation=row.organisation,
            reported_count=int(row.figures["reported_count"]),
            reported_area=row.figures["reported_area"],
            key_count=int(row.figures["key_count"]),
            key_area=row.figures["key_area"],
            total_area=row.figures["total_area"],
        )
        for position, row in enumerate(targets, start=1)
    )
    return table


@transaction.atomic
def set_target_setting(
    *, actor: User, effective_from: date, amber_points: int, red_points: int, tolerance: Decimal, note: str
) -> TargetSetting:
    """New thresholds from a day on.

    Raises:
        SettingOutOfOrder: not after the newest ones, or red below amber.
    """
    require(actor, Right.SET_TARGETS)
    newest = TargetSetting.objects.order_by("-effective_from").first()
    refuse_earlier(effective_from, newest=newest)
    if red_points < amber_points:
        raise SettingOutOfOrder("红灯界限不得小于黄灯界限；请核对。", red_points=red_points)
    row = TargetSetting.objects.create(
        effective_from=effective_from,
        amber_points=amber_points,
        red_points=red_points,
        tolerance=tolerance,
        note=note,
    )
    facts: dict[str, object] = {"effective_from": effective_from, "amber": amber_points, "red": red_points}
    record(actor=actor, verb="target.setting", subject=row, facts=facts)
    return row
