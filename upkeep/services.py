"""Writing down what was done for the system's safety, and how often it has to be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.rights import Right, require
from audit.services import record
from core.dated import SettingOutOfOrder
from upkeep.errors import NoticeOutOfTime
from upkeep.models import MaintenanceNotice, UpkeepRun, UpkeepSetting


def note_run(
    *,
    kind: UpkeepRun.Kind,
    succeeded: bool,
    summary: str,
    facts: dict[str, object],
    started_at: datetime,
    ended_at: datetime,
) -> UpkeepRun:
    """Keep the end of a backup, drill, restore or check; called by commands and the schedule alone."""
    return UpkeepRun.objects.create(
        kind=kind,
        succeeded=succeeded,
        summary=summary[:500],
        facts=facts,
        started_at=started_at,
        ended_at=ended_at,
    )


@dataclass(frozen=True, slots=True)
class Intervals:
    """How often, how long and how much; see UpkeepSetting."""

    keep_backup_days: int
    keep_backup_months: int
    backup_every_hours: int
    drill_every_days: int
    check_every_hours: int
    free_disk_percent: int
    queue_minutes: int


@transaction.atomic
def set_upkeep(
    *, effective_from: date, intervals: Intervals, note: str, actor: User, today: date
) -> UpkeepSetting:
    """Other intervals from a day on.

    Raises:
        SettingOutOfOrder: from a day before today, or not after the newest version.
    """
    require(actor, Right.EDIT_UPKEEP)
    newest = UpkeepSetting.objects.select_for_update().order_by("-effective_from").first()
    if effective_from < today or (newest is not None and effective_from <= newest.effective_from):
        raise SettingOutOfOrder(
            "生效日期须不早于今天，并晚于现有最新一版；请核对日期。", effective_from=effective_from
        )
    row = UpkeepSetting.objects.create(effective_from=effective_from, note=note, **asdict(intervals))
    record(
        actor=actor,
        verb="upkeep.setting_changed",
        subject=row,
        facts={"note": note, **asdict(intervals)},
        occurred_on=effective_from,
    )
    return row


@transaction.atomic
def announce_maintenance(
    *, text: str, shown_from: datetime, until: datetime, actor: User, now: datetime
) -> MaintenanceNotice:
    """Say something on every page for a time.

    Raises:
        NoticeOutOfTime: it would end before it begins, or is over already.
    """
    require(actor, Right.EDIT_UPKEEP)
    if until <= max(shown_from, now):
        raise NoticeOutOfTime("结束时间须晚于开始时间，且晚于现在；请核对时间。", until=until.isoformat())
    row = MaintenanceNotice.objects.create(
        text=text.strip(), shown_from=shown_from, until=until, entered_by=actor
    )
    record(
        actor=actor,
        verb="upkeep.maintenance_announced",
        subject=row,
        facts={"text": row.text, "from": shown_from.isoformat(), "until": until.isoformat()},
    )
    return row


@transaction.atomic
def withdraw_maintenance(*, notice_id: int, actor: User, now: datetime) -> MaintenanceNotice:
    """Take a notice off every page before its time.

    Raises:
        MaintenanceNotice.DoesNotExist: there is none.
        NoticeOutOfTime: it is over or withdrawn.
    """
    require(actor, Right.EDIT_UPKEEP)
    row = MaintenanceNotice.objects.select_for_update().get(pk=notice_id)
    if row.withdrawn_at is not None or row.until <= now:
        raise NoticeOutOfTime("这条通知已经结束或撤下，不需要再撤。", notice=row.pk)
    row.withdrawn_at, row.withdrawn_by = now, actor
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(actor=actor, verb="upkeep.maintenance_withdrawn", subject=row, facts={"text": row.text})
    return row
